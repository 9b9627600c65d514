/**
 * The option of a reply that holds sub-options, for the flex_option library: opened, changed, put back. Of several of one code it
 * is the first.
 *
 *     fields of the definition | sub-options ascending by code
 *     u32 enterprise | u8 length, of DHCPv4 | sub-options | further enterprises, of DHCPv4
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import type { FlexSubOptionConfig } from '../../config/hook-model.ts';
import { fieldCodec } from '../../options/fields.ts';

const ENTERPRISE_BYTES = 4;

/** How a family writes sub-options. */
export interface SubOptionLayout {
  /** Octets of code and length: 1 and 1, or 2 and 2. */
  readonly headerBytes: 2 | 4;
  /** Octets of the longest part of a sub-option in parts. */
  readonly partBytes: number;
  readonly enterprise: {
    /** An octet behind the number says how long the sub-options are, and other enterprises may follow. */
    readonly hasLength: boolean;
    /** Octets of all sub-options of one. */
    readonly bytesMax: number;
  };
}

/** The options of a reply while they are changed. */
export interface ChangingOptions {
  has(code: number): boolean;
  /** The payload of the first option of a code, valid until the next call; empty when there is none. */
  find(code: number, out: ByteRange): void;
  /** Of the first option of a code: octets in front of its sub-options, -1 when the payload is the one that was written. */
  headBytes(code: number): number;
  /** Removes the options of a code. */
  remove(code: number): void;
  /** Removes the first option of a code. */
  removeFirst(code: number): void;
  /**
   * Puts one option in the place of those of its code.
   * @param headBytes octets of the payload in front of its sub-options
   * @returns false when there is no room for it
   */
  put(code: number, payload: ByteRange, headBytes: number): boolean;
  /** Gives the first option of a code another payload, or makes it. */
  putFirst(code: number, payload: ByteRange, headBytes: number): boolean;
}

export class FlexContainer {
  readonly #reply: ChangingOptions;
  readonly #layout: SubOptionLayout;
  readonly #enterpriseHeadBytes: number;
  readonly #payload = emptyRange();
  readonly #next: ByteRange = { bytes: new Uint8Array(65_536), offset: 0, length: 0 };
  #config: FlexSubOptionConfig | null = null;
  /** Of the payload: where the sub-options begin and end. */
  #from = 0;
  #to = 0;
  /** It belongs to another enterprise: nothing in it is changed. */
  isOfOther = false;

  constructor(reply: ChangingOptions, layout: SubOptionLayout) {
    this.#reply = reply;
    this.#layout = layout;
    this.#enterpriseHeadBytes = ENTERPRISE_BYTES + (layout.enterprise.hasLength ? 1 : 0);
  }

  /** Looks at the container of an entry. @returns whether the reply has it */
  open(config: FlexSubOptionConfig): boolean {
    const payload = this.#payload;
    this.#config = config;
    this.#reply.find(config.container, payload);
    this.isOfOther = false;
    const isThere = this.#reply.has(config.container);
    const { bytes, offset, length } = payload;
    this.#from = 0;
    this.#to = length;
    if (config.enterprise === 0) this.#from = isThere ? this.#headBytes(config) : 0;
    else if (isThere && length >= this.#enterpriseHeadBytes) {
      this.#from = this.#enterpriseHeadBytes;
      if (this.#layout.enterprise.hasLength)
        this.#to = Math.min(length, this.#from + bytes[offset + ENTERPRISE_BYTES]!);
      this.isOfOther = enterpriseAt(bytes, offset) !== config.enterprise;
    } else if (isThere) this.isOfOther = true;
    return isThere;
  }

  /** Octets in front of the sub-options: all of a payload whose fields nobody knows. */
  #headBytes({ container, fields }: FlexSubOptionConfig): number {
    const made = this.#reply.headBytes(container);
    if (made >= 0) return made;
    const { bytes, offset, length } = this.#payload;
    if (fields === null) return length;
    const payload = fields.length === 0 ? bytes : bytes.subarray(offset, offset + length);
    let at = 0;
    for (let i = 0; i < fields.length; i++) {
      const size = fieldCodec(fields[i]!).measure(payload, at);
      if (size === null) return length;
      at += size;
    }
    return Math.min(at, length);
  }

  has(code: number): boolean {
    for (let at = this.#from; this.#endOf(at) > 0; at = this.#endOf(at))
      if (this.#number(at) === code) return true;
    return false;
  }

  /** A code or length of the payload: one octet or two. */
  #number(at: number): number {
    const { bytes, offset } = this.#payload;
    if (this.#layout.headerBytes === 2) return bytes[offset + at]!;
    return (bytes[offset + at]! << 8) | bytes[offset + at + 1]!;
  }

  /** Where the sub-option at `at` ends; 0 when there is none, as when it runs past the end. */
  #endOf(at: number): number {
    const { headerBytes } = this.#layout;
    if (at + headerBytes > this.#to) return 0;
    const end = at + headerBytes + this.#number(at + headerBytes / 2);
    return end > this.#to ? 0 : end;
  }

  /** Puts a sub-option in the place of those of its code. @returns false when it does not fit */
  put(code: number, value: ByteRange): boolean {
    return this.#rebuild(code, value) && this.#end();
  }

  /** Removes the sub-options of a code. @param whole the container too, when it becomes empty */
  remove(code: number, whole: boolean): boolean {
    if (!this.#rebuild(code, null)) return false;
    if (this.#next.length > this.#from || !whole) return this.#end();
    this.#reply.removeFirst(this.#config!.container);
    return true;
  }

  /** Copies head and sub-options but those of a code; a new one stands before the first with a higher code. */
  #rebuild(code: number, value: ByteRange | null): boolean {
    const { bytes, offset } = this.#payload;
    this.#next.length = 0;
    let isOpen = value !== null;
    if (!this.#appendHead()) return false;
    for (let at = this.#from; this.#endOf(at) > 0; at = this.#endOf(at)) {
      const own = this.#number(at);
      if (isOpen && own > code) {
        if (!this.#appendOption(code, value!)) return false;
        isOpen = false;
      }
      if (own !== code && !this.#append(bytes, offset + at, this.#endOf(at) - at)) return false;
    }
    return isOpen ? this.#appendOption(code, value!) : true;
  }

  /** What stands before the sub-options; where an enterprise is new, its number. */
  #appendHead(): boolean {
    const { bytes, offset, length } = this.#payload;
    const { enterprise } = this.#config!;
    const isNew = enterprise !== 0 && length === 0;
    if (!isNew) return this.#append(bytes, offset, this.#from);
    const next = this.#next;
    for (let shift = 24; shift >= 0; shift -= 8) next.bytes[next.length++] = enterprise >>> shift;
    if (this.#layout.enterprise.hasLength) next.bytes[next.length++] = 0;
    this.#from = this.#enterpriseHeadBytes;
    return true;
  }

  /** [RFC3396 5] A sub-option of DHCPv4 that is too long is split; those of an enterprise have one octet for the length of all. */
  #appendOption(code: number, { bytes, offset, length }: ByteRange): boolean {
    const next = this.#next;
    const { enterprise, headerBytes, partBytes } = this.#layout;
    const partMax = this.#config!.enterprise === 0 ? partBytes : enterprise.bytesMax;
    let done = 0;
    do {
      const part = Math.min(partMax, length - done);
      if (next.length + headerBytes + part > next.bytes.length) return false;
      this.#appendNumber(code);
      this.#appendNumber(part);
      if (!this.#append(bytes, offset + done, part)) return false;
      done += part;
    } while (done < length);
    return true;
  }

  #appendNumber(value: number): void {
    const next = this.#next;
    if (this.#layout.headerBytes === 4) next.bytes[next.length++] = value >>> 8;
    next.bytes[next.length++] = value;
  }

  #append(bytes: Uint8Array, offset: number, length: number): boolean {
    const next = this.#next;
    if (next.length + length > next.bytes.length) return false;
    for (let i = 0; i < length; i++) next.bytes[next.length + i] = bytes[offset + i]!;
    next.length += length;
    return true;
  }

  /** Hands the container back. @returns false when it does not fit */
  #end(): boolean {
    const next = this.#next;
    const { bytes, offset, length } = this.#payload;
    const { container, enterprise } = this.#config!;
    if (enterprise !== 0) {
      const ownBytes = next.length - this.#from;
      if (ownBytes > this.#layout.enterprise.bytesMax) return false;
      if (this.#layout.enterprise.hasLength) next.bytes[ENTERPRISE_BYTES] = ownBytes;
      if (length > this.#to && !this.#append(bytes, offset + this.#to, length - this.#to)) return false;
    }
    return this.#reply.putFirst(container, next, this.#from);
  }
}

function enterpriseAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
