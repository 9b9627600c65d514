/**
 * What a lease keeps of the relays that its client came through, in the form of Kea 2.4 and later, the outermost first:
 *
 *     { "ISC": { "relay-info": [ { "hop": 0, "link": "2001:db8::1", "options": "0x00120002AB01", "peer": "fe80::1",
 *                                  "relay-id": "ABCD", "remote-id": "00000009AB" } ] } }
 *
 * The options are those of the level but for the relayed message, whole, ascending by code. Of several relay-ids (RFC 5460) and
 * remote-ids (RFC 4649) in a level the first one stands, unless it is empty. Kea 2.2 calls the list "relays", without either.
 */
import { assert } from '../../base/assert.ts';
import { writeDecimal, writeIpv6 } from '../../base/octet-writer.ts';
import { OPTION_HEADER_BYTES, OptionCode, RELAY_LEVELS_MAX } from '../../dhcp6/codes.ts';
import type { RelayLevels } from '../../dhcp6/relay-levels.ts';

/** Where the list stands in a user context. */
export const RELAY_INFO = 'relay-info';

/** Octets of the longest datagram. */
const DATAGRAM_BYTES_MAX = 2048;
/** Names, punctuation, hop count and addresses of a level. */
const LEVEL_BYTES_MAX = 192;
/** Room for the longest list: all options, and both identifiers once more, in hexadecimal. */
export const RELAY_INFO_BYTES_MAX = 4 * DATAGRAM_BYTES_MAX + RELAY_LEVELS_MAX * LEVEL_BYTES_MAX;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const OPEN_LIST = ascii('[ ');
const HOP = ascii('{ "hop": ');
const LINK = ascii(', "link": "');
const OPTIONS = ascii('", "options": "0x');
const PEER = ascii('", "peer": "');
const RELAY_ID = ascii('", "relay-id": "');
const REMOTE_ID = ascii('", "remote-id": "');
const CLOSE = ascii('" }');
const NEXT = ascii(', ');
const CLOSE_LIST = ascii(' ]');
const HEX_DIGITS = ascii('0123456789ABCDEF');

/** The options of one level at a time, ascending by code, those of one code as they stand. */
export class RelayOptionOrder {
  /** Of each option its code, and behind it in 16 bits where it stands in the level. */
  readonly #keys = new Uint32Array(DATAGRAM_BYTES_MAX / OPTION_HEADER_BYTES);
  #first = 0;
  count = 0;

  /** Reads the options of the level that `relays` is at. */
  read({ linkAddressOffset, options }: RelayLevels): void {
    const keys = this.#keys;
    this.#first = linkAddressOffset;
    let count = 0;
    while (options.next()) {
      if (options.code === OptionCode.relayMessage) continue;
      assert(count < keys.length, 'a datagram has no more options');
      const key = ((options.code << 16) | (options.offset - this.#first)) >>> 0;
      // Most stand in order already.
      let at = count++;
      for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!;
      keys[at] = key;
    }
    this.count = count;
  }

  code(index: number): number {
    return this.#keys[index]! >>> 16;
  }

  /** Where the data of an option begin. */
  offset(index: number): number {
    return this.#first + (this.#keys[index]! & 0xffff);
  }

  /** The first option of a code; -1 = none. */
  indexOf(code: number): number {
    for (let i = 0; i < this.count; i++) if (this.code(i) === code) return i;
    return -1;
  }
}

/**
 * Writes the list for the relays of a message; there is at least one.
 * @param out has room for RELAY_INFO_BYTES_MAX octets
 * @returns its length
 */
export function encodeRelayInfo(out: Uint8Array, relays: RelayLevels, order: RelayOptionOrder): number {
  let at = copy(out, 0, OPEN_LIST);
  for (let level = 0; level < relays.count; level++) {
    if (level > 0) at = copy(out, at, NEXT);
    relays.read(level);
    order.read(relays);
    at = putLevel(out, at, relays, order);
  }
  return copy(out, at, CLOSE_LIST);
}

/** The names stand in the order in which Kea writes them. */
function putLevel(out: Uint8Array, from: number, relays: RelayLevels, order: RelayOptionOrder): number {
  const { bytes, hopCount, linkAddressOffset, peerAddressOffset } = relays;
  let at = copy(out, from, HOP);
  at += writeDecimal(out, at, hopCount);
  at = copy(out, at, LINK);
  at += writeIpv6(out, at, bytes, linkAddressOffset);
  if (order.count > 0) at = copy(out, at, OPTIONS);
  for (let i = 0; i < order.count; i++) {
    const data = order.offset(i);
    at = putHex(out, at, bytes, data - OPTION_HEADER_BYTES, data + lengthOf(bytes, data));
  }
  at = copy(out, at, PEER);
  at += writeIpv6(out, at, bytes, peerAddressOffset);
  at = putIdentifier(out, at, RELAY_ID, bytes, order, OptionCode.relayId);
  at = putIdentifier(out, at, REMOTE_ID, bytes, order, OptionCode.remoteId);
  return copy(out, at, CLOSE);
}

function putIdentifier(
  out: Uint8Array,
  from: number,
  name: Uint8Array,
  bytes: Uint8Array,
  order: RelayOptionOrder,
  code: number,
): number {
  const index = order.indexOf(code);
  if (index < 0) return from;
  const data = order.offset(index);
  const length = lengthOf(bytes, data);
  return length === 0 ? from : putHex(out, copy(out, from, name), bytes, data, data + length);
}

/** Octets of the data that begin at `data`, by the header before them. */
function lengthOf(bytes: Uint8Array, data: number): number {
  return (bytes[data - 2]! << 8) | bytes[data - 1]!;
}

function putHex(out: Uint8Array, at: number, bytes: Uint8Array, from: number, end: number): number {
  let to = at;
  for (let i = from; i < end; i++) {
    const octet = bytes[i]!;
    out[to++] = HEX_DIGITS[octet >>> 4]!;
    out[to++] = HEX_DIGITS[octet & 15]!;
  }
  return to;
}

function copy(out: Uint8Array, at: number, from: Uint8Array): number {
  for (let i = 0; i < from.length; i++) out[at + i] = from[i]!;
  return at + from.length;
}
