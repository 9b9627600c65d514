/**
 * The option of a reply that holds sub-options, for the flex_option library: opened, changed, put back.
 *
 *     43, 82 and others    fields of the definition | sub-options ascending by code
 *     125                  u32 enterprise | u8 length | sub-options | further enterprises   [RFC3925 4]
 */
import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import type { FlexSubOptionConfig } from '../../config/hook-model.ts';
import { SUB_OPTION_OCTETS_MAX } from '../../dhcp4/sub-options.ts';
import { fieldCodec } from '../../options/fields.ts';
import type { ReplyOptions } from './reply-options.ts';

/** Number and length of an enterprise in front of its sub-options. */
const ENTERPRISE_HEAD_BYTES = 5;
const ENTERPRISE_LENGTH_AT = 4;
/** [Kea] The longest part of a sub-option in parts: with its header it has room in an option of 253 octets. */
const PART_BYTES = 251;

export class FlexContainer {
  readonly #reply: ReplyOptions;
  readonly #payload = emptyRange();
  readonly #next: ByteRange = { bytes: new Uint8Array(65_536), offset: 0, length: 0 };
  #config: FlexSubOptionConfig | null = null;
  /** Of the payload: where the sub-options begin and end. */
  #from = 0;
  #to = 0;
  /** It belongs to another enterprise: nothing in it is changed. */
  isOfOther = false;

  constructor(reply: ReplyOptions) {
    this.#reply = reply;
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
    else if (isThere && length >= ENTERPRISE_HEAD_BYTES) {
      this.#from = ENTERPRISE_HEAD_BYTES;
      this.#to = Math.min(length, ENTERPRISE_HEAD_BYTES + bytes[offset + ENTERPRISE_LENGTH_AT]!);
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
    const { bytes, offset } = this.#payload;
    for (let at = this.#from; this.#endOf(at) > 0; at = this.#endOf(at))
      if (bytes[offset + at] === code) return true;
    return false;
  }

  /** Where the sub-option at `at` ends; 0 when there is none, as when it runs past the end. */
  #endOf(at: number): number {
    const { bytes, offset } = this.#payload;
    if (at + 2 > this.#to) return 0;
    const end = at + 2 + bytes[offset + at + 1]!;
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
    this.#reply.remove(this.#config!.container);
    return true;
  }

  /** Copies head and sub-options but those of a code; a new one stands before the first with a higher code. */
  #rebuild(code: number, value: ByteRange | null): boolean {
    const { bytes, offset } = this.#payload;
    this.#next.length = 0;
    let isOpen = value !== null;
    if (!this.#appendHead()) return false;
    for (let at = this.#from; this.#endOf(at) > 0; at = this.#endOf(at)) {
      const own = bytes[offset + at]!;
      if (isOpen && own > code) {
        if (!this.#appendOption(code, value!)) return false;
        isOpen = false;
      }
      if (own !== code && !this.#append(bytes, offset + at, this.#endOf(at) - at)) return false;
    }
    return isOpen ? this.#appendOption(code, value!) : true;
  }

  /** What stands before the sub-options; of a new option 125 its enterprise. */
  #appendHead(): boolean {
    const { bytes, offset, length } = this.#payload;
    const { enterprise } = this.#config!;
    const isNew = enterprise !== 0 && length === 0;
    if (!isNew) return this.#append(bytes, offset, this.#from);
    const next = this.#next;
    for (let shift = 24; shift >= 0; shift -= 8) next.bytes[next.length++] = enterprise >>> shift;
    next.bytes[next.length++] = 0;
    this.#from = ENTERPRISE_HEAD_BYTES;
    return true;
  }

  /** [RFC3396 5] A long sub-option is split; those of an enterprise have one octet for the length of all of them. */
  #appendOption(code: number, { bytes, offset, length }: ByteRange): boolean {
    const next = this.#next;
    const partMax = this.#config!.enterprise === 0 ? PART_BYTES : SUB_OPTION_OCTETS_MAX;
    let done = 0;
    do {
      const part = Math.min(partMax, length - done);
      if (next.length + 2 + part > next.bytes.length) return false;
      next.bytes[next.length++] = code;
      next.bytes[next.length++] = part;
      if (!this.#append(bytes, offset + done, part)) return false;
      done += part;
    } while (done < length);
    return true;
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
      if (ownBytes > SUB_OPTION_OCTETS_MAX) return false;
      next.bytes[ENTERPRISE_LENGTH_AT] = ownBytes;
      if (length > this.#to && !this.#append(bytes, offset + this.#to, length - this.#to)) return false;
    }
    return this.#reply.put(container, next, this.#from);
  }
}

function enterpriseAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
