/**
 * Counting updates that were withheld from the partner. A server that comes back compares two successive counts in the
 * other's heartbeats: when they differ, it has missed leases and must synchronize again.
 */

const COUNT_MAX = 0xffffffffffffffffn;

/** A count that never is: of a partner that is to synchronize anew in any case. */
export const NEVER = -1n;

/** Adds transactions to a 64-bit count, which wraps to 1: 0 would read as "never anything unsent". */
export function addUnsent(count: bigint, transactions: number): bigint {
  const sum = count + BigInt(transactions);
  return sum > COUNT_MAX ? sum - COUNT_MAX : sum;
}

/** The last two counts that the partner reported. */
export interface PartnerUnsent {
  readonly latest: number;
  readonly previous: number;
}

export const NO_PARTNER_UNSENT: PartnerUnsent = { latest: 0, previous: 0 };

export function reportUnsent(before: PartnerUnsent, count: number): PartnerUnsent {
  return { latest: count, previous: before.latest };
}

/** True only right after the report in which the count changed to something other than 0. */
export function hasNewUnsent(unsent: PartnerUnsent): boolean {
  return unsent.latest !== 0 && unsent.latest !== unsent.previous;
}
