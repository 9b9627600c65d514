/** Where the name of the client meets what is planned for it: the subnet, its host, its first address. */
import { emptyRange, setRange } from '../../../base/byte-range.ts';
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { type CompiledNames, NO_NAMES } from '../../names/names-settings.ts';
import type { Context6 } from '../context.ts';
import { type Binding, Fate, type IaPlan } from '../leases/ia-plan.ts';

const NO_RESERVED_NAME = new Uint8Array(0);
const address = emptyRange();

/**
 * Makes the name of the client of the query in work, for what is planned. Pre: the subnet of its leases is entered.
 * @param isFinal false = nothing is given yet, and no name is made of an address that is only advertised [Kea]
 */
export function settleNames(context: Context6, isFinal: boolean): void {
  const { hosts, names, plan, subnet } = context;
  const first = firstAddress(plan);
  if (first === null || !isFinal) address.length = 0;
  else setRange(address, first.address, 0, IPV6_BYTES);
  const host = subnet === null ? hosts.global : hosts.of(subnet);
  names.settle(settingsFor(context, first), host?.name ?? NO_RESERVED_NAME, address, first?.slot ?? NO_SLOT);
}

/** Those of the pool of an address, where that has some of its own. */
function settingsFor({ subnet }: Context6, first: Binding | null): CompiledNames {
  return first?.pool?.names ?? subnet?.names ?? NO_NAMES;
}

/** The first address that the client gets, or null. */
function firstAddress({ bindings, ias, iaCount }: IaPlan): Binding | null {
  for (let i = 0; i < iaCount; i++) {
    const { code, end, first } = ias[i]!;
    if (code !== OptionCode.iaNa) continue;
    for (let at = first; at < end; at++) {
      const { fate } = bindings[at]!;
      if (fate === Fate.granted || fate === Fate.kept) return bindings[at]!;
    }
  }
  return null;
}
