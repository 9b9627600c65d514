/** Leases at the start: the lease file into the table, and the counters that follow from it. */
import type { Clock } from '../../base/clock.ts';
import { formatIpv4, type Ipv4, maskOf } from '../../base/ipv4.ts';
import type { ServerConfig, SubnetConfig } from '../../config/model.ts';
import type { LeaseAccounting } from '../../engine/leases/lease-accounting.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { checkExtendedInfo } from '../../lease/dhcp4/extended-info.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import { rowCodec4 } from '../../lease/dhcp4/row-codec.ts';
import type { Log } from '../../log/logger.ts';
import { ExtendedInfoCheck, type LeaseContexts } from './extended-info-checks.ts';
import { LeaseCheck, type Placement } from './lease-checks.ts';
import { loadLeaseTable } from './load-leases.ts';

type CheckedSubnet = Pick<SubnetConfig, 'id' | 'prefix' | 'prefixLength'>;

const placement4: Placement<LeaseRecord, CheckedSubnet> = {
  isPlaced: () => true,
  isIn: ({ address }, subnet) => firstBits(address, subnet.prefixLength) === subnet.prefix,
  prefixOf: ({ address }, length) => firstBits(address, length),
  prefixOfSubnet: ({ prefix }) => prefix,
  nameOf,
};

const contexts4: LeaseContexts<LeaseRecord> = {
  read: ({ userContext, userContextOffset, userContextLength }) =>
    userContext.subarray(userContextOffset, userContextOffset + userContextLength),
  write(lease, context) {
    lease.userContext.set(context, lease.userContextOffset);
    lease.userContextLength = context.length;
  },
  check: checkExtendedInfo,
  nameOf,
};

function nameOf({ address }: LeaseRecord): string {
  return formatIpv4(address);
}

function firstBits(address: Ipv4, length: number): Ipv4 {
  return (address & maskOf(length)) >>> 0;
}

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
  const load = {
    codec: rowCodec4,
    database,
    book,
    find: (address: Ipv4) => book.table.findByAddress(address),
    checks: [
      new LeaseCheck(placement4, database.leaseChecks, subnets, log),
      new ExtendedInfoCheck(contexts4, database.extendedInfoChecks, log),
    ],
  };
  return loadLeaseTable(load, clock, log);
}

/** Counts what the table holds; the counters start from nothing. */
export function countLeases(book: LeaseBook, accounting: LeaseAccounting): void {
  const { rows } = book.table;
  for (let slot = 0; slot < book.table.highWater(); slot++) {
    const address = rows.address(slot);
    if (address !== 0) accounting.changed(rows.subnetId(slot), address, null, rows.state(slot));
  }
}
