/** Leases in the file of DHCPv6 that are not in their subnet: kept, mended or dropped, as `sanity-checks` asks. */
import t, { type Test } from 'tap';
import { loadLeases6 } from '../../../src/app/dhcp6/lease-files.ts';
import { formatIpv6, parseIpv6 } from '../../../src/base/ipv6-text.ts';
import type { LeaseChecks } from '../../../src/config/model.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook6 } from '../../../src/lease/dhcp6/book.ts';
import { encodeRow6, ROW_BYTES_MAX_6 } from '../../../src/lease/dhcp6/csv.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { allocatePools6 } from '../../../src/lease/dhcp6/pools/memory.ts';
import { planPools6 } from '../../../src/lease/dhcp6/pools/plan.ts';
import { rowCodec6 } from '../../../src/lease/dhcp6/row-codec.ts';
import { headerOf } from '../../../src/lease/row-codec.ts';
import { TestClock } from '../../engine/test-clock.ts';
import { recordWith } from '../../lease/dhcp6/support/leases.ts';
import { type RecordedLog, recordLog } from '../../peer/support/log.ts';
import { checkedFile } from '../leases/checked-file.ts';

/** Id and prefix. */
type Subnet = readonly [number, string, number];

const SUBNETS: readonly Subnet[] = [
  [7, '2001:db8:3::', 48],
  [2, '2001:db8:4::', 48],
];
const ROWS = [
  row('2001:db8:3::1', 7),
  row('2001:db8:3::2', 2),
  row('2001:db8:3:ffff::3', 9, { state: 1 }),
  row('2001:db8:4::1', 7),
  row('2001:db8:5::1', 7),
  row('2001:db8:5::2', 0),
  row('2001:db8:3:100::', 2, { type: 2, prefixLength: 56 }),
  row('2001:db8:a::', 9, { type: 2, prefixLength: 56 }),
];

function row(address: string, subnetId: number, change = {}): string {
  const bytes = Buffer.alloc(ROW_BYTES_MAX_6);
  const record = recordWith({ address: parseIpv6(address)!, subnetId, ...change });
  return bytes.toString('latin1', 0, encodeRow6(bytes, 0, record));
}

/** Loads rows. @returns "address subnet" of what is in the table, ascending, and what was logged */
function load(
  t: Test,
  leaseChecks: LeaseChecks,
  rows: readonly string[],
  subnets = SUBNETS,
): { leases: string[]; contexts: string[]; log: RecordedLog } {
  const leaseDatabase = checkedFile(t, leaseChecks, headerOf(rowCodec6) + rows.join(''));
  const pools = allocatePools6(planPools6([]));
  const book = new LeaseBook6({
    table: allocateLeaseTable6(1000),
    pools,
    changes: allocateChangeLog(1 << 20),
  });
  const log = recordLog();
  const checked = subnets.map(([id, prefix, prefixLength]) => ({
    id,
    prefix: parseIpv6(prefix)!,
    prefixLength,
  }));
  loadLeases6({ leaseDatabase, subnets: checked }, book, new TestClock(), log.log);
  const leases: string[] = [];
  const contexts: string[] = [];
  for (let slot = 0; slot < book.table.highWater(); slot++) {
    if (book.table.rows.isFree(slot)) continue;
    const { address, subnetId, userContext } = book.recordOf(slot);
    const { bytes, offset, length } = userContext;
    contexts.push(Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1'));
    leases.push(`${formatIpv6(address.bytes, address.offset)} ${subnetId}`);
  }
  return { leases: leases.sort(), contexts, log };
}

const PREFIXES = ['2001:db8:3:100:: 2', '2001:db8:a:: 9'];
const KEPT = [
  '2001:db8:3::1 7',
  '2001:db8:3::2 2',
  '2001:db8:3:ffff::3 9',
  '2001:db8:4::1 7',
  '2001:db8:5::1 7',
  '2001:db8:5::2 0',
];
const MENDED = ['2001:db8:3::1 7', '2001:db8:3::2 7', '2001:db8:3:ffff::3 7', '2001:db8:4::1 2'];
const EXPECTED: Readonly<Record<LeaseChecks, { leases: string[]; counts: object | null }>> = {
  none: { leases: KEPT, counts: null },
  warn: { leases: KEPT, counts: { kept: 4, mended: 0, dropped: 0 } },
  fix: {
    leases: [...MENDED, '2001:db8:5::1 7', '2001:db8:5::2 0'],
    counts: { kept: 1, mended: 3, dropped: 0 },
  },
  'fix-del': { leases: [...MENDED, '2001:db8:5::2 0'], counts: { kept: 0, mended: 3, dropped: 1 } },
  del: { leases: ['2001:db8:3::1 7', '2001:db8:5::2 0'], counts: { kept: 0, mended: 0, dropped: 4 } },
};

for (const [mode, { leases, counts }] of Object.entries(EXPECTED)) {
  t.test(`lease-checks "${mode}" judges addresses, and prefixes not at all`, async (t) => {
    const loaded = load(t, mode as LeaseChecks, ROWS);
    t.same(loaded.leases, [...leases, ...PREFIXES].sort());
    const said = loaded.log.events.find(({ id }) => id === 'TDM_JOURNAL_LEASES_MISPLACED');
    t.same(said?.fields ?? null, counts);
  });
}

t.test('the subnet of an address is found by prefixes of any length, the lowest id first', async (t) => {
  const subnets: Subnet[] = [
    [5, '::', 0],
    [4, '2001:db8:4000::', 35],
    [6, '2001:db8:5fff:ffff::', 63],
    [3, '2001:db8:5fff:ffff::1', 128],
  ];
  const rightOf = (address: string): string[] => load(t, 'fix', [row(address, 9)], subnets).leases;
  t.same(rightOf('2001:db8:5fff:ffff::1'), ['2001:db8:5fff:ffff::1 3']);
  t.same(rightOf('2001:db8:5fff:ffff::2'), ['2001:db8:5fff:ffff::2 4']);
  t.same(rightOf('2001:db8:6000::1'), ['2001:db8:6000::1 5']);
});

t.test('a lease that was moved and then dropped does not come back as it was before', async (t) => {
  const { leases, log } = load(t, 'del', [row('2001:db8:3::1', 7), row('2001:db8:3::1', 2)]);
  t.same(leases, []);
  t.match(log.events, [
    {
      id: 'TDM_JOURNAL_LEASE_MISPLACED',
      fields: { address: '2001:db8:3::1', subnetId: 2, rightSubnetId: 7, done: 'dropped' },
    },
  ]);
});

t.test('what a lease says of its relays is brought into the form of today, or goes', async (t) => {
  const userContext = (relays: string): object => ({
    userContext: Buffer.from(`{ "ISC": { "relays": ${relays} }, "comment": "x" }`),
  });
  const older = '[ { "hop": 0, "link": "::", "options": "0x003500020102", "peer": "::" } ]';
  const rows = [row('2001:db8:3::1', 7, userContext(older)), row('2001:db8:3::2', 7, userContext('5'))];
  const { contexts, log } = load(t, 'warn', rows);
  t.same(contexts, [
    '{ "ISC": { "relay-info": [ { "hop": 0, "link": "::", "options": "0x003500020102", "peer": "::", "relay-id": "0102" } ] }, "comment": "x" }',
    '{ "comment": "x" }',
  ]);
  t.match(log.events, [
    {
      id: 'TDM_JOURNAL_EXTENDED_INFO_REMOVED',
      fields: { address: '2001:db8:3::2', reason: 'relay-info is no list' },
    },
    { id: 'TDM_JOURNAL_EXTENDED_INFOS_REMOVED', fields: { leases: 1 } },
  ]);
});
