/** Leases at the start: the lease file into the table, and the counters that follow from it. */
import type { Clock } from '../../base/clock.ts';
import type { ServerConfig } from '../../config/model.ts';
import type { LeaseAccounting } from '../../engine/leases/lease-accounting.ts';
import { loadLeaseFiles } from '../../journal/load.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import { rowCodec4 } from '../../lease/dhcp4/row-codec.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import type { Log } from '../../log/logger.ts';
import { acceptLoad } from './accept-load.ts';
import { ExtendedInfoCheck } from './extended-info-checks.ts';
import { type CheckedSubnet, LeaseCheck } from './lease-checks.ts';

/** What of the configuration takes part. */
interface LoadedConfig extends Pick<ServerConfig, 'leaseDatabase'> {
  readonly subnets: readonly CheckedSubnet[];
}

/**
 * Loads the lease file set into an empty book.
 * @returns whether a clean-up is due
 * @throws an Error with what is wrong and what to do; the files are as they were
 */
export function loadLeases(config: LoadedConfig, book: LeaseBook, clock: Clock, log: Log): boolean {
  const { leaseDatabase: database, subnets } = config;
  const check = new LeaseCheck(database.leaseChecks, subnets, log);
  const extendedInfo = new ExtendedInfoCheck(database.extendedInfoChecks, log);
  const nowSec = clock.wallSec();
  const remove = (address: number): void => {
    const slot = book.table.findByAddress(address);
    if (slot !== NO_SLOT) book.remove(slot);
  };
  const put = (record: LeaseRecord): 'kept' | 'full' => {
    if (check.accepts(record)) {
      extendedInfo.mend(record);
      return book.write(record, nowSec) === NO_SLOT ? 'full' : 'kept';
    }
    // An earlier row of this address is no better for it.
    remove(record.address);
    return 'kept';
  };
  const outcome = loadLeaseFiles(
    rowCodec4,
    { path: database.path, maxRowErrors: database.maxRowErrors },
    { put, remove },
    clock,
  );
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  check.report();
  extendedInfo.report();
  return acceptLoad(outcome.report, book.table.capacity, log);
}

/** Counts what the table holds; the counters start from nothing. */
export function countLeases(book: LeaseBook, accounting: LeaseAccounting): void {
  const { rows } = book.table;
  for (let slot = 0; slot < book.table.highWater(); slot++) {
    const address = rows.address(slot);
    if (address !== 0) accounting.changed(rows.subnetId(slot), address, null, rows.state(slot));
  }
}
