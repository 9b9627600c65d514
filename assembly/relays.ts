/**
 * Finds the client's message inside of what the relays on its way have made of it, and notes where the part of each relay
 * lies. The place of the message, the number of relays and the link-address that counts stand in entries of found.ts.
 *
 *     relay's header  msg-type | hop-count | link-address[16] | peer-address[16] | options        RFC 8415 section 9
 */
import * as Entry from './entry6';
import { isPresent, lengthOf, offsetOf, record } from './found';
import * as Malformed from './malformed6';
import { findRelayOptions } from './options6';

const RELAY_FORWARD: u32 = 12;
const LINK_ADDRESS: u32 = 2;
const RELAY_HEADER_BYTES: u32 = 34;
const MESSAGE_HEADER_BYTES: u32 = 4;
const LEVELS_MAX: u32 = 32;

/**
 * @param length of the datagram, at least 1
 * @param levels where two words for each relay are put
 * @returns why there is no message, 0 = there is one
 */
export function openRelays(input: u32, length: u32, levels: u32): u32 {
  let start = input;
  let left = length;
  let level: u32 = 0;
  while (<u32>load<u8>(start) === RELAY_FORWARD) {
    if (left < RELAY_HEADER_BYTES) return Malformed.tooShort;
    if (level === LEVELS_MAX) return Malformed.tooManyRelays;
    store<u32>(levels + level * 8, start);
    store<u32>(levels + level * 8, start + left, 4);
    if (!findRelayOptions(start + RELAY_HEADER_BYTES, start + left)) return Malformed.optionLength;
    if (level === 0 && isPresent(Entry.relayPort)) record(Entry.outerPort, offsetOf(Entry.relayPort), 2);
    if (isOfLink(start + LINK_ADDRESS)) record(Entry.linkAddress, start + LINK_ADDRESS, 16);
    if (lengthOf(Entry.relayMessage) === 0) return Malformed.noRelayMessage;
    start = offsetOf(Entry.relayMessage);
    left = lengthOf(Entry.relayMessage);
    level++;
  }
  if (left < MESSAGE_HEADER_BYTES) return Malformed.tooShort;
  record(Entry.message, start, left);
  record(Entry.relays, 0, level);
  return Malformed.none;
}

/** Whether an address tells of a link: neither zero nor of fe80::/10. */
function isOfLink(address: u32): bool {
  if (load<u64>(address) === 0 && load<u64>(address, 8) === 0) return false;
  return !(load<u8>(address) === 0xfe && (load<u8>(address, 1) & 0xc0) === 0x80);
}
