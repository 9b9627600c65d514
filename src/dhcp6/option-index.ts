/**
 * Finds any option of a client's message. The message is walked when the first one is asked for, and only then. Of several of
 * one code the first counts, as in Kea, and what Kea takes for absent is absent here: text of no octets, and whatever stands
 * behind vendor options that are cut off.
 */
import { type ByteRange, clearRange, setRange } from '../base/byte-range.ts';
import { OPTION_HEADER_BYTES, OPTIONS_OFFSET, OptionCode } from './codes.ts';
import { DHCP6_SPACE } from './option-definitions.ts';
import { descend, OptionReader } from './option-reader.ts';
import { OPAQUE, shapeOf, TEXT } from './option-shapes.ts';

const CODES = 0x1_0000;
const ENTERPRISE_BYTES = 4;
/** Codes from here on have no standard definition. */
const SHAPES = 256;
/** Of text without text: the option counts as absent. */
const ABSENT = -1;

export class OptionIndex6 {
  readonly #bytes: Uint8Array;
  readonly #reader: OptionReader;
  readonly #inner: OptionReader;
  readonly #shapes: Int16Array;
  #from = 0;
  #end = 0;
  #isWalked = true;
  /** In the place of option 1; null = the client's own counts. */
  #clientId: ByteRange | null = null;
  #octets = 0;
  #generation = 0;
  /** By code: the walk in which it was seen last. */
  readonly #seen = new Uint32Array(CODES);
  readonly #offsets = new Uint32Array(CODES);
  readonly #lengths = new Uint16Array(CODES);

  /** @param bytes the memory that holds the datagrams */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#reader = new OptionReader(bytes);
    this.#inner = new OptionReader(bytes);
    this.#shapes = Int16Array.from({ length: SHAPES }, (_, code) => shapeOf(DHCP6_SPACE, code));
  }

  /** Goes over to the options in [from, end) of the memory; nothing is read yet. */
  point(from: number, end: number): void {
    this.#from = from;
    this.#end = end;
    this.#isWalked = false;
    this.#clientId = null;
  }

  /** Puts other octets in the place of option 1, until the next datagram. */
  replaceClientId(clientId: ByteRange): void {
    this.#clientId = clientId;
  }

  /** Finds an option. @param out its payload, valid until the next datagram; empty when it is absent */
  find(code: number, out: ByteRange): boolean {
    const clientId = this.#clientId;
    if (clientId !== null && code === OptionCode.clientId) {
      setRange(out, clientId.bytes, clientId.offset, clientId.length);
      return true;
    }
    this.#walk();
    if (this.#seen[code] !== this.#generation) {
      clearRange(out);
      return false;
    }
    setRange(out, this.#bytes, this.#offsets[code]!, this.#lengths[code]!);
    return true;
  }

  /** Octets of the message's header and of what is kept of its options: what Kea calls its length. */
  messageBytes(): number {
    this.#walk();
    return OPTIONS_OFFSET + this.#octets;
  }

  /** Goes on to what an option has inside, see `descend` of option-reader.ts. */
  descend(range: ByteRange, fieldBytes: number, code: number): boolean {
    return descend(this.#inner, range, fieldBytes, code);
  }

  #walk(): void {
    if (this.#isWalked) return;
    this.#isWalked = true;
    // Zero is the number of no walk.
    this.#generation = (this.#generation + 1) >>> 0 || 1;
    this.#octets = 0;
    const reader = this.#reader;
    reader.point(this.#from, this.#end);
    while (reader.next()) {
      const { code, offset, length } = reader;
      if (code === OptionCode.vendorOptions && this.#wholeLength(offset, length, ENTERPRISE_BYTES) !== length)
        return;
      const kept = this.#keptLength(code, offset, length);
      if (kept === ABSENT) continue;
      this.#octets += OPTION_HEADER_BYTES + kept;
      if (this.#seen[code] === this.#generation) continue;
      this.#seen[code] = this.#generation;
      this.#offsets[code] = offset;
      this.#lengths[code] = kept;
    }
  }

  #keptLength(code: number, offset: number, length: number): number {
    const shape = code < SHAPES ? this.#shapes[code]! : OPAQUE;
    if (shape === OPAQUE) return length;
    if (shape !== TEXT) return this.#wholeLength(offset, length, shape);
    let kept = length;
    while (kept > 0 && this.#bytes[offset + kept - 1] === 0) kept -= 1;
    return kept === 0 ? ABSENT : kept;
  }

  /** Octets of an option up to the end of the last whole option behind its fields. */
  #wholeLength(offset: number, length: number, fieldBytes: number): number {
    if (length <= fieldBytes) return length;
    const reader = this.#inner;
    reader.point(offset + fieldBytes, offset + length);
    let end = offset + fieldBytes;
    while (reader.next()) end = reader.offset + reader.length;
    return end - offset;
  }
}
