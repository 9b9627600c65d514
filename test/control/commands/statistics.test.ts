import { spawnSync } from 'node:child_process';
import t from 'tap';
import type { ServerConfig } from '../../../src/config/model.ts';
import type { Answer } from '../../../src/control/answer.ts';
import { createStatisticsCommands, subnetTotals } from '../../../src/control/commands/statistics.ts';
import {
  allocateStatistics,
  G,
  GLOBAL_STATISTICS,
  S,
  StatisticsReader,
  StatisticsWriter,
  SUBNET_STATISTICS,
} from '../../../src/engine/statistics.ts';

const WALL_MS = Date.UTC(2026, 10, 20, 22, 48, 48, 123);

function setUp() {
  const memory = allocateStatistics(2, [1, 7]);
  const commands = createStatisticsCommands({
    clock: { wallSec: () => WALL_MS / 1000, wallMs: () => WALL_MS, monotonicMs: () => 0 },
    reader: () => new StatisticsReader(memory),
    totals: () => new Map([['subnet[7].total-addresses', 11]]),
  });
  return {
    main: new StatisticsWriter(memory, 0),
    shard: new StatisticsWriter(memory, 1),
    run: (name: string, args?: unknown) => commands.get(name)!(args) as Answer,
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
  const module = new URL('../../../src/control/commands/statistics.js', import.meta.url);
  const script = `
    const { createStatisticsCommands } = await import(${JSON.stringify(module.href)});
    const commands = createStatisticsCommands({
      clock: { wallMs: () => ${WALL_MS} },
      reader: () => ({ all: () => new Map([['subnet[1].x', 1]]) }),
      totals: () => new Map(),
    });
    console.log(commands.get('statistic-get')({ name: 'subnet[1].x' }).arguments['subnet[1].x'][0][1]);`;
  const inZone = (TZ: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { TZ },
      encoding: 'utf8',
    }).stdout.trim();
  t.equal(inZone('UTC'), '2026-11-20 22:48:48.123000');
  t.equal(inZone('Asia/Kolkata'), '2026-11-21 04:18:48.123000');
});

t.test('total addresses are those of all pools of a subnet, both ends included', async (t) => {
  const subnets = [
    {
      id: 1,
      pools: [
        { first: 10, last: 20 },
        { first: 30, last: 30 },
      ],
    },
    { id: 2, pools: [] },
    { id: 3, pools: [{ first: 0, last: 0xffffffff }] },
  ] as unknown as ServerConfig['subnets'];
  t.same(
    [...subnetTotals({ subnets })],
    [
      ['subnet[1].total-addresses', 12],
      ['subnet[2].total-addresses', 0],
      ['subnet[3].total-addresses', 2 ** 32],
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
