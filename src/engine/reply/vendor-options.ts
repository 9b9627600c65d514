/**
 * Option 125 of a reply: for each enterprise that the client names in its option 125 or 124, and for those whose option is
 * itself configured, what is configured for it. [RFC3925 4]
 *
 *     u32 enterprise | u8 length | sub-options     once more with the same number where 255 octets are not enough
 */
import { emptyRange } from '../../base/byte-range.ts';
import type { Query } from '../query.ts';
import type { CompiledVendor } from './option-merge.ts';

/** The cable industry: sub-option 1 of what a client sends lists the sub-options that it asks for. */
const CABLE_LABS = 4491;
const REQUEST_LIST = 1;
const ENTERPRISE_BYTES = 4;
const DATA_BYTES_MAX = 255;

export class VendorOptions {
  readonly #query: Query;
  /** What the client has sent for the enterprise in work. */
  readonly #sent = emptyRange();
  /** Code -> the turn in which the client asked for it. */
  readonly #requested = new Uint32Array(256);
  #turn = 0;
  /** The payload made last; a reply has room for no more. */
  readonly bytes = new Uint8Array(65_536);
  length = 0;
  /** Where the length of the enterprise in work stands. */
  #lengthAt = 0;

  constructor(query: Query) {
    this.#query = query;
  }

  /** Makes the payload. @param isRequested whether the client asks for option 125 by its list of requests */
  make(vendors: readonly CompiledVendor[], isRequested: boolean): void {
    this.length = 0;
    for (let i = 0; i < vendors.length; i++) {
      const vendor = vendors[i]!;
      const { container } = vendor;
      const isWhole = container === 'unasked' || (container === 'asked' && isRequested);
      const isNamed = this.#isNamed(vendor.enterprise);
      if (isWhole || isNamed) this.#putVendor(vendor, isWhole);
    }
  }

  /** Whether the client names an enterprise; notes what it asks of it. */
  #isNamed(enterprise: number): boolean {
    const { options } = this.#query;
    this.#turn = (this.#turn + 1) >>> 0;
    const hasOptions = options.findVendor(enterprise, this.#sent);
    if (hasOptions && enterprise === CABLE_LABS) this.#noteRequests();
    return hasOptions || options.findVendorClass(enterprise, 0, this.#sent);
  }

  #noteRequests(): void {
    const { bytes, offset, length } = this.#sent;
    const end = offset + length;
    for (let at = offset; at + 2 <= end; ) {
      const from = at + 2;
      const to = from + bytes[at + 1]!;
      // [Kea] What runs past the end is none.
      if (to > end) return;
      if (bytes[at] === REQUEST_LIST) for (let i = from; i < to; i++) this.#requested[bytes[i]!] = this.#turn;
      at = to;
    }
  }

  #putVendor({ enterprise, parts }: CompiledVendor, isWhole: boolean): void {
    let isBegun = isWhole;
    if (isWhole) this.#begin(enterprise);
    for (let i = 0; i < parts.length; i++) {
      const { code, encoded, unasked } = parts[i]!;
      if (!isWhole && !unasked && this.#requested[code] !== this.#turn) continue;
      if (!isBegun || this.bytes[this.#lengthAt]! + encoded.length > DATA_BYTES_MAX) this.#begin(enterprise);
      isBegun = true;
      if (this.length + encoded.length > this.bytes.length) return;
      this.bytes.set(encoded, this.length);
      this.length += encoded.length;
      this.bytes[this.#lengthAt]! += encoded.length;
    }
  }

  #begin(enterprise: number): void {
    const { bytes } = this;
    if (this.length + ENTERPRISE_BYTES + 1 > bytes.length) return;
    bytes[this.length] = enterprise >>> 24;
    bytes[this.length + 1] = enterprise >>> 16;
    bytes[this.length + 2] = enterprise >>> 8;
    bytes[this.length + 3] = enterprise;
    this.#lengthAt = this.length + ENTERPRISE_BYTES;
    bytes[this.#lengthAt] = 0;
    this.length += ENTERPRISE_BYTES + 1;
  }
}
