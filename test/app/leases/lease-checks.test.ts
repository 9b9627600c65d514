/** Leases in the file that are not in their subnet: kept, mended or dropped, as `sanity-checks` asks. */
import t, { type Test } from 'tap';
import { loadLeases } from '../../../src/app/leases/lease-files.ts';
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import type { LeaseChecks } from '../../../src/config/model.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import { encodeLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../../src/lease/dhcp4/layout.ts';
import { allocatePools } from '../../../src/lease/pool.ts';
import { TestClock } from '../../engine/test-clock.ts';
import { HEADER, leaseNumber } from '../../journal/support/rows.ts';
import { type RecordedLog, recordLog } from '../../peer/support/log.ts';
import { checkedFile } from './checked-file.ts';

type Subnet = readonly [id: number, prefix: string, prefixLength: number];

/** Addresses from 10.1.2.0 are in subnet 1, others in none. */
const SUBNETS: readonly Subnet[] = [
  [1, '10.1.2.0', 24],
  [7, '192.168.0.0', 24],
];
const ROWS = [
  row('10.1.2.3', 9),
  row('10.1.2.4', 7),
  row('10.1.2.5', 1),
  row('10.1.2.7', 0),
  row('10.1.2.8', 9, { state: 1 }),
  row('10.1.2.9', 9, { state: 2 }),
  row('172.16.0.1', 9),
  row('172.16.0.2', 1),
  row('192.0.2.1', 0),
];

function row(address: string, subnetId: number, change = {}): string {
  const lease = { ...leaseNumber(1), address: parseIpv4(address)!, subnetId, hostname: '', ...change };
  return Buffer.from(encodeLease(lease)!).toString('latin1');
}

/** Loads rows. @returns "address subnet" of what is in the table, ascending, and what was logged */
function load(
  t: Test,
  leaseChecks: LeaseChecks,
  rows: readonly string[],
  subnets: readonly Subnet[] = SUBNETS,
): { leases: string[]; log: RecordedLog } {
  const leaseDatabase = checkedFile(t, leaseChecks, HEADER + rows.join(''));
  const table = allocateLeaseTable(1000);
  const book = new LeaseBook({ table, pools: allocatePools([]), changes: allocateChangeLog(1 << 20) });
  const log = recordLog();
  const checked = subnets.map(([id, prefix, prefixLength]) => ({
    id,
    prefix: parseIpv4(prefix)!,
    prefixLength,
  }));
  loadLeases({ leaseDatabase, subnets: checked }, book, new TestClock(), log.log);
  const leases: string[] = [];
  for (let slot = 0; slot < book.table.highWater(); slot++) {
    const address = book.table.rows.address(slot);
    if (address !== 0) leases.push(`${formatIpv4(address)} ${book.table.rows.subnetId(slot)}`);
  }
  return { leases: leases.sort(), log };
}

const KEPT = [
  '10.1.2.3 9',
  '10.1.2.4 7',
  '10.1.2.5 1',
  '10.1.2.7 0',
  '10.1.2.8 9',
  '10.1.2.9 9',
  '172.16.0.1 9',
  '172.16.0.2 1',
  '192.0.2.1 0',
];
const MENDED = ['10.1.2.3 1', '10.1.2.4 1', '10.1.2.5 1', '10.1.2.7 1', '10.1.2.8 1', '10.1.2.9 1'];
const EXPECTED: Readonly<Record<LeaseChecks, { leases: string[]; counts: object | null }>> = {
  none: { leases: KEPT, counts: null },
  warn: { leases: KEPT, counts: { kept: 7, mended: 0, dropped: 0 } },
  fix: {
    leases: [...MENDED, '172.16.0.1 9', '172.16.0.2 1', '192.0.2.1 0'],
    counts: { kept: 2, mended: 5, dropped: 0 },
  },
  'fix-del': { leases: [...MENDED, '192.0.2.1 0'], counts: { kept: 0, mended: 5, dropped: 2 } },
  del: { leases: ['10.1.2.5 1', '192.0.2.1 0'], counts: { kept: 0, mended: 0, dropped: 7 } },
};

for (const [mode, { leases, counts }] of Object.entries(EXPECTED)) {
  t.test(`lease-checks "${mode}" does with each lease what Kea does`, async (t) => {
    const loaded = load(t, mode as LeaseChecks, ROWS);
    t.same(loaded.leases, leases);
    const said = loaded.log.events.find(({ id }) => id === 'TDM_JOURNAL_LEASES_MISPLACED');
    t.same(said?.fields ?? null, counts);
  });
}

t.test(
  'of subnets that overlap the one with the lowest id is taken, whatever their order and length',
  async (t) => {
    const wide = (id: number): Subnet => [id, '10.0.0.0', 8];
    const narrow = (id: number): Subnet => [id, '10.3.0.0', 16];
    for (const [subnets, right] of [
      [[wide(5), narrow(4)], 4],
      [[narrow(4), wide(5)], 4],
      [[narrow(3), wide(2)], 2],
      [[wide(2), narrow(3)], 2],
      [[narrow(8), narrow(6), narrow(7)], 6],
    ] as const)
      t.same(load(t, 'fix', [row('10.3.2.3', 9)], subnets).leases, [`10.3.2.3 ${right}`]);
    t.same(
      load(t, 'fix', [row('10.3.2.3', 5)], [wide(2), narrow(5)]).leases,
      ['10.3.2.3 5'],
      'either is right',
    );
  },
);

t.test('a lease that was moved and then dropped does not come back as it was before', async (t) => {
  t.same(load(t, 'del', [row('10.1.2.3', 1), row('10.1.2.3', 9)]).leases, []);
  t.same(load(t, 'del', [row('10.1.2.3', 9), row('10.1.2.3', 1)]).leases, ['10.1.2.3 1']);
  const deleted = [row('10.1.2.3', 1), row('10.1.2.3', 9, { validLifetimeSec: 0 })];
  t.same(load(t, 'del', deleted).leases, [], 'a deletion deletes, whatever subnet it names');
});

t.test('twenty misplaced leases are named in the log, all are counted', async (t) => {
  const rows = Array.from({ length: 100 }, (_, n) => row(`10.9.0.${n + 1}`, 9));
  const { log } = load(t, 'warn', rows);
  t.equal(log.count('TDM_JOURNAL_LEASE_MISPLACED'), 20);
  t.match(log.events, [
    {
      id: 'TDM_JOURNAL_LEASE_MISPLACED',
      fields: { address: '10.9.0.1', subnetId: 9, rightSubnetId: null, done: 'kept' },
    },
  ]);
  t.match(log.events.at(-2), { id: 'TDM_JOURNAL_LEASES_MISPLACED', fields: { kept: 100 } });
});
