/** Finds an address or prefix for an identity association that has none. */
import { isOpen } from '../../../classes/class-set.ts';
import { ADDRESS_BITS, LeaseType } from '../../../lease/dhcp6/model.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { nextSubnet } from '../../subnets/network.ts';
import type { CompiledPool6, CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import { G6, S6 } from '../statistics.ts';
import type { Binding, PlannedIa } from './ia-plan.ts';
import { isHeld, isOverLimit, occupy } from './occupy.ts';
import { leaseTypeOf, poolAt6 } from './own-leases.ts';

/** The address or prefix that a client wishes for. */
export interface Hint {
  bytes: Uint8Array;
  /** Of 16 octets. */
  offset: number;
  /** 128 of an address; 0 = of any length. */
  prefixLength: number;
}

/** Takes what the client wishes for, if it is free in a pool that is open to the query. @returns null when it is not */
export function takeHint(context: Context6, ia: PlannedIa, hint: Hint): Binding | null {
  const { bytes, offset, prefixLength } = hint;
  if (isHeld(context, bytes, offset) || context.hosts.isKeptFromClient(bytes, offset)) return null;
  const type = leaseTypeOf(ia.code);
  const first = context.subnet!;
  for (let subnet: CompiledSubnet6 | null = first; subnet !== null; ) {
    const pool = poolAt6(context, subnet, type, bytes, offset, prefixLength);
    if (pool !== null)
      return occupy(context, ia, { subnet, pool, excluded: pool.excluded }, bytes, offset, prefixLength);
    subnet = nextSubnet(subnet, first, context.query.classes);
  }
  return null;
}

/** How the length of what a pool gives may stand to the one that the client wishes for, in the order of preference. */
const Match = { equal: 0, shorter: 1, longer: 2 } as const;

function matches({ unitLength }: CompiledPool6, wished: number, match: number): boolean {
  if (match === Match.equal) return wished === 0 || unitLength === wished;
  if (wished === 0) return false;
  return match === Match.shorter ? unitLength < wished : unitLength > wished;
}

/** What may be given away, from what costs nobody anything to what somebody may miss. */
const Supply = { free: 0, overdue: 1, offered: 2 } as const;

/**
 * Takes the next free address or prefix of the pools that are open to the query, in its subnet or in another one of the
 * network; null when there is none, counted by its cause. It may take offers back for it.
 * @param wishedLength of a prefix, 0 = any; [RFC8415 18.3.9] one of another length is better than none
 */
export function takeAny(context: Context6, ia: PlannedIa, wishedLength: number): Binding | null {
  const last = wishedLength === 0 || wishedLength === ADDRESS_BITS ? Match.equal : Match.longer;
  const wished = last === Match.equal ? 0 : wishedLength;
  for (let supply: number = Supply.free; supply <= Supply.offered; supply++) {
    for (let match: number = Match.equal; match <= last; match++) {
      const binding = takeMatching(context, ia, wished, match, supply);
      if (binding !== null || context.plan.isOutOfMemory) return binding;
    }
  }
  if (ia.isOverLimit) context.statistics.add(G6['tandem-ia-lease-limit']);
  countFailure(context, leaseTypeOf(ia.code));
  return null;
}

function takeMatching(
  context: Context6,
  ia: PlannedIa,
  wished: number,
  match: number,
  supply: number,
): Binding | null {
  const { query } = context;
  const first = context.subnet!;
  for (let subnet: CompiledSubnet6 | null = first; subnet !== null; ) {
    const binding = takeMatchingIn(context, ia, subnet, wished, match, supply);
    if (binding !== null || context.plan.isOutOfMemory) return binding;
    subnet = nextSubnet(subnet, first, query.classes);
  }
  return null;
}

function takeMatchingIn(
  context: Context6,
  ia: PlannedIa,
  subnet: CompiledSubnet6,
  wished: number,
  match: number,
  supply: number,
): Binding | null {
  // Nobody's offer is taken back for a client that cannot have it.
  if (supply === Supply.offered && isOverLimit(context, ia, subnet, NO_SLOT)) return null;
  const pools = poolsOf(subnet, leaseTypeOf(ia.code));
  for (let i = 0; i < pools.length; i++) {
    const pool = pools[i]!;
    if (!isOpen(pool.guard, context.query.classes) || !matches(pool, wished, match)) continue;
    if (!find(context, pool, supply)) continue;
    return occupy(context, ia, { subnet, pool, excluded: pool.excluded }, proposed, 0, pool.unitLength);
  }
  return null;
}

/** What was found last. */
const proposed = new Uint8Array(16);

/** Proposals of a pool that are looked at: a few may be what the same message keeps of leases that are over. */
const PROPOSALS_MAX = 16;

/** Finds something free in a pool, and makes it free before where it is somebody's who has no right to it. */
function find(context: Context6, { index }: CompiledPool6, supply: number): boolean {
  const { book, nowSec, overdue } = context;
  if (supply === Supply.overdue && !overdue.release(index, nowSec)) return false;
  if (supply === Supply.offered && !book.recallOffer(index)) return false;
  for (let i = 0; i < PROPOSALS_MAX; i++) {
    if (!book.pools.propose(index, book.table, nowSec, proposed)) return false;
    if (!isHeld(context, proposed, 0)) return true;
  }
  return false;
}

function poolsOf(subnet: CompiledSubnet6, type: number): readonly CompiledPool6[] {
  return type === LeaseType.na ? subnet.pools : subnet.pdPools;
}

/** Counts that there was nothing for the query. [Kea] Which causes count together. */
function countFailure(context: Context6, type: number): void {
  const first = context.subnet!;
  let hasPools = false;
  for (let subnet: CompiledSubnet6 | null = first; subnet !== null; ) {
    const pools = poolsOf(subnet, type);
    for (let i = 0; i < pools.length; i++) hasPools ||= isOpen(pools[i]!.guard, context.query.classes);
    subnet = nextSubnet(subnet, first, context.query.classes);
  }
  countCause(
    context,
    first.network === null ? 'v6-allocation-fail-subnet' : 'v6-allocation-fail-shared-network',
  );
  countCause(context, hasPools ? 'v6-allocation-fail' : 'v6-allocation-fail-no-pools');
  // Every query is in the class ALL at least.
  countCause(context, 'v6-allocation-fail-classes');
}

function countCause({ statistics, subnet }: Context6, cause: keyof typeof S6 & keyof typeof G6): void {
  statistics.add(G6[cause]);
  statistics.addSubnet(subnet!.index, S6[cause]);
}
