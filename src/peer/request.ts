/** Requests with a lease update, made from the records that the shards have written. */
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { PeerFamily } from './family.ts';
import type { Transaction } from './transactions.ts';

/** The request for one lease. */
export interface LeaseRequest {
  readonly body: Uint8Array;
  readonly address: LeaseAddress;
  /** Transactions whose verdict depends on it: none when nobody waits, several when it replaced older updates. */
  readonly transactions: readonly Transaction[];
}

export function requestOf(
  family: PeerFamily,
  update: UpdateBytes,
  transactions: readonly Transaction[],
): LeaseRequest {
  return { body: family.encodeRequest(update), address: update.address, transactions };
}
