/**
 * The options of a DHCPv6 reply that is written already, to be changed: ascending by code, those of one code in their order, each
 * a payload. One object a shard.
 *
 *     load     the message as it was written
 *     put, remove, find
 *     store    the message as it is now
 */
import type { ByteRange } from '../../../base/byte-range.ts';
import { OPTION_HEADER_BYTES } from '../../../dhcp6/codes.ts';
import { OptionReader } from '../../../dhcp6/option-reader.ts';
import type { ReplyWriter } from '../../../dhcp6/reply-writer.ts';
import type { ChangingOptions } from '../../reply/flex-container.ts';

/** Payloads made for one reply; no datagram holds more. */
const MADE_BYTES = 65_536;
/** The payload is the one that was written. */
const WRITTEN = -1;
const ABSENT = -1;

export class ReplyOptions6 implements ChangingOptions {
  /** What was written, and behind it what was made. */
  readonly #bytes: Uint8Array;
  readonly #reader: OptionReader;
  #used = 0;
  #end = 0;
  #count = 0;
  // In the order of the reply.
  readonly #codes: Uint16Array;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  /** Octets in front of the sub-options of a payload that was made; WRITTEN = it was not. */
  readonly #heads: Int32Array;

  /** @param bytesMax octets of the longest reply */
  constructor(bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax + MADE_BYTES);
    this.#reader = new OptionReader(this.#bytes);
    const countMax = Math.ceil(bytesMax / OPTION_HEADER_BYTES) + MADE_BYTES / OPTION_HEADER_BYTES;
    this.#codes = new Uint16Array(countMax);
    this.#offsets = new Uint32Array(countMax);
    this.#lengths = new Uint32Array(countMax);
    this.#heads = new Int32Array(countMax);
  }

  /** Reads the options in [from, end), which this server has written. */
  load(bytes: Uint8Array, from: number, end: number): void {
    const reader = this.#reader;
    for (let i = from; i < end; i++) this.#bytes[i - from] = bytes[i]!;
    this.#used = end - from;
    this.#end = Math.min(this.#bytes.length, this.#used + MADE_BYTES);
    this.#count = 0;
    reader.point(0, this.#used);
    while (reader.next()) this.#set(this.#count++, reader.code, reader.offset, reader.length, WRITTEN);
  }

  #set(at: number, code: number, offset: number, length: number, headBytes: number): void {
    this.#codes[at] = code;
    this.#offsets[at] = offset;
    this.#lengths[at] = length;
    this.#heads[at] = headBytes;
  }

  #indexOf(code: number): number {
    for (let i = 0; i < this.#count; i++) if (this.#codes[i] === code) return i;
    return ABSENT;
  }

  has(code: number): boolean {
    return this.#indexOf(code) !== ABSENT;
  }

  find(code: number, out: ByteRange): void {
    const at = this.#indexOf(code);
    out.bytes = this.#bytes;
    out.offset = at === ABSENT ? 0 : this.#offsets[at]!;
    out.length = at === ABSENT ? 0 : this.#lengths[at]!;
  }

  headBytes(code: number): number {
    const at = this.#indexOf(code);
    return at === ABSENT ? WRITTEN : this.#heads[at]!;
  }

  remove(code: number): void {
    while (this.has(code)) this.removeFirst(code);
  }

  removeFirst(code: number): void {
    const at = this.#indexOf(code);
    if (at === ABSENT) return;
    this.#shift(at + 1, at);
    this.#count--;
  }

  put(code: number, payload: ByteRange, headBytes: number): boolean {
    if (!this.#hasRoom(payload)) return false;
    this.remove(code);
    return this.putFirst(code, payload, headBytes);
  }

  putFirst(code: number, payload: ByteRange, headBytes: number): boolean {
    if (!this.#hasRoom(payload)) return false;
    const { bytes, offset, length } = payload;
    let at = this.#indexOf(code);
    if (at === ABSENT) at = this.#insert(code);
    for (let i = 0; i < length; i++) this.#bytes[this.#used + i] = bytes[offset + i]!;
    this.#set(at, code, this.#used, length, headBytes);
    this.#used += length;
    return true;
  }

  /** Whether a payload can be made, and an option more be put. */
  #hasRoom({ length }: ByteRange): boolean {
    return length <= this.#end - this.#used && this.#count < this.#codes.length;
  }

  /** Makes a place in front of the first option with a higher code. */
  #insert(code: number): number {
    let at = 0;
    while (at < this.#count && this.#codes[at]! < code) at++;
    this.#shift(at, at + 1);
    this.#count++;
    return at;
  }

  /** Moves the options from `from` on to `to`. */
  #shift(from: number, to: number): void {
    const end = this.#count;
    this.#codes.copyWithin(to, from, end);
    this.#offsets.copyWithin(to, from, end);
    this.#lengths.copyWithin(to, from, end);
    this.#heads.copyWithin(to, from, end);
  }

  /** Writes the options to a reply; it is void when they do not fit. */
  store(reply: ReplyWriter): void {
    for (let i = 0; i < this.#count; i++)
      reply.option(this.#codes[i]!, this.#bytes, this.#offsets[i]!, this.#lengths[i]!);
  }
}
