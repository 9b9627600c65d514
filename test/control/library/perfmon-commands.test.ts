/** The commands of the perfmon library: Kea's answers, also to what is wrong. */
import t from 'tap';
import type { Answer } from '../../../src/control/answer.ts';
import {
  createPerfmonCommands,
  type MonitoredServer,
} from '../../../src/control/library/perfmon-commands.ts';

const WALL_MS = Date.UTC(2026, 10, 20, 22, 48, 48, 123);
const KEY = {
  queryType: 'DHCPDISCOVER',
  responseType: 'DHCPOFFER',
  startEvent: 'buffer_read',
  stopEvent: 'mt_queued',
};

function setUp(durations: ReturnType<MonitoredServer['durations']> = []) {
  const calls: unknown[] = [];
  const server: MonitoredServer = {
    config: { intervalSec: 5 },
    control: (monitors, reports) => {
      calls.push([monitors, reports]);
      return { monitors: monitors ?? true, reports: reports ?? false };
    },
    durations: () => durations,
  };
  const clock = { wallSec: () => 0, wallMs: () => WALL_MS, monotonicMs: () => 0 };
  const commands = createPerfmonCommands(() => server, clock);
  return { calls, run: (name: string, args?: unknown) => commands.get(name)!(args) as Answer };
}

t.test('perfmon-control sets what it is told, and tells what holds', async (t) => {
  const { calls, run } = setUp();
  const answer = (monitors: boolean, reports: boolean) => ({
    result: 0,
    text: 'perfmon-control success',
    arguments: { 'enable-monitoring': monitors, 'stats-mgr-reporting': reports },
  });
  t.same(run('perfmon-control'), answer(true, false));
  t.same(run('perfmon-control', null), answer(true, false));
  t.same(run('perfmon-control', {}), answer(true, false));
  t.same(run('perfmon-control', { 'enable-monitoring': false }), answer(false, false));
  t.same(
    run('perfmon-control', { 'enable-monitoring': false, 'stats-mgr-reporting': true }),
    answer(false, true),
  );
  t.same(calls, [
    [null, null],
    [null, null],
    [null, null],
    [false, null],
    [false, true],
  ]);
});

t.test('what is wrong changes nothing, in the words of Kea', async (t) => {
  const { calls, run } = setUp();
  const rows: [command: string, args: unknown, text: string][] = [
    ['perfmon-control', { 'enable-monitoring': 1 }, "'enable-monitoring' parameter is not a boolean"],
    ['perfmon-control', { 'stats-mgr-reporting': null }, "'stats-mgr-reporting' parameter is not a boolean"],
    ['perfmon-control', { bogus: 1, awful: 2 }, "spurious 'awful' parameter"],
    ['perfmon-control', { 'enable-monitoring': true, result: 0 }, "spurious 'result' parameter"],
    ['perfmon-control', { ['x'.repeat(100)]: 1 }, `spurious '${'x'.repeat(64)}...' parameter`],
    ['perfmon-control', [], 'mapValue() called on non-map Element'],
    ['perfmon-control', 'x', 'mapValue() called on non-map Element'],
    ['perfmon-get-all-durations', { bogus: 1 }, "spurious 'bogus' parameter"],
    [
      'perfmon-get-all-durations',
      { 'result-set-format': 'yes' },
      "'result-set-format' parameter is not a boolean",
    ],
    ['perfmon-get-all-durations', 7, 'mapValue() called on non-map Element'],
  ];
  for (const [command, args, text] of rows) t.same(run(command, args), { result: 1, text });
  t.same(calls, []);
});

const MEASURED = [
  { key: { ...KEY, subnetId: 0 }, last: null },
  {
    key: { ...KEY, subnetId: 7 },
    last: { startWallMs: WALL_MS - 5000, occurrences: 3, leastUs: 1.5, mostUs: 3.9, totalUs: 8.2 },
  },
];
const TEXT = 'perfmon-get-all-durations: 2 found';
const COMMON = { 'interval-width-secs': 5, timestamp: '2026-11-20 22:48:48.123000' };

t.test('perfmon-get-all-durations, as elements', async (t) => {
  const { run } = setUp(MEASURED);
  const key = (subnetId: number) => ({
    'query-type': 'DHCPDISCOVER',
    'response-type': 'DHCPOFFER',
    'start-event': 'buffer_read',
    'stop-event': 'mt_queued',
    'subnet-id': subnetId,
  });
  const values = (start: string, [count, least, most, total, mean]: readonly number[]) => ({
    'start-time': start,
    occurrences: count,
    'min-duration-usecs': least,
    'max-duration-usecs': most,
    'total-duration-usecs': total,
    'mean-duration-usecs': mean,
  });
  const durations = [
    { 'duration-key': key(0), ...values('<none>', [0, 0, 0, 0, 0]) },
    { 'duration-key': key(7), ...values('2026-11-20 22:48:43.123000', [3, 1, 3, 8, 2]) },
  ];
  t.same(run('perfmon-get-all-durations'), {
    result: 0,
    text: TEXT,
    arguments: { ...COMMON, 'result-set-format': false, durations },
  });
});

t.test('perfmon-get-all-durations, as a result set', async (t) => {
  const { run } = setUp(MEASURED);
  const columns = [
    ...['query-type', 'response-type', 'start-event', 'end-event', 'subnet-id', 'interval-start'],
    ...['occurences', 'min-duration-usecs', 'max-duration-usecs', 'total-duration-usecsmean-duration-usecs'],
  ];
  const key = ['DHCPDISCOVER', 'DHCPOFFER', 'buffer_read', 'mt_queued'];
  const rows = [
    [...key, 0, '<none>', 0, 0, 0, 0, 0],
    [...key, 7, '2026-11-20 22:48:43.123000', 3, 1, 3, 8, 2],
  ];
  t.same(run('perfmon-get-all-durations', { 'result-set-format': true }), {
    result: 0,
    text: TEXT,
    arguments: { ...COMMON, 'result-set-format': true, 'durations-result-set': { columns, rows } },
  });
});
