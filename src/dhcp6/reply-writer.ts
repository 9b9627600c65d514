/**
 * Writes one reply into its slot: the relays' headers around it, the message's header, and options in the order in which
 * they are asked for, which for Kea's order is ascending by code, in an IA too. What does not fit is left out as a whole,
 * and then the reply is void: `finish` says so, and nothing else has to be asked.
 *
 *     RELAY-REPL   13 | hop-count | link-address[16] | peer-address[16] | 18? | 135? | 9: what is inside
 *     message      msg-type | transaction-id[3] | options
 *
 *     writer.begin(from, end, query, MessageType.reply);
 *     writer.option(OptionCode.clientId, bytes, offset, length);
 *     writer.openIa(OptionCode.iaNa, iaid, t1Sec, t2Sec);
 *     writer.address(bytes, offset, preferredSec, validSec);
 *     writer.close();
 *     length = writer.finish();
 */
import { assert } from '../base/assert.ts';
import {
  ADDRESS_BYTES,
  IA_HEADER_BYTES,
  IA_PREFIX_BYTES,
  MessageType,
  OPTION_HEADER_BYTES,
  OptionCode,
  RELAY_LEVELS_MAX,
} from './codes.ts';
import type { RelayLevels } from './relay-levels.ts';

/** Options that hold others, one in the other: IAPREFIX in IA_PD, or options of a vendor. */
const DEPTH_MAX = 4;
/** A length of 16 bits has to do for what a relay puts around a message. */
const REPLY_BYTES_MAX = 0xffff;

export class ReplyWriter {
  readonly #out: Uint8Array;
  #start = 0;
  #end = 0;
  #at = 0;
  /** Where the options of the message begin. */
  #options = 0;
  #isVoid = false;
  /** Data of the options that are open, the outermost first; 0 = it did not fit. */
  readonly #open = new Uint32Array(DEPTH_MAX);
  #depth = 0;
  /** Data of each option 9, the outermost first. */
  readonly #relayed = new Uint32Array(RELAY_LEVELS_MAX);
  #relayCount = 0;

  /** @param out the slots of replies */
  constructor(out: Uint8Array) {
    this.#out = out;
  }

  /**
   * Starts a reply in [from, end) of the slots: what relays get, outermost first, and the message's header.
   * [RFC8415 19.3]
   * @param relays those of the query, none for one that came without
   * @param transactionId 24 bits
   */
  begin(from: number, end: number, relays: RelayLevels, messageType: number, transactionId: number): void {
    assert(end - from <= REPLY_BYTES_MAX && end <= this.#out.length, 'a slot holds no more than a datagram');
    this.#start = from;
    this.#end = end;
    this.#at = from;
    this.#isVoid = false;
    this.#depth = 0;
    this.#relayCount = relays.count;
    for (let level = 0; level < relays.count; level++) this.#relay(relays, level);
    this.#word((messageType << 24) | transactionId);
    this.#options = this.#at;
  }

  /** Whether something did not fit. */
  get isVoid(): boolean {
    return this.#isVoid;
  }

  /** Where the options of the message begin, and where they end so far. */
  get optionsFrom(): number {
    return this.#options;
  }

  get optionsEnd(): number {
    return this.#at;
  }

  /** Forgets the options of the message, so that others are written. Pre: none is open. */
  rewind(): void {
    assert(this.#depth === 0, 'options are closed');
    this.#at = this.#options;
  }

  /** [RFC8415 19.3] [RFC8357 5.2] What a relay needs to find its way back: interface and port are returned as they came. */
  #relay(relays: RelayLevels, level: number): void {
    relays.read(level);
    this.#half((MessageType.relayReply << 8) | relays.hopCount);
    this.#copy(relays.bytes, relays.linkAddressOffset, 2 * ADDRESS_BYTES);
    if (relays.find(OptionCode.interfaceId)) this.#echo(relays);
    if (relays.find(OptionCode.relaySourcePort)) this.#echo(relays);
    this.#half(OptionCode.relayMessage);
    this.#half(0);
    this.#relayed[level] = this.#at;
  }

  #echo({ options, bytes }: RelayLevels): void {
    this.option(options.code, bytes, options.offset, options.length);
  }

  /** Writes an option as it is. */
  option(code: number, bytes: Uint8Array, offset: number, length: number): void {
    if (!this.#hasRoom(OPTION_HEADER_BYTES + length)) return;
    this.#half(code);
    this.#half(length);
    this.#copy(bytes, offset, length);
  }

  /** Writes options that stand encoded behind each other already. */
  encoded(bytes: Uint8Array, offset: number, length: number): void {
    this.#copy(bytes, offset, length);
  }

  /** Writes a status code with its text. [RFC8415 21.13] @param text UTF-8 */
  status(code: number, text: Uint8Array): void {
    if (!this.#hasRoom(OPTION_HEADER_BYTES + 2 + text.length)) return;
    this.#half(OptionCode.statusCode);
    this.#half(2 + text.length);
    this.#half(code);
    this.#copy(text, 0, text.length);
  }

  /** Starts an option that holds others; `close` ends it. */
  open(code: number): void {
    assert(this.#depth < DEPTH_MAX, 'options are closed');
    const fits = this.#hasRoom(OPTION_HEADER_BYTES);
    this.#half(code);
    this.#half(0);
    this.#open[this.#depth++] = fits ? this.#at : 0;
  }

  /** Ends the option that was opened last. */
  close(): void {
    assert(this.#depth > 0, 'an open option');
    this.#patchLength(this.#open[--this.#depth]!);
  }

  /** Starts an IA_NA or IA_PD. @param t1Sec seconds, 0..2^32-1, like `t2Sec` */
  openIa(code: number, iaid: number, t1Sec: number, t2Sec: number): void {
    this.open(code);
    this.#word(iaid);
    this.#word(t1Sec);
    this.#word(t2Sec);
  }

  /** Gives the IA that was opened last other times, which are known when its leases are. */
  setIaTimes(t1Sec: number, t2Sec: number): void {
    assert(this.#depth > 0, 'an open IA');
    const at = this.#open[this.#depth - 1]!;
    if (this.#isVoid || at === 0) return;
    assert(this.#at >= at + IA_HEADER_BYTES, 'an IA');
    this.#putWord(at + 4, t1Sec);
    this.#putWord(at + 8, t2Sec);
  }

  /** Writes an IAADDR. @param bytes holds the 16 octets of the address, from `offset` on */
  address(bytes: Uint8Array, offset: number, preferredSec: number, validSec: number): void {
    this.open(OptionCode.iaAddress);
    this.#copy(bytes, offset, ADDRESS_BYTES);
    this.#word(preferredSec);
    this.#word(validSec);
    this.close();
  }

  /** Starts an IAPREFIX, in which there may be a prefix that is excluded. @param prefixLength 0..128 */
  openPrefix(
    bytes: Uint8Array,
    offset: number,
    prefixLength: number,
    preferredSec: number,
    validSec: number,
  ): void {
    this.open(OptionCode.iaPrefix);
    if (!this.#hasRoom(IA_PREFIX_BYTES)) return;
    this.#word(preferredSec);
    this.#word(validSec);
    this.#out[this.#at++] = prefixLength;
    this.#copy(bytes, offset, ADDRESS_BYTES);
  }

  /**
   * Ends the reply: every relay's part is as long as what is inside.
   * @returns octets of the datagram; 0 = it did not fit, and what is in the slot is no reply
   */
  finish(): number {
    assert(this.#depth === 0, 'options are closed');
    if (this.#isVoid) return 0;
    for (let level = 0; level < this.#relayCount; level++) this.#patchLength(this.#relayed[level]!);
    return this.#at - this.#start;
  }

  /** The two octets before the data of an option. @param data 0 = it did not fit */
  #patchLength(data: number): void {
    if (this.#isVoid || data === 0) return;
    const length = this.#at - data;
    this.#out[data - 2] = length >>> 8;
    this.#out[data - 1] = length;
  }

  #hasRoom(octets: number): boolean {
    if (this.#isVoid || octets > this.#end - this.#at) this.#isVoid = true;
    return !this.#isVoid;
  }

  #half(value: number): void {
    if (!this.#hasRoom(2)) return;
    this.#out[this.#at] = value >>> 8;
    this.#out[this.#at + 1] = value;
    this.#at += 2;
  }

  #word(value: number): void {
    if (!this.#hasRoom(4)) return;
    this.#putWord(this.#at, value);
    this.#at += 4;
  }

  #putWord(at: number, value: number): void {
    this.#out[at] = value >>> 24;
    this.#out[at + 1] = value >>> 16;
    this.#out[at + 2] = value >>> 8;
    this.#out[at + 3] = value;
  }

  #copy(bytes: Uint8Array, offset: number, length: number): void {
    if (!this.#hasRoom(length)) return;
    const out = this.#out;
    const to = this.#at;
    for (let i = 0; i < length; i++) out[to + i] = bytes[offset + i]!;
    this.#at = to + length;
  }
}
