/** Lease updates on their way to a peer by request, and what became of them. */
import type { UpdateBytes } from '../lease/update-family.ts';
import type { Outcome } from './outcome.ts';
import type { Transaction } from './transactions.ts';

/** An update with bytes of its own, so that it outlives the place where it was read. */
export interface HeldUpdate extends UpdateBytes {
  /** Transactions whose verdict depends on it: none when nobody waits, several when it replaced older updates. */
  readonly transactions: Transaction[];
}

/** What became of one lease of a request. */
export interface SentLease {
  readonly update: HeldUpdate;
  readonly outcome: Outcome;
}

export function holdUpdate(update: UpdateBytes, transactions: Transaction[]): HeldUpdate {
  const { offset, length, isUpdate, address } = update;
  const bytes = update.bytes.slice(offset, offset + length);
  return { bytes, offset: 0, length, isUpdate, address, transactions };
}
