import t from 'tap';
import { allocateLedger6, Ledger6 } from '../../../src/load/dhcp6/ledger6.ts';
import { Recorded } from '../../../src/load/ledger-table.ts';
import { ip6, prefix6 } from '../../engine/dhcp6/config.ts';

function enter(ledger: Ledger6, lease: string, client: number, nowSec = 1000, validSec = 60): Recorded {
  const { prefix, prefixLength } = lease.includes('/')
    ? prefix6(lease)
    : { prefix: ip6(lease), prefixLength: 128 };
  return ledger.record(prefix, 0, prefixLength, client, nowSec, validSec);
}

t.test('remembers the last acknowledgement, seen through any view of the memory', async (t) => {
  const memory = allocateLedger6(64);
  const writer = new Ledger6(memory);
  t.equal(enter(writer, '2001:db8::1', 5), Recorded.fresh);
  t.equal(enter(writer, '2001:db8::1', 5, 1030), Recorded.again);
  t.equal(enter(writer, '2001:db8::/64', 6), Recorded.fresh);
  const reader = new Ledger6(memory);
  t.match(reader.get(ip6('2001:db8::1')), { client: 5, ackSec: 1030, leaseTimeSec: 60, prefixLength: 128 });
  t.match(reader.get(ip6('2001:db8::'), 64), { client: 6 });
  t.equal(reader.get(ip6('2001:db8::'), 63), null);
  t.equal(reader.size, 2);
  t.same(new Set([...reader.leases()].map(({ prefixLength }) => prefixLength)), new Set([64, 128]));
});

t.test('two clients of one prefix are a conflict while the first one holds it', async (t) => {
  const ledger = new Ledger6(allocateLedger6(64));
  enter(ledger, '2001:db8::/56', 1);
  t.equal(enter(ledger, '2001:db8::/56', 2, 1060), Recorded.fresh);
  t.equal(enter(ledger, '2001:db8::/56', 3, 1119), Recorded.conflict);
  t.same(ledger.conflicts(), [{ lease: '2001:db8::/56', earlierClient: 2, laterClient: 3 }]);
});

t.test('keeps the details of the first conflicts only, and loses nothing when it is full', async (t) => {
  const ledger = new Ledger6(allocateLedger6(64));
  for (let client = 0; client < 40; client++) enter(ledger, '2001:db8::1', client);
  t.equal(ledger.conflicts().length, 16);
  for (let i = 2; i < 57; i++) t.equal(enter(ledger, `2001:db8::${i}`, i), Recorded.fresh);
  t.equal(enter(ledger, '2001:db8::99', 99), Recorded.full);
  t.equal([...ledger.leases()].length, 56);
});

t.test('a lease that lies inside of another one is found, in whichever order they came', async (t) => {
  const ledger = new Ledger6(allocateLedger6(256));
  for (const lease of [
    '2001:db8:0:100::1',
    '2001:db8:0:100::/56',
    '2001:db8:0:200::/56',
    '2001:db8:0:2ff::/64',
    '2001:db8:0:300::/56',
    '2001:db8:0:400::1',
    '2001:db8:ff00::/48',
    '2001:db8:ff00::/56',
    '2001:db8:ff00::1',
    '2001:db8:fe00::/48',
  ])
    enter(ledger, lease, 1);
  t.same(ledger.overlaps(1001), [
    { inner: '2001:db8:0:100::1', outer: '2001:db8:0:100::/56' },
    { inner: '2001:db8:0:2ff::/64', outer: '2001:db8:0:200::/56' },
    { inner: '2001:db8:ff00::/56', outer: '2001:db8:ff00::/48' },
    { inner: '2001:db8:ff00::1', outer: '2001:db8:ff00::/56' },
  ]);
  t.same(ledger.overlaps(1060), [], 'of leases that have ended nobody is hurt');
});
