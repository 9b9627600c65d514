/**
 * Reads a batch of DHCPv4 datagrams where the kernel has put them and writes one descriptor for each: see
 * src/dhcp4/descriptor.ts for its meaning and src/wasm/layout.ts for the places. Reads nothing of a datagram beyond its
 * length; writes nothing outside its scratch area, its descriptor and the static data of this module.
 */
import {
  BATCH_MAX,
  DESCRIPTOR_BYTES,
  INPUT_OFFSET,
  INPUT_STRIDE,
  LENGTHS_OFFSET,
  RESULTS_OFFSET,
  SCRATCH_OFFSET,
  SCRATCH_STRIDE,
} from '../src/wasm/layout';
import { load16, load32 } from './big-endian';
import * as Entry from './entry';
import * as Field from './field';
import { halfWord, isPresent, isShort, lengthOf, offsetOf, word } from './found';
import * as Malformed from './malformed';
import { addressOf, findAgentOptions, findOptions, forgetSeveral, isAddress, isRepeated } from './options';
import { bit, clearWords, put, putRun } from './output';
import { hash } from './pearson';
import * as Present from './present';

// Header of RFC 2131 section 2.
const HTYPE: u32 = 1;
const HLEN: u32 = 2;
const SECS: u32 = 8;
const FLAGS: u32 = 10;
const CIADDR: u32 = 12;
const GIADDR: u32 = 24;
const CHADDR: u32 = 28;
const COOKIE: u32 = 236;
const OPTIONS: u32 = 240;

const BOOTREQUEST: u32 = 1;
const CHADDR_BYTES: u32 = 16;
const MAGIC_COOKIE: u32 = 0x63825363;

/** Classifies the first `count` datagrams, at most BATCH_MAX. */
export function classify4(count: i32): void {
  const datagrams = min<u32>(<u32>max<i32>(count, 0), BATCH_MAX);
  for (let i: u32 = 0; i < datagrams; i++) {
    const descriptor = <u32>RESULTS_OFFSET + i * <u32>DESCRIPTOR_BYTES;
    clearWords(descriptor, DESCRIPTOR_BYTES);
    const input = <u32>INPUT_OFFSET + i * <u32>INPUT_STRIDE;
    const length = load<u32>(<u32>LENGTHS_OFFSET + i * 4);
    const reason = check(input, length, <u32>SCRATCH_OFFSET + i * <u32>SCRATCH_STRIDE);
    if (reason === Malformed.none || reason === Malformed.noMessageType) describe(descriptor, input, length);
    put(descriptor, Field.malformed, reason);
  }
}

/** The checks in the order of `Malformed`; afterwards the options stand in the table. */
function check(input: u32, length: u32, scratch: u32): u32 {
  if (length < OPTIONS) return Malformed.tooShort;
  if (length > <u32>INPUT_STRIDE) return Malformed.tooLong;
  if (<u32>load<u8>(input) !== BOOTREQUEST) return Malformed.notAQuery;
  if (<u32>load<u8>(input + HLEN) > CHADDR_BYTES) return Malformed.badHardwareLength;
  if (load32(input + COOKIE) !== MAGIC_COOKIE) return Malformed.noMagicCookie;
  const repeated = findOptions(input + OPTIONS, input + length, scratch);
  findAgentOptions(offsetOf(Entry.agent), offsetOf(Entry.agent) + lengthOf(Entry.agent));
  if (hasShortOption()) return Malformed.optionLength;
  if (repeated !== 0 && !settleSeveral(repeated)) return Malformed.optionLength;
  if (load<u8>(input + HLEN) === 0 && lengthOf(Entry.clientId) === 0) return Malformed.noClient;
  return isPresent(Entry.messageType) ? Malformed.none : Malformed.noMessageType;
}

/** Of a longer one the first octets count, as Kea reads it. */
function hasShortOption(): bool {
  return (
    isShort(Entry.messageType, 1) ||
    isShort(Entry.requestedAddress, 4) ||
    isShort(Entry.leaseTime, 4) ||
    isShort(Entry.serverIdentifier, 4) ||
    isShort(Entry.subnetSelection, 4) ||
    isShort(Entry.maxMessageSize, 2)
  );
}

/** @returns false when it is not clear what the query is, or whose */
function settleSeveral(repeated: u32): bool {
  forgetSeveral(Entry.requestedAddress, 4, repeated);
  forgetSeveral(Entry.leaseTime, 4, repeated);
  forgetSeveral(Entry.subnetSelection, 4, repeated);
  forgetSeveral(Entry.maxMessageSize, 2, repeated);
  const types = isRepeated(Entry.messageType, repeated) && lengthOf(Entry.messageType) > 1;
  return !types && !(isRepeated(Entry.serverIdentifier, repeated) && lengthOf(Entry.serverIdentifier) > 4);
}

function describe(descriptor: u32, input: u32, length: u32): void {
  if (isPresent(Entry.messageType)) put(descriptor, Field.messageType, load<u8>(offsetOf(Entry.messageType)));
  put(descriptor, Field.hash, clientHash(input));
  put(descriptor, Field.hlen, load<u8>(input + HLEN));
  put(descriptor, Field.htype, load<u8>(input + HTYPE));
  put(descriptor, Field.secs, load16(input + SECS));
  put(descriptor, Field.flags, load16(input + FLAGS));
  put(descriptor, Field.ciaddr, load32(input + CIADDR));
  put(descriptor, Field.giaddr, load32(input + GIADDR));
  put(descriptor, Field.present, presentBits());
  put(descriptor, Field.requestedAddress, word(Entry.requestedAddress));
  put(descriptor, Field.serverIdentifier, word(Entry.serverIdentifier));
  put(descriptor, Field.leaseTime, word(Entry.leaseTime));
  put(descriptor, Field.subnetSelection, word(Entry.subnetSelection));
  put(descriptor, Field.linkSelection, addressOf(Entry.linkSelection));
  put(descriptor, Field.serverIdOverride, addressOf(Entry.serverIdOverride));
  put(descriptor, Field.maxMessageSize, halfWord(Entry.maxMessageSize));
  putRun(descriptor, Field.clientId, Entry.clientId);
  putRun(descriptor, Field.requestList, Entry.requestList);
  putRun(descriptor, Field.agent, Entry.agent);
  putRun(descriptor, Field.hostName, Entry.hostName);
  putRun(descriptor, Field.vendorClass, Entry.vendorClass);
  putRun(descriptor, Field.fqdn, Entry.fqdn);
  put(descriptor, Field.length, length);
}

/** The key is the client identifier, without one the hardware address; `check` has seen to it that there is one. */
function clientHash(input: u32): u32 {
  const length = lengthOf(Entry.clientId);
  return length > 0 ? hash(offsetOf(Entry.clientId), length) : hash(input + CHADDR, load<u8>(input + HLEN));
}

function presentBits(): u32 {
  return (
    bit(isPresent(Entry.requestedAddress), Present.requestedAddress) |
    bit(isPresent(Entry.serverIdentifier), Present.serverIdentifier) |
    bit(isPresent(Entry.leaseTime), Present.leaseTime) |
    bit(isPresent(Entry.subnetSelection), Present.subnetSelection) |
    bit(isAddress(Entry.linkSelection), Present.linkSelection) |
    bit(isAddress(Entry.serverIdOverride), Present.serverIdOverride) |
    bit(isPresent(Entry.maxMessageSize), Present.maxMessageSize) |
    bit(isPresent(Entry.relayPort), Present.relayPort) |
    bit(isPresent(Entry.fqdn), Present.fqdn)
  );
}
