import t from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { StatisticsWriter } from '../../../src/engine/figures/statistics.ts';
import { createReclaimer4 } from '../../../src/engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../../src/engine/leases/main-lease-store.ts';
import { ChangeWord } from '../../../src/lease/change-log.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { leaseOf } from '../leases.ts';
import { ModelDisk } from '../model-disk.ts';
import { countAssigned, discover, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const LIMITLESS = {
  reclaimTimerWaitSec: 10,
  flushReclaimedTimerWaitSec: 25,
  holdReclaimedSec: 3600,
  maxReclaimLeases: 0,
  maxReclaimMs: 0,
};
const noPause = async (): Promise<void> => {};
const FIRST = parseIpv4('10.0.0.10')!;

function benchFor(t: { teardown: (done: () => void) => void }, changeLogBytes = 1 << 22) {
  const clock = new TestClock();
  const server = serverFor(t, {}, { clock, changeLogBytes });
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1]);
  const durability = { durable: async () => {} };
  const store = new MainLeaseStore({ book: server.book, accounting: () => accounting, durability, clock });
  const reclaimer = createReclaimer4(
    server.book,
    () => accounting,
    () => server.events,
    clock,
  );
  const add = (host: number, fields: Partial<Lease4> = {}): void => {
    const hwAddress = Uint8Array.of(2, 0, 0, 0, host >>> 8, host & 255);
    const lease = leaseOf(FIRST + host, {
      hwAddress,
      clttSec: clock.wallSec(),
      validLifetimeSec: 100,
      ...fields,
    });
    if (store.put(lease) === 'full') throw new Error('no room');
  };
  return { clock, server, store, reclaimer, add, disk: new ModelDisk(server) };
}

t.test('a lease is over the second after its end, and then loses its name but not its client', async (t) => {
  const { clock, server, reclaimer, add, disk } = benchFor(t);
  const clientId = new Uint8Array(100).fill(9);
  add(0, { clientId, hostname: 'name', userContext: '{"a":1}', fqdnFwd: true });
  clock.pass(100);
  t.same(await reclaimer.cycle(LIMITLESS, true, noPause), { reclaimed: 0, deleted: 0, left: 0 });
  clock.pass(1);
  t.same(await reclaimer.cycle(LIMITLESS, true, noPause), { reclaimed: 1, deleted: 0, left: 0 });
  const expected = {
    state: LeaseState.expiredReclaimed,
    clientId,
    hostname: '',
    userContext: '',
    fqdnFwd: false,
  };
  t.match(server.lease('10.0.0.10'), expected);
  t.equal(server.lease('10.0.0.10')?.clttSec, clock.wallSec() - 101, 'its times stay');
  disk.read();
  t.same(disk.written.get('10.0.0.10'), server.lease('10.0.0.10'));
  t.equal(server.statistic('assigned-addresses'), 0);
  t.equal(server.statistic('reclaimed-leases'), 1);
  t.equal(server.subnetStatistic('subnet[1].reclaimed-leases'), 1);
  t.equal(server.book.pools.freeCount(0), 11);
});

t.test('a reclaimed lease is deleted when it was kept long enough after its end', async (t) => {
  const { clock, server, reclaimer, add, disk } = benchFor(t);
  add(0);
  clock.pass(101);
  await reclaimer.cycle(LIMITLESS, true, noPause);
  clock.pass(3598);
  t.equal((await reclaimer.cycle(LIMITLESS, true, noPause)).deleted, 0);
  clock.pass(1);
  t.equal((await reclaimer.cycle(LIMITLESS, true, noPause)).deleted, 1);
  t.equal(server.lease('10.0.0.10'), null);
  disk.read();
  t.equal(disk.written.size, 0);
  t.equal(server.statistic('reclaimed-leases'), 1);
});

t.test('without affinity a lease is deleted at once, and so is a declined one always', async (t) => {
  const { clock, server, reclaimer, add, disk } = benchFor(t);
  add(0);
  clock.pass(101);
  const nothingKept = { ...LIMITLESS, flushReclaimedTimerWaitSec: 0 };
  t.same(await reclaimer.cycle(nothingKept, true, noPause), { reclaimed: 1, deleted: 1, left: 0 });
  add(1, { state: LeaseState.declined, hwAddress: new Uint8Array(0) });
  t.equal(server.statistic('declined-addresses'), 1);
  clock.pass(101);
  t.same(await reclaimer.cycle(LIMITLESS, true, noPause), { reclaimed: 1, deleted: 1, left: 0 });
  t.same(server.addresses(), []);
  disk.read();
  t.equal(disk.written.size, 0);
  t.equal(server.statistic('declined-addresses'), 0);
  t.equal(server.statistic('reclaimed-declined-addresses'), 1);
  t.equal(server.statistic('assigned-addresses'), 0);
  t.equal(server.book.pools.freeCount(0), 11);
});

t.test('a released lease is kept for its client, then deleted', async (t) => {
  const { clock, server, reclaimer, add } = benchFor(t);
  add(0, { state: LeaseState.released, validLifetimeSec: 0 });
  clock.pass(3599);
  await reclaimer.cycle(LIMITLESS, true, noPause);
  t.ok(server.lease('10.0.0.10'));
  clock.pass(1);
  await reclaimer.cycle(LIMITLESS, true, noPause);
  t.equal(server.lease('10.0.0.10'), null);
  t.equal(server.statistic('reclaimed-leases'), 0, 'it was not reclaimed but given back');
});

t.test('an infinite lease is never touched', async (t) => {
  const { clock, server, reclaimer, add } = benchFor(t);
  add(0, { validLifetimeSec: 0xffffffff, clttSec: 1 });
  clock.pass(2_000_000_000);
  t.same(await reclaimer.cycle(LIMITLESS, true, noPause), { reclaimed: 0, deleted: 0, left: 0 });
  t.equal(server.lease('10.0.0.10')?.state, LeaseState.assigned);
});

t.test('an ended offer goes, with no trace in the lease file', async (t) => {
  const { clock, server, reclaimer, disk } = benchFor(t);
  server.ask(discover(1));
  clock.pass(10);
  await reclaimer.cycle(LIMITLESS, true, noPause);
  t.equal(server.addresses().length, 1);
  clock.pass(1);
  t.same(await reclaimer.cycle(LIMITLESS, false, noPause), { reclaimed: 0, deleted: 0, left: 0 });
  t.same(server.addresses(), []);
  disk.read();
  t.equal(disk.written.size, 0);
  t.equal(server.book.pools.freeCount(0), 11);
});

t.test('a cycle that may not reclaim frees addresses and writes nothing', async (t) => {
  const { clock, server, reclaimer, add, disk } = benchFor(t);
  add(0);
  add(1, { state: LeaseState.expiredReclaimed });
  disk.read();
  const written = new Map(disk.written);
  clock.pass(10_000);
  t.same(await reclaimer.cycle(LIMITLESS, false, noPause), { reclaimed: 0, deleted: 0, left: 1 });
  disk.read();
  t.same(disk.written, written);
  t.equal(server.book.pools.freeCount(0), 11);
  t.equal(server.statistic('assigned-addresses'), 1, 'until it is reclaimed it counts');
  t.equal(server.statistic('assigned-addresses'), countAssigned(server));
});

t.test(
  'not more leases than allowed are reclaimed in a cycle; the rest waits, its addresses free',
  async (t) => {
    const { clock, server, reclaimer, add } = benchFor(t);
    for (let host = 0; host < 10; host++) add(host);
    clock.pass(101);
    const limited = { ...LIMITLESS, maxReclaimLeases: 4 };
    t.same(await reclaimer.cycle(limited, true, noPause), { reclaimed: 4, deleted: 0, left: 6 });
    t.equal(server.book.pools.freeCount(0), 11);
    t.same(await reclaimer.cycle(limited, true, noPause), { reclaimed: 4, deleted: 0, left: 2 });
    t.same(await reclaimer.cycle(limited, true, noPause), { reclaimed: 2, deleted: 0, left: 0 });
    t.equal(server.statistic('assigned-addresses'), 0);
    t.equal(server.statistic('reclaimed-leases'), 10);
  },
);

t.test('the time of a cycle is limited, and the lock is free between its steps', async (t) => {
  const { clock, server, reclaimer, add } = benchFor(t);
  for (let host = 0; host < 2000; host++) add(host);
  clock.pass(101);
  let pauses = 0;
  const pause = async (): Promise<void> => {
    pauses++;
    server.book.table.lock();
    server.book.table.unlock();
    clock.pass(1);
  };
  const report = await reclaimer.cycle({ ...LIMITLESS, maxReclaimMs: 1500 }, true, pause);
  t.equal(pauses, 4, '512 rows a step');
  t.same(report, { reclaimed: 1024, deleted: 0, left: 976 });
  t.equal(server.statistic('assigned-addresses'), countAssigned(server));
});

t.test('the journal is woken when something was written, and not otherwise', async (t) => {
  const { clock, server, reclaimer, add } = benchFor(t);
  const words = new Int32Array(server.bookMemory.changes.words);
  add(0);
  await reclaimer.cycle(LIMITLESS, true, noPause);
  t.equal(words[ChangeWord.pending], 0);
  clock.pass(101);
  await reclaimer.cycle(LIMITLESS, true, noPause);
  t.equal(words[ChangeWord.pending], 1);
});

t.test('with a change log that fills up nothing is reclaimed: the shards’ room comes first', async (t) => {
  const { clock, server, reclaimer, add } = benchFor(t, 1 << 21);
  add(0);
  add(1, { state: LeaseState.expiredReclaimed });
  clock.pass(10_000);
  const filler = new Uint8Array(60_000);
  while (server.book.changes.free() > 1 << 20) server.book.changes.append(filler, filler.length);
  t.same(await reclaimer.cycle(LIMITLESS, true, noPause), { reclaimed: 0, deleted: 0, left: 1 });
  t.equal(server.addresses().length, 2);
  t.equal(server.book.pools.freeCount(0), 11, 'the addresses are free all the same');
});

t.test('leases that come while a cycle pauses are looked at too', async (t) => {
  const { clock, reclaimer, add, server } = benchFor(t);
  for (let host = 0; host < 600; host++) add(host);
  clock.pass(101);
  let isFirst = true;
  const report = await reclaimer.cycle(LIMITLESS, true, async () => {
    if (isFirst) for (let host = 600; host < 700; host++) add(host, { clttSec: 1 });
    isFirst = false;
  });
  t.equal(report.reclaimed, 700);
  t.equal(server.statistic('assigned-addresses'), 0);
});
