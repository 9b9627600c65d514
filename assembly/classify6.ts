/**
 * Reads a batch of DHCPv6 datagrams where the kernel has put them and writes one descriptor for each: see
 * src/dhcp6/descriptor.ts for its meaning and src/wasm/layout.ts for the places. Reads nothing of a datagram beyond its
 * length; writes nothing outside its descriptor, its area of RELAYS and the static data of this module.
 */
import {
  BATCH_MAX,
  DESCRIPTOR6_BYTES,
  INPUT_OFFSET,
  INPUT_STRIDE,
  LENGTHS_OFFSET,
  RELAYS_OFFSET,
  RELAYS_STRIDE,
  RESULTS6_OFFSET,
} from '../src/wasm/layout';
import { load32 } from './big-endian';
import * as Entry from './entry6';
import * as Field from './field6';
import { halfWord, isPresent, lengthOf, offsetOf, record } from './found';
import * as Malformed from './malformed6';
import { endOfOptions, findMessageOptions, forgetOptions, timesOf } from './options6';
import { bit, clearWords, put, putRun } from './output';
import { hash } from './pearson';
import * as Present from './present6';
import { openRelays } from './relays';

const HEADER_BYTES: u32 = 4;
const OPTION_HEADER_BYTES: u32 = 4;

// RFC 8415 section 7.3, RFC 9686.
const SOLICIT: u32 = 1;
const REQUEST: u32 = 3;
const CONFIRM: u32 = 4;
const RENEW: u32 = 5;
const REBIND: u32 = 6;
const RELEASE: u32 = 8;
const DECLINE: u32 = 9;
const INFORMATION_REQUEST: u32 = 11;
const ADDR_REG_INFORM: u32 = 36;

const DUID_BYTES_MIN: u32 = 3;
const DUID_BYTES_MAX: u32 = 130;

/** Classifies the first `count` datagrams, at most BATCH_MAX. */
export function classify6(count: i32): void {
  const datagrams = min<u32>(<u32>max<i32>(count, 0), BATCH_MAX);
  for (let i: u32 = 0; i < datagrams; i++) {
    const descriptor = <u32>RESULTS6_OFFSET + i * <u32>DESCRIPTOR6_BYTES;
    clearWords(descriptor, DESCRIPTOR6_BYTES);
    const input = <u32>INPUT_OFFSET + i * <u32>INPUT_STRIDE;
    const length = load<u32>(<u32>LENGTHS_OFFSET + i * 4);
    put(
      descriptor,
      Field.malformed,
      check(descriptor, input, length, <u32>RELAYS_OFFSET + i * RELAYS_STRIDE),
    );
  }
}

/** Fills in what may be used, and says what is wrong. */
function check(descriptor: u32, input: u32, length: u32, levels: u32): u32 {
  if (length < HEADER_BYTES) return Malformed.tooShort;
  if (length > <u32>INPUT_STRIDE) return Malformed.tooLong;
  forgetOptions();
  const reason = openRelays(input, length, levels);
  if (reason !== Malformed.none) return reason;
  const message = offsetOf(Entry.message);
  const type: u32 = load<u8>(message);
  if (!isOfClient(type)) {
    put(descriptor, Field.messageType, type);
    return Malformed.messageType;
  }
  if (!findMessageOptions(message + HEADER_BYTES, message + lengthOf(Entry.message)))
    return Malformed.optionLength;
  record(Entry.message, message, endOfOptions() - message);
  put(descriptor, Field.length, length);
  describeMessage(descriptor, message);
  describeRelays(descriptor);
  return offenceOf(type);
}

function isOfClient(type: u32): bool {
  return isForOneServer(type) || isForAnyServer(type) || type === INFORMATION_REQUEST;
}

function isForOneServer(type: u32): bool {
  return type === REQUEST || type === RENEW || type === RELEASE || type === DECLINE;
}

function isForAnyServer(type: u32): bool {
  return type === SOLICIT || type === CONFIRM || type === REBIND || type === ADDR_REG_INFORM;
}

/** RFC 8415 section 16, and what Kea asks of a DUID; that there is none comes last, because the server may make one. */
function offenceOf(type: u32): u32 {
  const clients = timesOf(Entry.clientId);
  if (clients > 1) return Malformed.severalClientIds;
  if (clients === 1 && !isDuid(Entry.clientId)) return Malformed.badClientId;
  const servers = timesOf(Entry.serverId);
  if (servers > 0 && isForAnyServer(type)) return Malformed.unwantedServerId;
  if (servers > 1) return Malformed.severalServerIds;
  if (servers === 0 && isForOneServer(type)) return Malformed.noServerId;
  if (servers === 1 && !isDuid(Entry.serverId)) return Malformed.badServerId;
  return clients === 0 && type !== INFORMATION_REQUEST ? Malformed.noClientId : Malformed.none;
}

/** Neither too short nor too long, and not 00:00:00, which in Kea's leases is nobody. */
function isDuid(entry: u32): bool {
  const length = lengthOf(entry);
  if (length < DUID_BYTES_MIN || length > DUID_BYTES_MAX) return false;
  const at = offsetOf(entry);
  return length !== DUID_BYTES_MIN || load<u8>(at) !== 0 || load<u8>(at, 1) !== 0 || load<u8>(at, 2) !== 0;
}

function describeMessage(descriptor: u32, message: u32): void {
  const header = load32(message);
  put(descriptor, Field.messageType, header >> 24);
  put(descriptor, Field.transactionId, header & 0xffffff);
  put(
    descriptor,
    Field.hash,
    isPresent(Entry.clientId) ? hash(offsetOf(Entry.clientId), lengthOf(Entry.clientId)) : -1,
  );
  put(descriptor, Field.present, presentBits());
  put(descriptor, Field.elapsedTime, halfWord(Entry.elapsedTime));
  putRun(descriptor, Field.message, Entry.message);
  putRun(descriptor, Field.clientId, Entry.clientId);
  putRun(descriptor, Field.serverId, Entry.serverId);
  putRun(descriptor, Field.requestList, Entry.requestList);
  putRun(descriptor, Field.fqdn, Entry.fqdn);
  putRun(descriptor, Field.vendorClass, Entry.vendorClass);
  putRun(descriptor, Field.vendorOptions, Entry.vendorOptions);
  putRun(descriptor, Field.userClass, Entry.userClass);
  put(descriptor, Field.iaCount, timesOf(Entry.ia));
  put(descriptor, Field.ia, isPresent(Entry.ia) ? offsetOf(Entry.ia) - OPTION_HEADER_BYTES : 0);
  put(descriptor, Field.address, offsetOf(Entry.address));
  put(descriptor, Field.addressCount, timesOf(Entry.address));
}

function describeRelays(descriptor: u32): void {
  const relays = lengthOf(Entry.relays);
  // The words are zero, and most messages of a link with a server on it come through no relay.
  if (relays === 0) return;
  put(descriptor, Field.relayCount, relays);
  put(descriptor, Field.relayPort, halfWord(Entry.outerPort));
  putRun(descriptor, Field.interfaceId, Entry.interfaceId);
  putRun(descriptor, Field.remoteId, Entry.remoteId);
  putRun(descriptor, Field.subscriberId, Entry.subscriberId);
  putRun(descriptor, Field.linkLayerAddress, Entry.linkLayerAddress);
  putRun(descriptor, Field.relaySupplied, Entry.relaySupplied);
  put(descriptor, Field.linkAddress, offsetOf(Entry.linkAddress));
}

function presentBits(): u32 {
  return (
    bit(isPresent(Entry.rapidCommit), Present.rapidCommit) |
    bit(isPresent(Entry.elapsedTime), Present.elapsedTime) |
    bit(isPresent(Entry.outerPort), Present.relayPort)
  );
}
