/**
 * Finds any option of a datagram, and what is inside of it. The datagram is walked when the first one is asked for, and only
 * then. What Kea takes for absent is absent here: text of no octets, and vendor options that are cut off.
 */
import { type ByteRange, clearRange, emptyRange } from '../base/byte-range.ts';
import { COOKIE_OFFSET, OptionCode } from './codes.ts';
import { OptionTable } from './option-table.ts';
import { encodedLength } from './reply-size.ts';

const PAD = 0;
const END = 255;
const ENTERPRISE_BYTES = 4;
/** [RFC3925 3] Enterprise number and length in front of the data. */
const VENDOR_HEADER_BYTES = 5;
/** In place of an enterprise number: whatever comes first. */
export const ANY_ENTERPRISE = -1;

export class OptionIndex {
  readonly #bytes: Uint8Array;
  readonly #options: OptionTable;
  readonly #agent: OptionTable;
  readonly #range: ByteRange;
  /** [Kea] `lenient-option-parsing`: the last data of option 124 may be cut off. */
  isLenient = false;
  #from = 0;
  #end = 0;
  #isWalked = true;
  #isAgentWalked = true;
  #areClassOptionsRead = false;
  /** What stands in the place of option 61. */
  readonly #clientId = emptyRange();
  #isClientIdReplaced = false;

  /**
   * @param bytes the memory that holds the datagrams
   * @param bytesMax octets of all options of the longest one
   */
  constructor(bytes: Uint8Array, bytesMax: number) {
    this.#bytes = bytes;
    this.#options = new OptionTable(bytesMax, true);
    // [RFC3046 2.0] There is neither padding nor an end.
    this.#agent = new OptionTable(bytesMax, false);
    this.#range = { bytes, offset: 0, length: 0 };
  }

  /** Goes over to the options in [from, end) of the memory; nothing is read yet. */
  point(from: number, end: number): void {
    this.#from = from;
    this.#end = end;
    this.#isWalked = false;
    this.#isAgentWalked = false;
    this.#areClassOptionsRead = false;
    this.#isClientIdReplaced = false;
  }

  /** From here on option 61 has this payload, whatever the datagram says. @param range valid until the next datagram */
  replaceClientId({ bytes, offset, length }: ByteRange): void {
    this.#clientId.bytes = bytes;
    this.#clientId.offset = offset;
    this.#clientId.length = length;
    this.#isClientIdReplaced = true;
  }

  /** From here on there are sub-options in the options that classes may define otherwise, 43 and 224 to 254, as in Kea. */
  readClassOptions(): void {
    this.#areClassOptionsRead = true;
  }

  /** Finds an option. @param out its payload, valid until the next datagram; empty when it is absent */
  find(code: number, out: ByteRange): boolean {
    if (this.#isClientIdReplaced && code === OptionCode.clientIdentifier) {
      out.bytes = this.#clientId.bytes;
      out.offset = this.#clientId.offset;
      out.length = this.#clientId.length;
      return true;
    }
    this.#walk();
    return this.#options.find(code, out);
  }

  /** Lets an option be what lies in [offset, offset + length) of the memory, whatever the datagram says. */
  replace(code: number, offset: number, length: number): void {
    this.#walk();
    this.#options.put(code, offset, length);
    if (code === OptionCode.relayAgentInformation) this.#isAgentWalked = false;
  }

  /** Lets an option be absent, whatever the datagram says. */
  hide(code: number): void {
    this.#walk();
    this.#options.remove(code);
  }

  #walk(): void {
    if (this.#isWalked) return;
    this.#isWalked = true;
    this.#options.walk(this.#bytes, this.#from, this.#end);
  }

  /** Finds an option that is text: NULs at its end are no part of it [RFC2132 2], and without text there is none. */
  findString(code: number, out: ByteRange): boolean {
    if (!this.find(code, out)) return false;
    while (out.length > 0 && out.bytes[out.offset + out.length - 1] === 0) out.length -= 1;
    return out.length > 0;
  }

  /** Finds a sub-option of the relay agent information. */
  findAgent(code: number, out: ByteRange): boolean {
    if (!this.#isAgentWalked) {
      this.#isAgentWalked = true;
      this.find(OptionCode.relayAgentInformation, this.#range);
      const { bytes, offset, length } = this.#range;
      this.#agent.walk(bytes, offset, offset + length);
    }
    return this.#agent.find(code, out);
  }

  /** Finds the first sub-option of a code in an option. @param container the option itself */
  findInside(container: number, code: number, out: ByteRange): boolean {
    if (container === OptionCode.relayAgentInformation) return this.findAgent(code, out);
    const isEarly = !this.#areClassOptionsRead && mayBeDefinedByClass(container);
    return !isEarly && this.find(container, out) && descend(out, code);
  }

  /**
   * Finds the data of an enterprise in option 125.
   * @param enterprise a number or ANY_ENTERPRISE
   */
  findVendor(enterprise: number, out: ByteRange): boolean {
    if (!this.find(OptionCode.vendorOptions, out)) return false;
    const end = out.offset + out.length;
    if (out.length < ENTERPRISE_BYTES || !isWhole(out)) return none(out);
    for (let at = out.offset; at + ENTERPRISE_BYTES <= end; ) {
      const length = at + ENTERPRISE_BYTES < end ? out.bytes[at + ENTERPRISE_BYTES]! : 0;
      if (enterprise === ANY_ENTERPRISE || enterpriseAt(out.bytes, at) === enterprise) {
        out.offset = Math.min(end, at + VENDOR_HEADER_BYTES);
        out.length = length;
        return true;
      }
      at += VENDOR_HEADER_BYTES + length;
    }
    return none(out);
  }

  /**
   * Finds the n-th data, from 0, of option 124.
   * @param enterprise the first number in it must be this one; or ANY_ENTERPRISE
   */
  findVendorClass(enterprise: number, index: number, out: ByteRange): boolean {
    if (!this.find(OptionCode.vendorClasses, out)) return false;
    if (out.length < VENDOR_HEADER_BYTES || !(this.isLenient || isWhole(out))) return none(out);
    if (enterprise !== ANY_ENTERPRISE && enterpriseAt(out.bytes, out.offset) !== enterprise) return none(out);
    const end = out.offset + out.length;
    let at = out.offset;
    for (let i = 0; i < index && at < end; i++) at += VENDOR_HEADER_BYTES + out.bytes[at + ENTERPRISE_BYTES]!;
    if (at + VENDOR_HEADER_BYTES > end) return none(out);
    out.offset = at + VENDOR_HEADER_BYTES;
    out.length = Math.min(out.bytes[at + ENTERPRISE_BYTES]!, end - out.offset);
    return true;
  }

  /** Octets of header and options, with codes and lengths but without cookie, padding and end: what Kea calls the length. */
  bytesInAll(): number {
    let bytes = COOKIE_OFFSET;
    for (let code = 1; code < END; code++) {
      if (!this.find(code, this.#range) || (code === OptionCode.hostName && this.#range.length === 0))
        continue;
      bytes += encodedLength(this.#range.length);
    }
    return bytes;
  }
}

function mayBeDefinedByClass(code: number): boolean {
  return code === OptionCode.vendorEncapsulated || code >= OptionCode.privateFirst;
}

function none(out: ByteRange): boolean {
  clearRange(out);
  return false;
}

function enterpriseAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Whether the data of each enterprise ends inside. A number alone, at the end, has no data. */
function isWhole({ bytes, offset, length }: ByteRange): boolean {
  const end = offset + length;
  let at = offset;
  while (at + ENTERPRISE_BYTES < end) at += VENDOR_HEADER_BYTES + bytes[at + ENTERPRISE_BYTES]!;
  return at === end || at + ENTERPRISE_BYTES === end;
}

/** Makes a range that holds sub-options the first one of a code. @returns false and nothing when there is none */
export function descend(range: ByteRange, code: number): boolean {
  const { bytes } = range;
  const end = range.offset + range.length;
  for (let at = range.offset; at < end; ) {
    const each = bytes[at++]!;
    if (each === PAD) continue;
    if (each === END || at === end) break;
    const length = bytes[at++]!;
    if (length > end - at) break;
    if (each === code) {
      range.offset = at;
      range.length = length;
      return true;
    }
    at += length;
  }
  return none(range);
}
