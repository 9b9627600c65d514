/** The lease file of either family into an empty book, each row judged before it is taken. */
import type { Clock } from '../../base/clock.ts';
import type { LeaseDatabaseConfig } from '../../config/model.ts';
import { loadLeaseFiles } from '../../journal/load.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import type { FiledLease, RowCodec } from '../../lease/row-codec.ts';
import type { Log } from '../../log/logger.ts';
import { acceptLoad } from './accept-load.ts';

/** What a load needs of the lease book of a family. */
export interface LoadedBook<Lease> {
  readonly table: { readonly capacity: number };
  /** @returns NO_SLOT when there is no room */
  write(lease: Lease, nowSec: number): number;
  remove(slot: number): void;
}

/** One judgement of all rows. */
export interface RowCheck<Lease> {
  /** Judges a row, and corrects it where it stands. @returns false: the lease is not to be kept */
  accepts(lease: Lease): boolean;
  /** Says what it came to, when there was anything to say. */
  report(): void;
}

export interface LeaseLoad<Lease extends FiledLease, Address> {
  readonly codec: RowCodec<Lease, Address>;
  readonly database: Pick<LeaseDatabaseConfig, 'path' | 'maxRowErrors'>;
  readonly book: LoadedBook<Lease>;
  /** The row of an address; NO_SLOT = none. */
  readonly find: (address: Address) => number;
  /** In the order in which a row meets them. */
  readonly checks: readonly RowCheck<Lease>[];
}

/**
 * Loads the lease file set into an empty book.
 * @returns whether a clean-up is due
 * @throws an Error with what is wrong and what to do; the files are as they were
 */
export function loadLeaseTable<Lease extends FiledLease, Address>(
  { codec, database, book, find, checks }: LeaseLoad<Lease, Address>,
  clock: Clock,
  log: Log,
): boolean {
  const nowSec = clock.wallSec();
  const remove = (address: Address): void => {
    const slot = find(address);
    if (slot !== NO_SLOT) book.remove(slot);
  };
  const put = (lease: Lease): 'kept' | 'full' => {
    if (checks.every((check) => check.accepts(lease)))
      return book.write(lease, nowSec) === NO_SLOT ? 'full' : 'kept';
    // An earlier row of this address is no better for it.
    remove(codec.addressOf(lease));
    return 'kept';
  };
  const { path, maxRowErrors } = database;
  const outcome = loadLeaseFiles(codec, { path, maxRowErrors }, { put, remove }, clock);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  for (const check of checks) check.report();
  return acceptLoad(outcome.report, book.table.capacity, log);
}
