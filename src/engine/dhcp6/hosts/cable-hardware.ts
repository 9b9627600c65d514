/**
 * The hardware address of a cable modem, which it and its CMTS tell in vendor options of CableLabs (CL-SP-CANN-DHCP-Reg).
 *
 *     option 17   4491[4] | { code[2] | length[2] | data } ...        of a relay: 1026, of the modem: 36
 */
import { type ByteRange, emptyRange, setRange } from '../../../base/byte-range.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import type { Query6 } from '../query.ts';

const CABLE_LABS = 4491;
const ENTERPRISE_BYTES = 4;
const CMTS_MODEM_ADDRESS = 1026;
const DEVICE_ID = 36;

export class CableHardware {
  /** What was found last. */
  readonly address: ByteRange = emptyRange();
  readonly #option = emptyRange();

  /** Finds what the relay nearest to the client that says it says of the modem. */
  findOfCmts(query: Query6): boolean {
    const { relays } = query;
    for (let level = relays.count - 1; level >= 0; level--) {
      relays.read(level);
      if (!relays.find(OptionCode.vendorOptions)) continue;
      setRange(this.#option, relays.bytes, relays.options.offset, relays.options.length);
      if (this.#findIn(query, CMTS_MODEM_ADDRESS)) return true;
    }
    return false;
  }

  /** Finds what the modem says of itself. */
  findOfModem(query: Query6): boolean {
    return query.optionIndex.find(OptionCode.vendorOptions, this.#option) && this.#findIn(query, DEVICE_ID);
  }

  #findIn({ optionIndex }: Query6, code: number): boolean {
    const { bytes, offset, length } = this.#option;
    if (length < ENTERPRISE_BYTES) return false;
    const enterprise =
      ((bytes[offset]! << 24) |
        (bytes[offset + 1]! << 16) |
        (bytes[offset + 2]! << 8) |
        bytes[offset + 3]!) >>>
      0;
    if (enterprise !== CABLE_LABS) return false;
    setRange(this.address, bytes, offset, length);
    return optionIndex.descend(this.address, ENTERPRISE_BYTES, code) && this.address.length > 0;
  }
}
