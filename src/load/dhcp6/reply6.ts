/**
 * What a DHCPv6 client reads from a server's answer, in the relay's message around it or not (RFC 8415 sections 8, 9 and 21);
 * everything else in it is stepped over. Octets that are no option make the whole answer malformed.
 */
import { readNetworkWord } from '../../base/big-endian.ts';
import {
  IA_ADDRESS_BYTES,
  IA_HEADER_BYTES,
  IA_PREFIX_BYTES,
  MessageType,
  OPTIONS_OFFSET,
  OptionCode,
  RELAY_OPTIONS_OFFSET,
} from '../../dhcp6/codes.ts';
import { isDuid } from '../../dhcp6/duid.ts';
import { OptionReader } from '../../dhcp6/option-reader.ts';
import { NA_IAID, PD_IAID } from './query6.ts';

const PREFIX_BITS_MAX = 128;
/** Where the valid lifetime stands in an address and in a prefix, and the prefix behind it. */
const ADDRESS_VALID = 20;
const PREFIX_VALID = 4;
const PREFIX_LENGTH = 8;

export class ReplyReader6 {
  readonly #bytes: Uint8Array;
  readonly #options: OptionReader;
  readonly #inside: OptionReader;
  /** `MessageType.advertise` or `.reply`. */
  messageType = 0;
  xid = 0;
  /** DUID of the server. */
  serverAt = 0;
  serverLength = 0;
  /** Where the address of the IA_NA stands, and its valid lifetime in seconds; 0 = there is none. */
  addressAt = 0;
  addressSec = 0;
  /** Where the prefix of the IA_PD stands, its length 1..128, and its valid lifetime in seconds; 0 = there is none. */
  prefixAt = 0;
  prefixLength = 0;
  prefixSec = 0;

  /** @param bytes the memory that datagrams stand in */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#options = new OptionReader(bytes);
    this.#inside = new OptionReader(bytes);
  }

  /** @returns false, with nothing of use in the fields, when it is no answer to a client; never throws */
  read(offset: number, length: number): boolean {
    const end = offset + length;
    this.#clear();
    if (length === 0 || this.#bytes[offset] !== MessageType.relayReply) return this.#readMessage(offset, end);
    if (length < RELAY_OPTIONS_OFFSET) return false;
    const options = this.#options;
    options.point(offset + RELAY_OPTIONS_OFFSET, end);
    let at = -1;
    let size = 0;
    while (options.next()) {
      if (options.code !== OptionCode.relayMessage) continue;
      at = options.offset;
      size = options.length;
    }
    return at >= 0 && options.left === 0 && this.#readMessage(at, at + size);
  }

  #clear(): void {
    this.serverLength = 0;
    this.addressSec = 0;
    this.prefixSec = 0;
  }

  #readMessage(at: number, end: number): boolean {
    if (end - at < OPTIONS_OFFSET) return false;
    const bytes = this.#bytes;
    this.messageType = bytes[at]!;
    if (this.messageType !== MessageType.advertise && this.messageType !== MessageType.reply) return false;
    this.xid = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const options = this.#options;
    options.point(at + OPTIONS_OFFSET, end);
    while (options.next()) if (!this.#takeOption(options)) return false;
    return options.left === 0 && this.serverLength > 0;
  }

  #takeOption({ code, offset, length }: OptionReader): boolean {
    switch (code) {
      case OptionCode.serverId:
        this.serverAt = offset;
        this.serverLength = length;
        return isDuid(this.#bytes, offset, length);
      case OptionCode.iaNa:
        return this.#readIa(offset, length, NA_IAID);
      case OptionCode.iaPd:
        return this.#readIa(offset, length, PD_IAID);
      default:
        return true;
    }
  }

  #readIa(offset: number, length: number, iaid: number): boolean {
    if (length < IA_HEADER_BYTES) return false;
    const inside = this.#inside;
    inside.point(offset + IA_HEADER_BYTES, offset + length);
    const isOurs = readNetworkWord(this.#bytes, offset) === iaid;
    while (inside.next()) {
      const isTaken = iaid === NA_IAID ? this.#takeAddress(isOurs) : this.#takePrefix(isOurs);
      if (!isTaken) return false;
    }
    return inside.left === 0;
  }

  /** The first one with a lifetime counts. */
  #takeAddress(isOurs: boolean): boolean {
    const { code, offset, length } = this.#inside;
    if (code !== OptionCode.iaAddress) return true;
    if (length < IA_ADDRESS_BYTES) return false;
    const validSec = readNetworkWord(this.#bytes, offset + ADDRESS_VALID);
    if (!isOurs || validSec === 0 || this.addressSec !== 0) return true;
    this.addressAt = offset;
    this.addressSec = validSec;
    return true;
  }

  #takePrefix(isOurs: boolean): boolean {
    const { code, offset, length } = this.#inside;
    if (code !== OptionCode.iaPrefix) return true;
    if (length < IA_PREFIX_BYTES) return false;
    const prefixLength = this.#bytes[offset + PREFIX_LENGTH]!;
    if (prefixLength === 0 || prefixLength > PREFIX_BITS_MAX) return false;
    const validSec = readNetworkWord(this.#bytes, offset + PREFIX_VALID);
    if (!isOurs || validSec === 0 || this.prefixSec !== 0) return true;
    this.prefixAt = offset + PREFIX_LENGTH + 1;
    this.prefixLength = prefixLength;
    this.prefixSec = validSec;
    return true;
  }
}
