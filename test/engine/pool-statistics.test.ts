/** Statistics of pools: what Kea counts under `subnet[ID].pool[POOL ID]`, and what the table holds. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { allocateStatistics, StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../src/engine/figures/statistics-reader.ts';
import { createReclaimer4 } from '../../src/engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../src/engine/leases/main-lease-store.ts';
import { allocateServerPools } from '../../src/engine/subnets/pool-plan.ts';
import { poolSeries } from '../../src/engine/subnets/pool-series.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { type BenchServer, configOf } from './bench-server.ts';
import { leaseOf } from './leases.ts';
import { decline, release, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

/** Two pools of one number, one of another, and addresses of no pool; subnet 2 has a pool with the same number. */
const SUBNETS = (second: number) => ({
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/24',
      relay: { 'ip-addresses': ['127.0.0.1'] },
      pools: [
        { pool: '10.0.0.10 - 10.0.0.12' },
        { pool: '10.0.0.20 - 10.0.0.29', 'pool-id': second },
        { pool: '10.0.0.13 - 10.0.0.15' },
      ],
      reservations: [{ 'hw-address': '02:00:00:00:00:09', 'ip-address': '10.0.0.99' }],
    },
    { id: 2, subnet: '10.0.1.0/24', pools: [{ pool: '10.0.1.0/28', 'pool-id': second }] },
  ],
});
const RECLAIM = {
  reclaimTimerWaitSec: 10,
  flushReclaimedTimerWaitSec: 25,
  holdReclaimedSec: 3600,
  maxReclaimLeases: 0,
  maxReclaimMs: 0,
};

function countersOf(reader: StatisticsReader, name: string): number[] {
  const all = reader.all();
  return [1, 2].flatMap((id) =>
    [0, 7].flatMap((pool) => all.get(`subnet[${id}].pool[${pool}].${name}`) ?? []),
  );
}

/** Addresses of the table that are assigned, by series. */
function held(server: BenchServer, pools: ReturnType<typeof poolSeries>): number[] {
  const counts = pools.series.map(() => 0);
  const { rows } = server.book.table;
  for (let slot = 0; slot < server.book.table.highWater(); slot++) {
    const [address, state] = [rows.address(slot), rows.state(slot)];
    if (state !== LeaseState.assigned && state !== LeaseState.declined) continue;
    const pool = pools.pools.find(
      ({ first, last, subnetId }) => subnetId === rows.subnetId(slot) && address >= first && address <= last,
    );
    if (pool !== undefined) counts[pool.series]! += 1;
  }
  return counts;
}

function sceneFor(t: { teardown: (done: () => void) => void }) {
  const clock = new TestClock();
  const server = serverFor(t, SUBNETS(7), { clock, changeLogBytes: 1 << 22 });
  const pools = poolSeries(server.config.subnets);
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1, 2], pools.pools);
  const durability = { durable: async () => {} };
  const store = new MainLeaseStore({ book: server.book, accounting: () => accounting, durability, clock });
  return { clock, server, pools, accounting, store, reader: new StatisticsReader(server.statistics) };
}

t.test('pools of one number are one series, in each subnet its own', async (t) => {
  const { series, pools } = poolSeries(configOf(SUBNETS(7)).subnets);
  t.same(series, [
    { subnetId: 1, kind: 'pool', poolId: 0, units: 6n },
    { subnetId: 1, kind: 'pool', poolId: 7, units: 10n },
    { subnetId: 2, kind: 'pool', poolId: 7, units: 16n },
  ]);
  t.same(
    pools.map((pool) => pool.series),
    [0, 0, 1, 2],
  );
});

t.test('a lease counts for the pool of its address through all its life', async (t) => {
  const { clock, server, pools, accounting, store, reader } = sceneFor(t);
  const is = (name: string, counts: readonly number[], when: string): void => {
    t.same(countersOf(reader, name), counts, `${name} ${when}`);
    if (name === 'assigned-addresses') t.same(held(server, pools), counts, `the table ${when}`);
  };
  for (const host of [10, 13, 20, 21]) server.ask(request(host, `10.0.0.${host}`));
  server.ask(request(9, '10.0.0.99'));
  is('assigned-addresses', [2, 2, 0], 'after five grants, one of no pool');
  is('cumulative-assigned-addresses', [2, 2, 0], 'after five grants');
  t.equal(reader.subnet(0, 'assigned-addresses'), 5, 'the subnet counts the one outside of its pools');
  server.ask(release(13, '10.0.0.13'));
  server.ask(decline(20, '10.0.0.20'));
  is('assigned-addresses', [1, 2, 0], 'after a release and a decline');
  is('declined-addresses', [0, 1, 0], 'after a decline');
  store.put(leaseOf(parseIpv4('10.0.1.3')!, { subnetId: 2, clttSec: clock.wallSec(), validLifetimeSec: 60 }));
  store.put(
    leaseOf(parseIpv4('10.0.0.12')!, {
      subnetId: 1,
      clttSec: clock.wallSec(),
      validLifetimeSec: 60,
      poolId: 7,
    }),
  );
  is('assigned-addresses', [2, 2, 1], 'after two updates; the number in a row says nothing');
  store.put(
    leaseOf(parseIpv4('10.0.0.12')!, { subnetId: 2, clttSec: clock.wallSec(), validLifetimeSec: 60 }),
  );
  is('assigned-addresses', [1, 2, 1], 'after a lease went to a subnet that has no such pool');
  store.remove(parseIpv4('10.0.1.3')!);
  is('assigned-addresses', [1, 2, 0], 'after a deletion');
  clock.pass(100_000);
  const reclaimer = createReclaimer4(
    server.book,
    () => accounting,
    () => server.events,
    clock,
  );
  await reclaimer.cycle(RECLAIM, true, async () => {});
  is('assigned-addresses', [0, 0, 0], 'after everything is over');
  is('reclaimed-leases', [1, 2, 0], 'after everything is over');
  is('declined-addresses', [0, 0, 0], 'after everything is over');
  is('reclaimed-declined-addresses', [0, 1, 0], 'after everything is over');
});

t.test('a lease that is over and taken by another client counts once', async (t) => {
  const { clock, server, pools, reader } = sceneFor(t);
  for (let host = 10; host <= 15; host++) server.ask(request(host, `10.0.0.${host}`));
  clock.pass(100_000);
  server.ask(request(50, '10.0.0.11'));
  t.same(countersOf(reader, 'assigned-addresses'), held(server, pools));
  t.same(countersOf(reader, 'cumulative-assigned-addresses'), [7, 0, 0]);
  t.same(countersOf(reader, 'reclaimed-leases'), [1, 0, 0]);
});

t.test('another configuration finds what lies in its pools', async (t) => {
  const { server, reader } = sceneFor(t);
  for (const host of [10, 20, 21]) server.ask(request(host, `10.0.0.${host}`));
  server.ask(decline(20, '10.0.0.20'));
  // The second pool gets the number of the first.
  const config = configOf(SUBNETS(0));
  const pools = poolSeries(config.subnets);
  const statistics = allocateStatistics(2, [1, 2], pools.series);
  const writer = new StatisticsWriter(statistics, 0);
  writer.takeOver(reader);
  const after = new StatisticsReader(statistics);
  const accounting = new LeaseAccounting(writer, [1, 2], pools.pools);
  server.book.replacePools(allocateServerPools(config), 0);
  accounting.recount(server.book, after);
  t.same(countersOf(after, 'assigned-addresses'), [3, 0]);
  t.same(countersOf(after, 'declined-addresses'), [1, 0]);
  accounting.recount(server.book, after);
  t.same(countersOf(after, 'assigned-addresses'), [3, 0], 'to count again changes nothing');
});
