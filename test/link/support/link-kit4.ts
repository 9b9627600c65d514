/** The link thread of DHCPv4. */
import { systemClock } from '../../../src/base/clock.ts';
import type { ServerConfig } from '../../../src/config/model.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { allocateServerPools } from '../../../src/engine/subnets/pool-plan.ts';
import { poolSeries } from '../../../src/engine/subnets/pool-series.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import { leaseOfRecord } from '../../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../../src/lease/dhcp4/layout.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { emptyRecord } from '../../../src/lease/dhcp4/record.ts';
import { decodeUpdateRecord } from '../../../src/lease/dhcp4/update-record.ts';
import { linkFamily4 } from '../../../src/link/dhcp4/family.ts';
import { LinkLoop } from '../../../src/link/loop.ts';
import type { LinkWorkplace4 } from '../../../src/link/messages.ts';
import { configOf } from '../../engine/bench-server.ts';
import { encodeRecord, records4, type TestRecord } from '../../peer/support/shards.ts';
import { type LinkKit, NOW_SEC } from './link-kit.ts';

const SUBNETS = {
  subnet4: [
    { id: 1, subnet: '10.0.0.0/16', pools: [{ pool: '10.0.0.10 - 10.0.200.20' }] },
    { id: 2, subnet: '10.1.0.0/16', pools: [{ pool: '10.1.0.10 - 10.1.0.20' }] },
  ],
};
const LEASES_MAX = 65_536;

export const linkKit4: LinkKit<TestRecord, Lease4, LeaseBook, LinkWorkplace4> = {
  records: records4,
  assigned: 'assigned-addresses',
  createLoop: (task, clock = systemClock) => new LinkLoop(task, linkFamily4, () => {}, clock),
  createWorkplace: (changeLogBytes) => workplaceOf(configOf(SUBNETS), changeLogBytes),
  openBook: ({ book }) => new LeaseBook(book),
  put,
  leases,
  lease: (book, address) => {
    const slot = book.table.findByAddress(address);
    return slot < 0 ? null : leaseOfRecord(book.recordOf(slot));
  },
};

function workplaceOf(config: ServerConfig, changeLogBytes: number): LinkWorkplace4 {
  const ids = config.subnets.map(({ id }) => id);
  return {
    family: 4,
    config,
    book: {
      table: allocateLeaseTable(LEASES_MAX),
      pools: allocateServerPools(config),
      changes: allocateChangeLog(changeLogBytes),
    },
    limited: null,
    isHeard: false,
    statistics: allocateStatistics(2, ids, poolSeries(config.subnets).series),
  };
}

function put(book: LeaseBook, change: TestRecord): void {
  const bytes = encodeRecord(change);
  const source = emptyRecord();
  if (decodeUpdateRecord(bytes, 0, bytes.length, source) !== null) throw new Error('no record');
  const slot = book.table.findByAddress(change.address);
  if (change.isUpdate !== false) book.logRow(book.write(source, NOW_SEC));
  else if (slot >= 0) book.remove(slot);
}

function leases(book: LeaseBook): Map<number, Lease4> {
  const all = new Map<number, Lease4>();
  const { table } = book;
  for (let slot = 0; slot < table.highWater(); slot++)
    if (table.rows.address(slot) !== 0) all.set(table.rows.address(slot), leaseOfRecord(book.recordOf(slot)));
  return all;
}
