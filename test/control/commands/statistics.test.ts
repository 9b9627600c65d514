import { spawnSync } from 'node:child_process';
import t from 'tap';
import type { ServerConfig } from '../../../src/config/model.ts';
import type { Answer } from '../../../src/control/answer.ts';
import {
  addressTotals,
  createStatisticsCommands,
  StatisticValues,
} from '../../../src/control/commands/statistics.ts';
import { SAMPLES_MAX, type Sample, StatisticHistory } from '../../../src/control/statistic-history.ts';
import {
  allocateStatistics,
  G,
  GLOBAL_STATISTICS,
  S,
  StatisticsWriter,
  SUBNET_STATISTICS,
} from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';

const WALL_MS = Date.UTC(2026, 10, 20, 22, 48, 48, 123);

function setUp(limit = { count: 20, ageSec: 0 }) {
  const memory = allocateStatistics(2, [1, 7]);
  const reader = new StatisticsReader(memory);
  const totals = new Map([['subnet[7].total-addresses', 11]]);
  const now = { wallMs: WALL_MS };
  const reported = new Map<string, Sample>();
  const values = new StatisticValues();
  const history = new StatisticHistory({
    clock: { wallSec: () => now.wallMs / 1000, wallMs: () => now.wallMs, monotonicMs: () => 0 },
    values: (isAllWanted) => values.look(reader, totals, isAllWanted),
    reported: () => reported,
    limit: () => limit,
  });
  const commands = createStatisticsCommands(history);
  const run = (name: string, args?: unknown) => commands.get(name)!(args) as Answer;
  return {
    now,
    history,
    reported,
    main: new StatisticsWriter(memory, 0),
    shard: new StatisticsWriter(memory, 1),
    run,
    values: (name: string) =>
      (run('statistic-get', { name }).arguments as Record<string, unknown[][]>)[name]?.map(
        ([value]) => value,
      ),
  };
}

t.test('statistic-get gives one sample, summed over all threads', async (t) => {
  const { main, shard, run } = setUp();
  main.add(G['pkt4-received'], 2);
  shard.add(G['pkt4-received'], 40);
  t.match(run('statistic-get', { name: 'pkt4-received' }), {
    result: 0,
    arguments: { 'pkt4-received': [[42, /^2026-11-\d\d \d\d:48:48\.123000$/]] },
  });
});

t.test('statistic-get finds statistics of a subnet, counted or given by the configuration', async (t) => {
  const { shard, run } = setUp();
  shard.addSubnet(1, S['assigned-addresses'], 3);
  const value = (name: string) =>
    (run('statistic-get', { name }).arguments as Record<string, unknown[][]>)[name]?.[0]?.[0];
  t.equal(value('subnet[7].assigned-addresses'), 3);
  t.equal(value('subnet[1].assigned-addresses'), 0);
  t.equal(value('subnet[7].total-addresses'), 11);
});

t.test('an unknown statistic is an empty map and no error', async (t) => {
  const { run } = setUp();
  for (const name of ['nope', '', '__proto__', 'constructor', 'subnet[2].assigned-addresses']) {
    t.equal(JSON.stringify(run('statistic-get', { name })), '{"result":0,"arguments":{}}', name);
  }
});

t.test('statistic-get without a name is refused with the words of Kea', async (t) => {
  const { run } = setUp();
  for (const args of [undefined, {}])
    t.same(run('statistic-get', args), { result: 1, text: "Missing mandatory 'name' parameter." });
  const text = 'Error during command processing: get(string) called on a non-map Element';
  for (const args of [[], null, 'pkt4-received']) t.same(run('statistic-get', args), { result: 1, text });
  t.same(run('statistic-get', { name: 3 }), { result: 1, text: "'name' parameter expected to be a string." });
});

t.test('statistic-get-all gives every statistic and ignores arguments', async (t) => {
  const { shard, run } = setUp();
  shard.addSubnet(0, S['declined-addresses']);
  const { result, arguments: all } = run('statistic-get-all', { x: 1 });
  t.equal(result, 0);
  const names = Object.keys(all as object);
  t.equal(names.length, GLOBAL_STATISTICS.length + 2 * SUBNET_STATISTICS.length + 1);
  t.match(all, {
    'subnet[1].declined-addresses': [[1, String]],
    'subnet[7].declined-addresses': [[0, String]],
    'subnet[7].total-addresses': [[11, String]],
  });
});

t.test('times are local, as in Kea', async (t) => {
  // The zone of a process is fixed when it starts.
  const module = new URL('../../../src/control/kea-time.js', import.meta.url);
  const script = `
    const { formatTimestamp, formatUtcTimestamp } = await import(${JSON.stringify(module.href)});
    console.log(formatTimestamp(${WALL_MS}), formatUtcTimestamp(${WALL_MS}));`;
  const inZone = (TZ: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { TZ },
      encoding: 'utf8',
    }).stdout.trim();
  const utc = '2026-11-20 22:48:48.123000';
  t.equal(inZone('UTC'), `${utc} ${utc}`);
  t.equal(inZone('Asia/Kolkata'), `2026-11-21 04:18:48.123000 ${utc}`);
});

t.test(
  'each look keeps a sample of what has changed, the newest first, at most as many as are asked for',
  async (t) => {
    const { shard, now, history, values, run } = setUp({ count: 3, ageSec: 0 });
    history.look();
    for (let second = 1; second <= 4; second++) {
      now.wallMs += 1000;
      shard.add(G['pkt4-received'], 10);
      history.look();
      history.look();
    }
    t.same(values('pkt4-received'), [40, 30, 20]);
    t.same(values('pkt4-sent'), [0], 'what does not change has one');
    const all = run('statistic-get', { name: 'pkt4-received' }).arguments as Record<
      string,
      [number, string][]
    >;
    const [newest = '', older = ''] = all['pkt4-received']!.map(([, time]) => time);
    t.equal(Date.parse(newest) - Date.parse(older), 1000);
    shard.add(G['pkt4-received']);
    t.same(values('pkt4-received'), [41, 40, 30], 'a question looks too');
  },
);

t.test('a reset begins anew at 0, and a removed statistic comes back when it is counted', async (t) => {
  const { shard, run, values } = setUp();
  shard.add(G['pkt4-received'], 5);
  t.same(run('statistic-reset', { name: 'pkt4-received' }), {
    result: 0,
    text: "Statistic 'pkt4-received' reset.",
  });
  t.same(values('pkt4-received'), [0]);
  shard.add(G['pkt4-received'], 2);
  t.same(values('pkt4-received'), [2, 0]);
  t.match(run('statistic-remove', { name: 'pkt4-received' }), { text: "Statistic 'pkt4-received' removed." });
  t.equal(values('pkt4-received'), undefined);
  for (const command of ['statistic-reset', 'statistic-remove'])
    t.match(run(command, { name: 'pkt4-received' }), {
      result: 1,
      text: "No 'pkt4-received' statistic found",
    });
  shard.add(G['pkt4-received'], 3);
  t.same(values('pkt4-received'), [3]);
  t.match(run('statistic-remove-all'), { result: 0 });
  t.same(run('statistic-get-all').arguments, {});
  shard.add(G['pkt4-received']);
  t.same(Object.keys(run('statistic-get-all').arguments as object), ['pkt4-received']);
  run('statistic-reset-all');
  t.same(values('pkt4-received'), [0]);
});

t.test('samples are kept by number or by age', async (t) => {
  const { shard, now, history, run, values } = setUp();
  const count = (): void => {
    for (let second = 0; second < 30; second++) {
      now.wallMs += 1000;
      shard.add(G['pkt4-received']);
      history.look();
    }
  };
  count();
  t.equal(values('pkt4-received')?.length, 20);
  run('statistic-sample-count-set', { name: 'pkt4-received', 'max-samples': 5 });
  t.equal(values('pkt4-received')?.length, 5);
  run('statistic-sample-age-set', { name: 'pkt4-received', duration: 10 });
  count();
  t.equal(values('pkt4-received')?.length, 11, 'those of the last ten seconds, both ends');
  run('statistic-sample-count-set-all', { 'max-samples': 2 ** 40 });
  for (let round = 0; round < 40; round++) count();
  t.equal(values('pkt4-received')?.length, SAMPLES_MAX, 'bounded whatever is asked for');
  run('statistic-sample-count-set', { name: 'pkt4-received', 'max-samples': 0 });
  t.equal(values('pkt4-received')?.length, 1, 'the newest one always stays');
});

t.test('wrong numbers of samples and ages are refused', async (t) => {
  const { run } = setUp();
  const rows: [command: string, args: unknown, text: string][] = [
    ['statistic-sample-age-set', { name: 'pkt4-sent' }, "Missing mandatory 'duration' parameter."],
    [
      'statistic-sample-age-set',
      { name: 'pkt4-sent', duration: -1 },
      "'duration' parameter must not be negative",
    ],
    ['statistic-sample-age-set', { name: 'x', duration: 1 }, "No 'x' statistic found"],
    ['statistic-sample-age-set-all', {}, "Missing mandatory 'duration' parameter."],
    ['statistic-sample-count-set', { name: 'x', 'max-samples': 1 }, "No 'x' statistic found"],
    ['statistic-sample-count-set-all', { 'max-samples': 0 }, "'max-samples' parameter must not be zero"],
    [
      'statistic-sample-count-set-all',
      { 'max-samples': 'x' },
      "'max-samples' parameter expected to be an integer.",
    ],
    ['statistic-reset', { name: '__proto__' }, "No '__proto__' statistic found"],
  ];
  for (const [command, args, text] of rows) t.same(run(command, args), { result: 1, text });
});

t.test('a subnet that is gone takes its samples with it', async (t) => {
  let values = new Map([['subnet[1].x', 1]]);
  const history = new StatisticHistory({
    clock: { wallSec: () => 0, wallMs: () => WALL_MS, monotonicMs: () => 0 },
    values: () => ({ isAll: true, values }),
    reported: () => new Map(),
    limit: () => ({ count: 20, ageSec: 0 }),
  });
  history.look();
  values = new Map([['subnet[2].x', 1]]);
  history.look();
  t.same(
    [...history.all()].map(([name]) => name),
    ['subnet[2].x'],
  );
});

t.test('total addresses are those of all pools of a subnet, both ends included', async (t) => {
  const subnets = [
    {
      id: 1,
      pools: [
        { first: 10, last: 20, poolId: 0 },
        { first: 30, last: 30, poolId: 5 },
      ],
    },
    { id: 2, pools: [] },
    { id: 3, pools: [{ first: 0, last: 0xffffffff, poolId: 0 }] },
  ] as unknown as ServerConfig['subnets'];
  t.same(
    [...addressTotals({ subnets })],
    [
      ['subnet[1].total-addresses', 12],
      ['subnet[2].total-addresses', 0],
      ['subnet[3].total-addresses', 2 ** 32],
      ['subnet[1].pool[0].total-addresses', 11],
      ['subnet[1].pool[5].total-addresses', 1],
      ['subnet[3].pool[0].total-addresses', 2 ** 32],
    ],
  );
});

t.test('what Kea has for subnets alone has a name of its own without a subnet', async (t) => {
  const { shard, run } = setUp();
  shard.add(G['assigned-addresses'], 5);
  const all = run('statistic-get-all').arguments as Record<string, unknown>;
  t.notOk('assigned-addresses' in all, 'a reader that wants the subnet of this name would fail');
  t.notOk('total-addresses' in all);
  t.match(all, { 'tandem-assigned-addresses': [[5, String]], 'subnet[1].assigned-addresses': [[0, String]] });
  t.match(run('statistic-get', { name: 'tandem-assigned-addresses' }).arguments, {
    'tandem-assigned-addresses': [[5, String]],
  });
  t.same(run('statistic-get', { name: 'assigned-addresses' }).arguments, {}, 'as in Kea');
});

t.test("every name is one of Kea's or begins with tandem-", async (t) => {
  const { run } = setUp();
  const names = Object.keys(run('statistic-get-all').arguments as object).map((name) =>
    name.replace(/^subnet\[\d+\]\./, 'subnet.'),
  );
  const own = names.filter((name) => !name.startsWith('tandem-') && !isOfKea(name));
  t.same(own, []);
});

/** Names of Kea 2.2, and those that came with later versions. */
function isOfKea(name: string): boolean {
  const types = 'discover|offer|request|ack|nak|release|decline|inform|unknown';
  const later =
    'service-disabled|queue-full|rfc-violation|not-for-us|processing-failed|admin-filtered|limit-exceeded';
  const causes = `(-(shared-network|subnet|no-pools|classes))?`;
  const both = `(cumulative-assigned|declined|reclaimed-declined)-addresses|reclaimed-leases|v4-allocation-fail${causes}|v4-reservation-conflicts|v4-lease-reuses`;
  return [
    `pkt4-(((${types})-)?received|((offer|ack|nak)-)?sent|parse-failed|receive-drop|${later})`,
    both,
    `subnet\\.(${both}|(assigned|total)-addresses)`,
  ].some((pattern) => new RegExp(`^(${pattern})$`).test(name));
}

t.test('one that is set has a sample of each time, and after a reset the next value as it is', async (t) => {
  const { history, now, reported, run, values } = setUp();
  const name = 'perfmon.x.mean-usecs';
  const set = (value: number) => {
    now.wallMs += 1000;
    reported.set(name, [value, now.wallMs]);
    history.look();
    history.look();
  };
  t.same(run('statistic-get', { name }).arguments, {});
  set(300);
  set(300);
  set(200);
  t.same(values(name), [200, 300, 300]);
  run('statistic-reset', { name });
  t.same(values(name), [0]);
  set(200);
  t.same(values(name), [200, 0]);
  run('statistic-remove', { name });
  t.same(run('statistic-get', { name }).arguments, {});
  set(200);
  t.same(values(name), [200]);
  reported.clear();
  t.same(run('statistic-get', { name }).arguments, {}, 'gone with who set it');
});

t.test(
  'a look gives what has changed since the last one, and everything when others are counted',
  async (t) => {
    const memory = allocateStatistics(2, [1]);
    const shard = new StatisticsWriter(memory, 1);
    const [reader, later] = [new StatisticsReader(memory), new StatisticsReader(memory)];
    const totals = new Map([['subnet[1].total-addresses', 11]]);
    const statistics = new StatisticValues();
    const look = (of = reader, ofTotals = totals, isAllWanted = false) => {
      const { isAll, values } = statistics.look(of, ofTotals, isAllWanted);
      return isAll ? values.size : Object.fromEntries(values);
    };
    const all = GLOBAL_STATISTICS.length + SUBNET_STATISTICS.length + 1;
    shard.add(G['pkt4-received'], 3);
    t.equal(look(), all, 'the first one');
    t.same(look(), {});
    shard.add(G['pkt4-received']);
    shard.add(G['assigned-addresses'], 2);
    t.same(look(), { 'pkt4-received': 4, 'tandem-assigned-addresses': 2 });
    shard.add(G['assigned-addresses'], -2);
    t.same(look(), { 'tandem-assigned-addresses': 0 });
    t.equal(look(later), all, 'another memory');
    t.equal(look(later, new Map(totals)), all, 'other totals');
    t.equal(look(later, totals, true), all);
    t.same(look(later, totals), {});
  },
);

t.test('one that goes up and comes back between two looks at all has a sample of each', async (t) => {
  const { shard, reported, history, values } = setUp();
  shard.add(G['assigned-addresses'], 5);
  history.look();
  shard.add(G['assigned-addresses'], -5);
  reported.set('perfmon', [1, WALL_MS]);
  history.look();
  shard.add(G['assigned-addresses'], 5);
  history.look();
  reported.delete('perfmon');
  history.look();
  t.same(values('tandem-assigned-addresses'), [5, 0, 5]);
  t.equal(values('perfmon'), undefined, 'what nobody sets any more is gone');
});
