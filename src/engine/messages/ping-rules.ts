/** The ping_check library: which offers leave only when nobody answers at the address. */
import type { PingCheckConfig, PingSettings } from '../../config/hook-model.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';

export class PingRules {
  /** By position of the subnet in the configuration; null = its addresses are not checked. */
  readonly #ofSubnet: readonly (PingSettings | null)[];

  constructor({ settings, subnets: own }: PingCheckConfig, subnets: readonly CompiledSubnet[]) {
    const byId = new Map(own.map((each) => [each.key, each.settings]));
    this.#ofSubnet = subnets.map(({ id }) => {
      const found = byId.get(id) ?? settings;
      return found.isEnabled ? found : null;
    });
  }

  /** How the addresses of a subnet are checked, or null. */
  settingsOf(subnet: CompiledSubnet): PingSettings | null {
    return this.#ofSubnet[subnet.index]!;
  }

  /**
   * Whether an address is to be checked before it is offered; asked before its row is written for the offer. [Kea] Not one that
   * is reserved for the client, nor one that the client had itself until a short while ago.
   * @param mine the client's row, or NO_SLOT
   */
  mustCheck(context: Context, address: number, mine: number): boolean {
    const subnet = context.subnet!;
    const settings = this.#ofSubnet[subnet.index]!;
    if (settings === null || context.hosts.addressIn(subnet) === address) return false;
    const { rows } = context.book.table;
    if (mine === NO_SLOT || rows.address(mine) !== address) return true;
    if (rows.state(mine) === LeaseState.offered) return true;
    return context.nowSec - rows.clttSec(mine) >= settings.clttSec;
  }
}
