/**
 * Finds the options of a message, or of one relay's part of a datagram, and counts them: codes and lengths of two octets,
 * no padding, nothing put together (RFC 8415 section 21.1).
 */
import { load16 } from './big-endian';
import * as Entry from './entry6';
import { record } from './found';

/** Of codes from here on nothing is wanted. */
const CODES: u32 = 256;
/** Entry of each option code, one byte a code: in a message, and in what a relay adds. */
const MESSAGE_ENTRY_OF: u32 = <u32>memory.data(256);
const RELAY_ENTRY_OF: u32 = <u32>memory.data(256);
/** By entry: octets that an option must have, and how many there are of it. */
const LEAST_OF: u32 = <u32>memory.data(24);
const TIMES: u32 = <u32>memory.data(24 * 4, 4);

store<u8>(MESSAGE_ENTRY_OF + 1, Entry.clientId);
store<u8>(MESSAGE_ENTRY_OF + 2, Entry.serverId);
store<u8>(MESSAGE_ENTRY_OF + 3, Entry.ia);
store<u8>(MESSAGE_ENTRY_OF + 5, Entry.address);
store<u8>(MESSAGE_ENTRY_OF + 6, Entry.requestList);
store<u8>(MESSAGE_ENTRY_OF + 8, Entry.elapsedTime);
store<u8>(MESSAGE_ENTRY_OF + 14, Entry.rapidCommit);
store<u8>(MESSAGE_ENTRY_OF + 15, Entry.userClass);
store<u8>(MESSAGE_ENTRY_OF + 16, Entry.vendorClass);
store<u8>(MESSAGE_ENTRY_OF + 17, Entry.vendorOptions);
store<u8>(MESSAGE_ENTRY_OF + 25, Entry.ia);
store<u8>(MESSAGE_ENTRY_OF + 39, Entry.fqdn);

store<u8>(RELAY_ENTRY_OF + 9, Entry.relayMessage);
store<u8>(RELAY_ENTRY_OF + 18, Entry.interfaceId);
store<u8>(RELAY_ENTRY_OF + 37, Entry.remoteId);
store<u8>(RELAY_ENTRY_OF + 38, Entry.subscriberId);
store<u8>(RELAY_ENTRY_OF + 66, Entry.relaySupplied);
store<u8>(RELAY_ENTRY_OF + 79, Entry.linkLayerAddress);
store<u8>(RELAY_ENTRY_OF + 135, Entry.relayPort);

const HEADER_BYTES: u32 = 4;
const IA_BYTES: u32 = 12;
const ADDRESS: u32 = 5;
const ADDRESS_BYTES: u32 = 24;
const PREFIX: u32 = 26;
const PREFIX_BYTES: u32 = 25;
const CODE_BYTES: u32 = 2;
const ENTERPRISE_BYTES: u32 = 4;

store<u8>(LEAST_OF + Entry.requestList, CODE_BYTES);
store<u8>(LEAST_OF + Entry.elapsedTime, 2);
store<u8>(LEAST_OF + Entry.vendorClass, 4);
store<u8>(LEAST_OF + Entry.fqdn, 1);
store<u8>(LEAST_OF + Entry.address, ADDRESS_BYTES);
store<u8>(LEAST_OF + Entry.ia, IA_BYTES);
store<u8>(LEAST_OF + Entry.remoteId, 4);
store<u8>(LEAST_OF + Entry.relayPort, 2);

/** By code, of options of a message: octets of a value, 0 = any number; and how many values there may be. */
const VALUES_OF: u32 = <u32>memory.data(256);
const COUNT_OF: u32 = <u32>memory.data(256);
/** One; what stands behind it is passed over. */
const ONE: u8 = 0;
/** One at least, and nothing behind the last. */
const SOME: u8 = 1;
/** The same, or none. */
const ANY: u8 = 2;

// preference, dns-servers, information-refresh-time, client-arch-type, solmax-rt, inf-max-rt
store<u8>(VALUES_OF + 7, 1);
store<u8>(VALUES_OF + 23, 16);
store<u8>(VALUES_OF + 32, 4);
store<u8>(VALUES_OF + 61, 2);
store<u8>(VALUES_OF + 82, 4);
store<u8>(VALUES_OF + 83, 4);
store<u8>(COUNT_OF + 23, ANY);
store<u8>(COUNT_OF + 61, SOME);

/** How many options of an entry there are. */
export function timesOf(entry: u32): u32 {
  return load<u32>(TIMES + (entry << 2));
}

/** Forgets what was found in the datagram before. */
export function forgetOptions(): void {
  for (let entry: u32 = 0; entry < Entry.count; entry++) {
    record(entry, 0, 0);
    store<u32>(TIMES + (entry << 2), 0);
  }
}

/** @returns false when one of them, in [from, end), is shorter than it must be */
export function findMessageOptions(from: u32, end: u32): bool {
  return walk(from, end, MESSAGE_ENTRY_OF);
}

/** The same for a relay. What it has stands in the place of what those before it had. */
export function findRelayOptions(from: u32, end: u32): bool {
  record(Entry.relayMessage, 0, 0);
  return walk(from, end, RELAY_ENTRY_OF);
}

let readingEnd: u32 = 0;

/** Where the options that were found last end: before the end of what they are in when nothing counts from there on. */
export function endOfOptions(): u32 {
  return readingEnd;
}

function walk(from: u32, end: u32, entryOf: u32): bool {
  let seen: u32 = 0;
  readingEnd = end;
  for (let position = from; end - position >= HEADER_BYTES; ) {
    const code = load16(position);
    const length = load16(position + 2);
    position += HEADER_BYTES;
    if (length > end - position) break;
    const entry: u32 = code < CODES ? load<u8>(entryOf + code) : Entry.none;
    if (entry === Entry.vendorOptions && isCutOff(position, length)) {
      readingEnd = position - HEADER_BYTES;
      return true;
    }
    if (entryOf === MESSAGE_ENTRY_OF && code < CODES && !hasWholeValues(code, length)) return false;
    if (entry !== Entry.none) {
      if (!isLongEnough(entry, position, length)) return false;
      if ((seen & (1 << entry)) === 0 || entry === Entry.relayMessage) record(entry, position, length);
      seen |= 1 << entry;
      store<u32>(TIMES + (entry << 2), timesOf(entry) + 1);
    }
    position += length;
  }
  return true;
}

/** Whether an option that nothing here reads has as many octets as its values take. */
function hasWholeValues(code: u32, length: u32): bool {
  const unit: u32 = load<u8>(VALUES_OF + code);
  if (unit === 0) return true;
  const count = load<u8>(COUNT_OF + code);
  return (length >= unit || count === ANY) && (count === ONE || length % unit === 0);
}

/**
 * Whether the sub-options of vendor options do not end where these do, or there is not even room for an enterprise.
 * [Kea] Then nothing is read from them on.
 */
function isCutOff(position: u32, length: u32): bool {
  if (length < ENTERPRISE_BYTES) return true;
  const end = position + length;
  let at = position + ENTERPRISE_BYTES;
  while (end - at >= HEADER_BYTES) {
    const octets = load16(at + 2);
    at += HEADER_BYTES;
    if (octets > end - at) return true;
    at += octets;
  }
  return at !== end;
}

function isLongEnough(entry: u32, position: u32, length: u32): bool {
  if (length < load<u8>(LEAST_OF + entry)) return false;
  if (entry === Entry.requestList) return length % CODE_BYTES === 0;
  return entry !== Entry.ia || areLongEnough(position + IA_BYTES, position + length);
}

/** The addresses and prefixes of an IA. What is inside of them is not looked at. */
function areLongEnough(from: u32, end: u32): bool {
  for (let position = from; end - position >= HEADER_BYTES; ) {
    const code = load16(position);
    const length = load16(position + 2);
    position += HEADER_BYTES;
    if (length > end - position) break;
    if (code === ADDRESS && length < ADDRESS_BYTES) return false;
    if (code === PREFIX && length < PREFIX_BYTES) return false;
    position += length;
  }
  return true;
}
