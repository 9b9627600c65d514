/** Gives a client what is reserved for it. */
import { isInIpv6Prefix } from '../../../base/ipv6.ts';
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LeaseState } from '../../../lease/state.ts';
import { nextSubnet } from '../../subnets/network.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import type { ReservedLease } from '../hosts/compiled-host.ts';
import type { Binding, PlannedIa } from './ia-plan.ts';
import { keep } from './keep.ts';
import { isHeld, occupy } from './occupy.ts';
import { belongsToClient, leaseTypeOf, poolAt6 } from './own-leases.ts';

/**
 * Gives an identity association the first of the client's reserved addresses or prefixes that no other one of it has, in the
 * selected subnet or in another one of its network; null = there is none, or somebody else has it.
 */
export function takeReserved(context: Context6, ia: PlannedIa): Binding | null {
  if (!context.hosts.isKnown) return null;
  const first = context.subnet!;
  for (let subnet: CompiledSubnet6 | null = first; subnet !== null; ) {
    const binding = takeReservedIn(context, ia, subnet);
    if (binding !== null || context.plan.isOutOfMemory) return binding;
    subnet = nextSubnet(subnet, first, context.query.classes);
  }
  return null;
}

function takeReservedIn(context: Context6, ia: PlannedIa, subnet: CompiledSubnet6): Binding | null {
  const host = context.hosts.of(subnet);
  if (host === null) return null;
  for (let i = 0; i < host.leases.length; i++) {
    const lease = host.leases[i]!;
    if (lease.type !== leaseTypeOf(ia.code)) continue;
    // [Kea 3] A global address is of use only in the subnet that it lies in; prefixes lie in none.
    if (host.subnetId === 0 && lease.type === LeaseType.na && !liesIn(subnet, lease)) continue;
    const own = ownSlotOf(context, lease);
    if (own !== NO_SLOT) {
      if (!context.plan.isGiven(own)) return keep(context, ia, own);
      continue;
    }
    if (isHeld(context, lease.address, 0) && !isOnOffer(context, lease)) continue;
    const { address, excluded, prefixLength, type } = lease;
    const pool = poolAt6(context, subnet, type, address, 0, prefixLength);
    return occupy(
      context,
      ia,
      { subnet, pool, excluded: excluded ?? pool?.excluded ?? null },
      address,
      0,
      prefixLength,
    );
  }
  return null;
}

/** The row of this identity association that has a reserved lease, or NO_SLOT. */
function ownSlotOf({ book, own }: Context6, { address }: ReservedLease): number {
  const slot = book.table.findByAddress(address, 0);
  for (let i = 0; i < own.count; i++) if (own.slots[i] === slot) return slot;
  return NO_SLOT;
}

/** Whether the client was advertised it for another identity association, and has not taken it. */
function isOnOffer(context: Context6, { address }: ReservedLease): boolean {
  const { book, plan } = context;
  const slot = book.table.findByAddress(address, 0);
  return (
    book.table.rows.state(slot) === LeaseState.offered && !plan.has(slot) && belongsToClient(context, slot)
  );
}

function liesIn({ config }: CompiledSubnet6, { address }: ReservedLease): boolean {
  return isInIpv6Prefix(address, 0, config.prefix, 0, config.prefixLength);
}
