/** The leases that a client has in an identity association, and whether it may keep them. */
import { emptyRange, equalRanges } from '../../../base/byte-range.ts';
import { isOpen } from '../../../classes/class-set.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LeaseState } from '../../../lease/state.ts';
import type { CompiledPool6, CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import type { PlannedIa } from './ia-plan.ts';

/** Leases of an identity association that are served; no client of its own doing has more than a few. */
const OWN_MAX = 16;
/** Rows that are looked at for them: those of another link, or declined ones, are none. */
const LOOKS_MAX = 64;

export class OwnLeases {
  /** The first `count` are rows, those that came first before others. */
  readonly slots = new Int32Array(OWN_MAX);
  count = 0;
}

/** The lease type of an identity association. */
export function leaseTypeOf(code: number): number {
  return code === OptionCode.iaNa ? LeaseType.na : LeaseType.pd;
}

/**
 * Finds the rows of an identity association in the selected subnet and in those of its network that are open to the query:
 * leases, whether over or not, and offers. They are in `context.own` then.
 */
export function findOwn(context: Context6, { code, leaseIaid }: PlannedIa): void {
  const { book, own, plan, query } = context;
  const { rows } = book.table;
  const type = leaseTypeOf(code);
  own.count = 0;
  let slot = NO_SLOT;
  for (let looks = 0; looks < LOOKS_MAX && own.count < OWN_MAX; looks++) {
    slot = book.table.findByIa(query.duid, leaseIaid, type, 0, slot);
    if (slot === NO_SLOT) return;
    const state = rows.state(slot);
    if (state === LeaseState.declined || state === LeaseState.registered) continue;
    if (homeOf(context, slot) === null || plan.isRevoked(slot)) continue;
    own.slots[own.count++] = slot;
  }
}

/** The subnet of a row if it is the selected one, or one of the same network that is open to the query; else null. */
export function homeOf(
  { book, query, subnet: selected, subnets }: Context6,
  slot: number,
): CompiledSubnet6 | null {
  const id = book.table.rows.subnetId(slot);
  if (selected === null || id === selected.id) return selected;
  if (selected.network === null) return null;
  const subnet = subnets.ofId(id);
  if (subnet === null || subnet.network !== selected.network) return null;
  return isOpen(subnet.guard, query.classes) ? subnet : null;
}

/** The pool of a subnet that gives this address or prefix and is open to the query, or null. */
export function poolAt6(
  { book, query }: Context6,
  subnet: CompiledSubnet6,
  type: number,
  bytes: Uint8Array,
  offset: number,
  prefixLength: number,
): CompiledPool6 | null {
  const pools = type === LeaseType.na ? subnet.pools : subnet.pdPools;
  for (let i = 0; i < pools.length; i++) {
    const pool = pools[i]!;
    if (pool.unitLength !== prefixLength || !book.pools.has(pool.index, bytes, offset)) continue;
    if (isOpen(pool.guard, query.classes)) return pool;
  }
  return null;
}

const range = emptyRange();

/** Whether a row has the DUID of the client. */
export function belongsToClient({ book, query }: Context6, slot: number): boolean {
  book.table.rows.duidRange(slot, range);
  return equalRanges(range, query.duid);
}
