/**
 * Options 17 of a reply: one for each enterprise that the client names in its option 17 or 16, and for those whose option
 * is itself configured, with what is configured for it. [RFC8415 21.17]
 */
import { OPTION_HEADER_BYTES, OptionCode } from '../../../dhcp6/codes.ts';
import { OptionReader } from '../../../dhcp6/option-reader.ts';
import type { ReplyWriter } from '../../../dhcp6/reply-writer.ts';
import type { Query6 } from '../query.ts';
import type { PlannedVendor6 } from './reply-plan.ts';

/** The cable industry: sub-option 1 of what a client sends lists the sub-options that it asks for. */
const CABLE_LABS = 4491;
const REQUEST_LIST = 1;
const ENTERPRISE_BYTES = 4;

export class VendorOptions6 {
  readonly #query: Query6;
  readonly #parts: OptionReader;
  readonly #enterprise = new Uint8Array(ENTERPRISE_BYTES);

  constructor(query: Query6) {
    this.#query = query;
    this.#parts = new OptionReader(query.bytes);
  }

  write(out: ReplyWriter, vendors: readonly PlannedVendor6[]): void {
    for (let i = 0; i < vendors.length; i++) this.#writeOne(out, vendors[i]!);
  }

  #writeOne(out: ReplyWriter, { enterprise, parts, container }: PlannedVendor6): void {
    const isWhole =
      container === 'unasked' || (container === 'asked' && this.#query.asksFor(OptionCode.vendorOptions));
    if (!isWhole && !this.#isNamed(enterprise)) return;
    let isOpen = false;
    for (let i = 0; i < parts.length; i++) {
      const { code, encoded, unasked } = parts[i]!;
      if (!isWhole && !unasked && !this.#asksFor(enterprise, code)) continue;
      if (!isOpen) this.#open(out, enterprise);
      isOpen = true;
      out.encoded(encoded, 0, encoded.length);
    }
    if (isOpen) out.close();
    else if (isWhole) {
      this.#open(out, enterprise);
      out.close();
    }
  }

  #open(out: ReplyWriter, enterprise: number): void {
    const octets = this.#enterprise;
    octets[0] = enterprise >>> 24;
    octets[1] = enterprise >>> 16;
    octets[2] = enterprise >>> 8;
    octets[3] = enterprise;
    out.open(OptionCode.vendorOptions);
    out.encoded(octets, 0, ENTERPRISE_BYTES);
  }

  /** Whether the client names an enterprise. */
  #isNamed(enterprise: number): boolean {
    const { options } = this.#query;
    this.#query.rewindOptions();
    while (options.next()) {
      const isVendor = options.code === OptionCode.vendorOptions || options.code === OptionCode.vendorClass;
      if (isVendor && this.#isOf(enterprise)) return true;
    }
    return false;
  }

  /** Whether the option in work is of an enterprise. */
  #isOf(enterprise: number): boolean {
    const { options, bytes } = this.#query;
    if (options.length < ENTERPRISE_BYTES) return false;
    const at = options.offset;
    const number =
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    return number === enterprise;
  }

  /** Whether the client asks for a sub-option by the list that cable modems send. */
  #asksFor(enterprise: number, code: number): boolean {
    if (enterprise !== CABLE_LABS) return false;
    const { options, bytes } = this.#query;
    const parts = this.#parts;
    this.#query.rewindOptions();
    while (options.find(OptionCode.vendorOptions)) {
      if (!this.#isOf(enterprise) || options.length < ENTERPRISE_BYTES + OPTION_HEADER_BYTES) continue;
      parts.point(options.offset + ENTERPRISE_BYTES, options.offset + options.length);
      if (!parts.find(REQUEST_LIST)) continue;
      for (let at = parts.offset; at + 2 <= parts.offset + parts.length; at += 2)
        if (((bytes[at]! << 8) | bytes[at + 1]!) === code) return true;
    }
    return false;
  }
}
