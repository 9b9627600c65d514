/** The link thread of DHCPv6. */
import { systemClock } from '../../../src/base/clock.ts';
import type { ServerConfig6 } from '../../../src/config/dhcp6/model.ts';
import { STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import { allocateServerPools6 } from '../../../src/engine/dhcp6/subnets/pool-memory.ts';
import { poolSeries6 } from '../../../src/engine/dhcp6/subnets/pool-series.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook6 } from '../../../src/lease/dhcp6/book.ts';
import { leaseOfRecord6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { leaseAddress6, octetsOfAddress6 } from '../../../src/lease/dhcp6/lease-address.ts';
import { type Lease6, LeaseType } from '../../../src/lease/dhcp6/model.ts';
import { emptyRecord6 } from '../../../src/lease/dhcp6/record.ts';
import { decodeUpdateRecord6 } from '../../../src/lease/dhcp6/update-record.ts';
import { linkFamily6 } from '../../../src/link/dhcp6/family.ts';
import { LinkLoop } from '../../../src/link/loop.ts';
import type { LinkWorkplace6 } from '../../../src/link/messages.ts';
import { config6, pdPool, pool, subnet } from '../../engine/dhcp6/config.ts';
import { encodeRecord6, records6, type TestRecord6 } from '../../peer/support/records6.ts';
import { type LinkKit, NOW_SEC } from './link-kit.ts';

const CONFIG = config6({
  subnets: [
    subnet(1, '2001:db8:1::/64', {
      pools: [pool('2001:db8:1::1:0 - 2001:db8:1::1:ffff')],
      pdPools: [pdPool('2001:db8:8000::/40', 56)],
    }),
    subnet(2, '2001:db8:2::/64', { pools: [pool('2001:db8:2::10 - 2001:db8:2::20')] }),
  ],
});
const LEASES_MAX = 8_192;

export const linkKit6: LinkKit<TestRecord6, Lease6, LeaseBook6, LinkWorkplace6> = {
  records: records6,
  assigned: 'assigned-nas',
  createLoop: (task, clock = systemClock) => new LinkLoop(task, linkFamily6, () => {}, clock),
  createWorkplace: (changeLogBytes) => workplaceOf(CONFIG, changeLogBytes),
  openBook: ({ book }) => new LeaseBook6(book),
  put,
  leases,
  lease: (book, address) => {
    const slot = book.table.findByAddress(octetsOfAddress6(address), 0);
    return slot < 0 ? null : leaseOfRecord6(book.recordOf(slot));
  },
};

function workplaceOf(config: ServerConfig6, changeLogBytes: number): LinkWorkplace6 {
  const ids = config.subnets.map(({ id }) => id);
  return {
    family: 6,
    config,
    book: {
      table: allocateLeaseTable6(LEASES_MAX),
      pools: allocateServerPools6(config),
      changes: allocateChangeLog(changeLogBytes),
    },
    limited: null,
    isHeard: false,
    statistics: allocateStatistics(2, ids, poolSeries6(config.subnets).series, STATISTICS_6),
  };
}

function put(book: LeaseBook6, change: TestRecord6): void {
  const bytes = encodeRecord6(change);
  const source = emptyRecord6();
  if (decodeUpdateRecord6(bytes, 0, bytes.length, source) !== null) throw new Error('no record');
  const slot = book.table.findByAddress(octetsOfAddress6(change.address), 0);
  if (change.isUpdate !== false) book.logRow(book.write(source, NOW_SEC));
  else if (slot >= 0) book.remove(slot);
}

function leases(book: LeaseBook6): Map<string, Lease6> {
  const all = new Map<string, Lease6>();
  const { table } = book;
  for (let slot = 0; slot < table.highWater(); slot++) {
    if (table.rows.isFree(slot)) continue;
    const lease = leaseOfRecord6(book.recordOf(slot));
    all.set(leaseAddress6(lease.address, 0, lease.type === LeaseType.pd), lease);
  }
  return all;
}
