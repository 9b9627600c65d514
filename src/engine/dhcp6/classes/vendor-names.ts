/** What the class VENDOR_CLASS_x of a DHCPv6 query is named by: text of its option 16. */
import { type ByteRange, emptyRange, setRange } from '../../../base/byte-range.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import type { OptionIndex6 } from '../../../dhcp6/option-index.ts';
import { findVendorData, hasVendorData } from '../../../dhcp6/vendor-class.ts';

const encoder = new TextEncoder();
/** [Kea] Cable modems, and the routers in them, are told wherever they say it. */
const CABLE = [encoder.encode('docsis3.0'), encoder.encode('eRouter1.0')] as const;

export class VendorNames {
  /** Of the query that was looked at last. */
  readonly name: ByteRange = emptyRange();
  readonly #option = emptyRange();
  readonly #data = emptyRange();

  /** Finds the name for a query. @returns whether there is one */
  find(options: OptionIndex6): boolean {
    if (!options.find(OptionCode.vendorClass, this.#option)) return false;
    for (let i = 0; i < CABLE.length; i++) {
      const name = CABLE[i]!;
      if (!hasVendorData(this.#option, name, this.#data)) continue;
      setRange(this.name, name, 0, name.length);
      return true;
    }
    return findVendorData(this.#option, 0, this.name);
  }
}
