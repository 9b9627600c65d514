import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { P6, PD6, STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import {
  allocateStatistics,
  G,
  GLOBAL_STATISTICS,
  P,
  POOL_STATISTICS,
  S,
  StatisticsWriter,
  SUBNET_STATISTICS,
} from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { LeaseAccounting } from '../../../src/engine/leases/lease-accounting.ts';
import { LeaseState } from '../../../src/lease/state.ts';

t.test('a value is the sum of what every thread has counted', async (t) => {
  const memory = allocateStatistics(3, [10, 20]);
  const writers = [0, 1, 2].map((writer) => new StatisticsWriter(memory, writer));
  writers[0]!.add(G['pkt4-received']);
  writers[1]!.add(G['pkt4-received'], 5);
  writers[2]!.add(G['assigned-addresses'], -2);
  writers[2]!.addSubnet(1, S['assigned-addresses'], 7);
  const reader = new StatisticsReader(memory);
  t.equal(reader.global('pkt4-received'), 6);
  t.equal(reader.global('assigned-addresses'), -2);
  t.equal(reader.all().get('subnet[20].assigned-addresses'), 7);
  t.equal(reader.all().get('subnet[10].assigned-addresses'), 0);
});

t.test('every statistic has a cell of its own', async (t) => {
  const subnetIds = [1, 7, 4294967294];
  const pools = [
    { subnetId: 1, kind: 'pool', poolId: 0 },
    { subnetId: 7, kind: 'pool', poolId: 4294967295 },
  ] as const;
  const memory = allocateStatistics(2, subnetIds, pools);
  const writer = new StatisticsWriter(memory, 1);
  const expected = new Map<string, number>();
  let value = 1;
  for (const name of GLOBAL_STATISTICS) {
    writer.add(G[name], value);
    expected.set(name, value++);
  }
  subnetIds.forEach((id, index) => {
    for (const name of SUBNET_STATISTICS) {
      writer.addSubnet(index, S[name], value);
      expected.set(`subnet[${id}].${name}`, value++);
    }
  });
  pools.forEach(({ subnetId, poolId }, series) => {
    for (const name of POOL_STATISTICS) {
      writer.addPool(series, P[name], value);
      expected.set(`subnet[${subnetId}].pool[${poolId}].${name}`, value++);
    }
  });
  t.same(new StatisticsReader(memory).all(), expected);
});

t.test('pools of addresses and of prefixes have names of their own', async (t) => {
  const pools = [
    { subnetId: 1, kind: 'pd-pool', poolId: 5 },
    { subnetId: 1, kind: 'pool', poolId: 5 },
    { subnetId: 2, kind: 'pd-pool', poolId: 5 },
  ] as const;
  const memory = allocateStatistics(1, [1, 2], pools, STATISTICS_6);
  const writer = new StatisticsWriter(memory, 0);
  writer.addPool(0, PD6['assigned-pds'], 2);
  writer.addPool(1, P6['reclaimed-leases'], 3);
  writer.addPool(2, PD6['reclaimed-leases'], 4);
  const reader = new StatisticsReader<typeof STATISTICS_6>(memory);
  t.equal(reader.pool(0, 'assigned-pds'), 2);
  t.equal(reader.pool(1, 'reclaimed-leases'), 3);
  t.equal(reader.pool(2, 'reclaimed-leases'), 4);
  t.throws(() => reader.pool(0, 'assigned-nas'), /the statistic is counted/);
  const ofPools = [...reader.all()].filter(([name, value]) => /pool/.test(name) && value !== 0);
  t.same(ofPools, [
    ['subnet[1].pd-pool[5].assigned-pds', 2],
    ['subnet[1].pool[5].reclaimed-leases', 3],
    ['subnet[2].pd-pool[5].reclaimed-leases', 4],
  ]);
});

t.test('a writer without a row is a fault of the program', async (t) => {
  const memory = allocateStatistics(2, []);
  for (const writer of [-1, 2]) t.throws(() => new StatisticsWriter(memory, writer), /invariant/);
});

t.test('another set of subnets and pools takes over what both have', async (t) => {
  const pool = (subnetId: number, poolId: number) => ({ subnetId, kind: 'pool' as const, poolId });
  const before = allocateStatistics(2, [1, 2], [pool(1, 0), pool(2, 0), pool(2, 7)]);
  const writer = new StatisticsWriter(before, 1);
  writer.add(G['pkt4-received'], 9);
  writer.addSubnet(0, S['assigned-addresses'], 3);
  writer.addSubnet(1, S['assigned-addresses'], 4);
  writer.addPool(1, P['assigned-addresses'], 5);
  writer.addPool(2, P['assigned-addresses'], 6);
  const after = allocateStatistics(2, [2, 3], [pool(2, 7), pool(3, 0)]);
  new StatisticsWriter(after, 0).takeOver(new StatisticsReader(before));
  const values = new StatisticsReader(after).all();
  t.equal(values.get('pkt4-received'), 9);
  t.equal(values.get('subnet[2].assigned-addresses'), 4);
  t.equal(values.get('subnet[3].assigned-addresses'), 0);
  t.notOk(values.has('subnet[1].assigned-addresses'));
  t.equal(values.get('subnet[2].pool[7].assigned-addresses'), 6);
  t.equal(values.get('subnet[3].pool[0].assigned-addresses'), 0);
});

t.test('threads that count at the same time lose nothing', async (t) => {
  const memory = allocateStatistics(3, [1]);
  const rounds = 200_000;
  const url = new URL('../statistics-thread.js', import.meta.url);
  const threads = [1, 2].map((writer) =>
    once(new Worker(url, { workerData: { memory, writer, rounds } }), 'exit'),
  );
  await Promise.all(threads);
  const reader = new StatisticsReader(memory);
  t.equal(reader.global('pkt4-received'), 2 * rounds);
  t.equal(reader.all().get('subnet[1].assigned-addresses'), 2 * rounds);
});

t.test('main counts leases by the states they leave and enter', async (t) => {
  const memory = allocateStatistics(1, [5, 6]);
  const reader = new StatisticsReader(memory);
  const accounting = new LeaseAccounting(new StatisticsWriter(memory, 0), [5, 6]);
  const { assigned, declined, expiredReclaimed, released, offered } = LeaseState;
  const counted = (): number[] =>
    (['assigned-addresses', 'cumulative-assigned-addresses', 'declined-addresses'] as const).map((name) =>
      reader.global(name),
    );
  const moves: readonly (readonly [
    before: number | null,
    after: number | null,
    values: readonly number[],
  ])[] = [
    [null, assigned, [1, 1, 0]],
    [assigned, assigned, [1, 1, 0]],
    [assigned, declined, [1, 1, 1]],
    [declined, assigned, [1, 1, 0]],
    [assigned, released, [0, 1, 0]],
    [released, assigned, [1, 2, 0]],
    [assigned, expiredReclaimed, [0, 2, 0]],
    [offered, declined, [1, 3, 1]],
    [declined, null, [0, 3, 0]],
    [null, expiredReclaimed, [0, 3, 0]],
  ];
  for (const [before, after, values] of moves) {
    accounting.changed(6, 0, before, after);
    t.same(counted(), values, `${before} to ${after}`);
  }
  accounting.reclaimed(6, 0, declined);
  accounting.reclaimed(99, 0, assigned);
  t.equal(reader.global('reclaimed-leases'), 2, 'a lease of no subnet counts in the whole');
  t.equal(reader.all().get('subnet[6].reclaimed-leases'), 1);
  t.equal(reader.all().get('subnet[6].reclaimed-declined-addresses'), 1);
  t.equal(reader.all().get('subnet[5].reclaimed-leases'), 0);
});
