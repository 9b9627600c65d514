/**
 * Finds the options of one datagram, and turns those that occur several times into one run of bytes (RFC 3396).
 *
 * What was found stands in the table of found.ts, ascending by code. The sub-options of option 82 have entries of their
 * own; one that is an address has another form:
 *
 *     u32 the address itself | u32 octets in all, 4 = it is one
 */
import * as Entry from './entry';
import { at, isPresent, lengthOf, offsetOf } from './found';

/** Entry of each option code, one byte a code. */
const ENTRY_OF: u32 = <u32>memory.data(256);

store<u8>(ENTRY_OF + 12, Entry.hostName);
store<u8>(ENTRY_OF + 50, Entry.requestedAddress);
store<u8>(ENTRY_OF + 51, Entry.leaseTime);
store<u8>(ENTRY_OF + 53, Entry.messageType);
store<u8>(ENTRY_OF + 54, Entry.serverIdentifier);
store<u8>(ENTRY_OF + 55, Entry.requestList);
store<u8>(ENTRY_OF + 57, Entry.maxMessageSize);
store<u8>(ENTRY_OF + 60, Entry.vendorClass);
store<u8>(ENTRY_OF + 61, Entry.clientId);
store<u8>(ENTRY_OF + 81, Entry.fqdn);
store<u8>(ENTRY_OF + 82, Entry.agent);
store<u8>(ENTRY_OF + 118, Entry.subnetSelection);

const PAD: u32 = 0;
const END: u32 = 255;
/** RFC 3527, RFC 5107, RFC 8357. */
const LINK_SELECTION: u32 = 5;
const SERVER_ID_OVERRIDE: u32 = 11;
const RELAY_PORT: u32 = 19;

/** Several options of one value, each of which says something else: none of them counts. */
export function forgetSeveral(entry: u32, size: u32, repeated: u32): void {
  if (isRepeated(entry, repeated) && lengthOf(entry) > size) store<u64>(at(entry), 0);
}

export function isRepeated(entry: u32, repeated: u32): bool {
  return (repeated & (1 << entry)) !== 0;
}

/**
 * Fills the table from the options in [from, end): up to the END option, or to the first that runs past the end.
 * @param scratch where repeated options may be concatenated
 * @returns the set of entries that occur several times, as bits
 */
export function findOptions(from: u32, end: u32, scratch: u32): u32 {
  for (let entry: u32 = 0; entry < Entry.count; entry++) store<u64>(at(entry), 0);
  const repeated = walk(from, end);
  if (repeated !== 0) concatenate(from, end, scratch, repeated);
  return repeated;
}

function walk(from: u32, end: u32): u32 {
  let repeated: u32 = 0;
  for (let position = from; position < end; ) {
    const code: u32 = load<u8>(position++);
    if (code === PAD) continue;
    if (code === END || position === end) break;
    const length: u32 = load<u8>(position++);
    if (length > end - position) break;
    const entry: u32 = load<u8>(ENTRY_OF + code);
    if (entry !== Entry.none) {
      if (isPresent(entry)) repeated |= 1 << entry;
      else store<u32>(at(entry), position);
      store<u32>(at(entry), lengthOf(entry) + length, 4);
    }
    position += length;
  }
  return repeated;
}

/**
 * Copies the parts of each repeated option behind each other. Two passes over all parts, whatever their number: nine
 * hundred empty options must not cost more than one walk.
 */
function concatenate(from: u32, end: u32, scratch: u32, repeated: u32): void {
  for (let entry: u32 = 1; entry <= Entry.subnetSelection; entry++) {
    if (!isRepeated(entry, repeated)) continue;
    store<u32>(at(entry), scratch);
    scratch += lengthOf(entry);
    store<u32>(at(entry), 0, 4);
  }
  for (let position = from; position < end; ) {
    const code: u32 = load<u8>(position++);
    if (code === PAD) continue;
    if (code === END || position === end) break;
    const length: u32 = load<u8>(position++);
    if (length > end - position) break;
    const entry: u32 = load<u8>(ENTRY_OF + code);
    if (isRepeated(entry, repeated)) append(entry, position, length);
    position += length;
  }
}

function append(entry: u32, from: u32, length: u32): void {
  const to = offsetOf(entry) + lengthOf(entry);
  for (let i: u32 = 0; i < length; i++) store<u8>(to + i, load<u8>(from + i));
  store<u32>(at(entry), lengthOf(entry) + length, 4);
}

/**
 * Adds the sub-options of option 82 to the table, up to the first that runs past the end. There is neither PAD nor END
 * in option 82 (RFC 3046 section 2.0).
 */
export function findAgentOptions(from: u32, end: u32): void {
  for (let position = from; position < end && end - position >= 2; ) {
    const code: u32 = load<u8>(position);
    const length: u32 = load<u8>(position, 1);
    position += 2;
    if (length > end - position) break;
    if (code === LINK_SELECTION) addAddress(Entry.linkSelection, position, length);
    else if (code === SERVER_ID_OVERRIDE) addAddress(Entry.serverIdOverride, position, length);
    else if (code === RELAY_PORT) store<u32>(at(Entry.relayPort), position);
    position += length;
  }
}

/** Parts of one code belong together here too: the last four octets, and the number of all. */
function addAddress(entry: u32, position: u32, length: u32): void {
  let value = offsetOf(entry);
  for (let i: u32 = 0; i < length; i++) value = (value << 8) | load<u8>(position + i);
  store<u32>(at(entry), value);
  store<u32>(at(entry), lengthOf(entry) + length, 4);
}

/** Whether a sub-option that is an address is one. */
export function isAddress(entry: u32): bool {
  return lengthOf(entry) === 4;
}

/** The address of a sub-option, 0 when it has none. */
export function addressOf(entry: u32): u32 {
  return isAddress(entry) ? load<u32>(at(entry)) : 0;
}
