/**
 * Options 17 of a reply: one for each enterprise that the client names in its option 17 or 16, and for those whose option
 * is itself configured, with what is configured for it. [RFC8415 21.17]
 */
import { OPTION_HEADER_BYTES, OptionCode } from '../../../dhcp6/codes.ts';
import { OptionReader } from '../../../dhcp6/option-reader.ts';
import type { ReplyWriter } from '../../../dhcp6/reply-writer.ts';
import type { Query6 } from '../query.ts';
import type { PlannedOption6, PlannedVendor6 } from './reply-plan.ts';

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

  /** [Kea 3] Those that are configured as an option come before those that the client names. */
  write(out: ReplyWriter, vendors: readonly PlannedVendor6[]): void {
    for (let i = 0; i < vendors.length; i++)
      if (this.#isContained(vendors[i]!)) this.#writeContained(out, vendors[i]!);
    for (let i = 0; i < vendors.length; i++) {
      const vendor = vendors[i]!;
      if (!this.#isContained(vendor) && this.#isNamed(vendor.enterprise)) this.#writeNamed(out, vendor);
    }
  }

  #isContained({ container }: PlannedVendor6): boolean {
    return (
      container === 'unasked' || (container === 'asked' && this.#query.asksFor(OptionCode.vendorOptions))
    );
  }

  /** [Kea] Sent without sub-options too. */
  #writeContained(out: ReplyWriter, { enterprise, parts }: PlannedVendor6): void {
    this.#open(out, enterprise);
    for (let i = 0; i < parts.length; i++)
      if (this.#isSent(enterprise, parts[i]!)) out.encoded(parts[i]!.encoded, 0, parts[i]!.encoded.length);
    out.close();
  }

  #writeNamed(out: ReplyWriter, { enterprise, parts }: PlannedVendor6): void {
    let isOpen = false;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (!this.#isSent(enterprise, part)) continue;
      if (!isOpen) this.#open(out, enterprise);
      isOpen = true;
      out.encoded(part.encoded, 0, part.encoded.length);
    }
    if (isOpen) out.close();
  }

  #isSent(enterprise: number, { code, unasked }: PlannedOption6): boolean {
    return unasked || this.#asksFor(enterprise, code);
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
