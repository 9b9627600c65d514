/** The perfmon library on the main thread, with a clock of the test's own: intervals, statistics, alarms, reloads. */
import t from 'tap';
import { PERFMON_PAIRS, type PerfmonAlarm, type PerfmonConfig } from '../../src/config/hook-model.ts';
import { DurationReader } from '../../src/engine/figures/duration-reader.ts';
import {
  allocateDurations,
  CELLS,
  DurationWord,
  ROW_CELLS,
  Span,
} from '../../src/engine/figures/durations.ts';
import { formatDuration } from '../../src/hooks/duration-key.ts';
import { Perfmon } from '../../src/hooks/perfmon.ts';
import { TestClock } from '../engine/test-clock.ts';

const SHARDS = 2;
const PAIRS = PERFMON_PAIRS[4].length;
const OFFER = 0;
const ACK = 1;

const KEY = {
  queryType: 'DHCPREQUEST',
  responseType: 'DHCPACK',
  startEvent: 'process_started',
  stopEvent: 'process_completed',
  subnetId: 0,
};
const ALARM: PerfmonAlarm = { key: KEY, isEnabled: true, highWaterMs: 500, lowWaterMs: 25 };
const CONFIG: PerfmonConfig = {
  isEnabled: true,
  intervalSec: 10,
  reportsStatistics: true,
  alarmReportSec: 60,
  alarms: [],
};

/** What packet threads do, without packets. */
class Shards {
  readonly memory;
  readonly source;
  readonly #words: Int32Array;
  readonly #cells: readonly Float64Array[];

  constructor(subnetIds: readonly number[], hasQueue = true) {
    this.memory = allocateDurations(SHARDS, subnetIds.length, PAIRS, hasQueue);
    this.source = { reader: new DurationReader(this.memory), subnetIds, pairs: PERFMON_PAIRS[4], hasQueue };
    this.#words = new Int32Array(this.memory.words);
    this.#cells = this.memory.cells.map((cells) => new Float64Array(cells));
  }

  get isOn(): boolean {
    return this.#words[DurationWord.isOn] === 1;
  }

  /** One answer: microseconds of each span; the total is the sum. @param subnet position, -1 = none */
  measure(pair: number, spans: readonly number[], subnet = 0, shard = 0): void {
    const bank = (this.#words[DurationWord.firstSeen + shard]! & 1) * this.memory.rows;
    const row = (bank + (subnet + 1) * PAIRS + pair) * ROW_CELLS;
    const all = [...spans, spans.reduce((sum, us) => sum + us, 0)];
    all.forEach((us, span) => {
      const at = row + span * CELLS;
      const cells = this.#cells[shard]!;
      cells[at]! += 1;
      cells[at + 1]! += us;
      cells[at + 2] = cells[at] === 1 ? us : Math.min(cells[at + 2]!, us);
      cells[at + 3] = Math.max(cells[at + 3]!, us);
    });
  }

  /** A shard begins its next turn. */
  turn(shard: number): void {
    this.#words[DurationWord.firstSeen + shard] = this.#words[DurationWord.interval]!;
  }
}

function setUp(changes: Partial<PerfmonConfig> = {}, subnetIds: readonly number[] = [7, 9]) {
  const shards = new Shards(subnetIds);
  const clock = new TestClock();
  const log: [string, unknown][] = [];
  const perfmon = new Perfmon({ ...CONFIG, ...changes }, shards.source, clock, (id, fields) =>
    log.push([id, fields]),
  );
  /** Ends the interval. */
  const end = (): void => {
    clock.pass(10);
    perfmon.look();
    for (let shard = 0; shard < SHARDS; shard++) shards.turn(shard);
    perfmon.look();
  };
  const statistic = (name: string) => perfmon.statistics.get(name)?.[0];
  return { shards, clock, log, perfmon, end, statistic };
}

const total = (of: string): string => `${of}.composite-total_response.mean-usecs`;

t.test('means by the names of Kea: of each subnet and of all, over all threads', async (t) => {
  const { shards, perfmon, end, statistic } = setUp();
  shards.measure(OFFER, [10, 20, 30, 40], 0, 0);
  shards.measure(OFFER, [11, 21, 31, 41], 0, 1);
  shards.measure(OFFER, [100, 0, 0, 0], 1, 1);
  shards.measure(OFFER, [1, 1, 1, 1], -1, 1);
  t.same([...perfmon.statistics], []);
  end();
  t.same(
    [...perfmon.statistics.keys()].filter((name) => name.startsWith('perfmon')),
    [
      'perfmon.DHCPDISCOVER-DHCPOFFER.socket_received-buffer_read.mean-usecs',
      'perfmon.DHCPDISCOVER-DHCPOFFER.buffer_read-mt_queued.mean-usecs',
      'perfmon.DHCPDISCOVER-DHCPOFFER.mt_queued-process_started.mean-usecs',
      'perfmon.DHCPDISCOVER-DHCPOFFER.process_started-process_completed.mean-usecs',
      'perfmon.DHCPDISCOVER-DHCPOFFER.composite-total_response.mean-usecs',
    ],
  );
  t.equal(statistic(total('subnet-id[7].perfmon.DHCPDISCOVER-DHCPOFFER')), 102);
  t.equal(statistic(total('subnet-id[9].perfmon.DHCPDISCOVER-DHCPOFFER')), 100);
  t.equal(statistic(total('perfmon.DHCPDISCOVER-DHCPOFFER')), 77, '(100 + 104 + 100 + 4) / 4');
  t.equal(perfmon.statistics.size, 15);
  const [first] = perfmon.durations();
  t.same(first, {
    ...first,
    key: {
      queryType: 'DHCPDISCOVER',
      responseType: 'DHCPOFFER',
      startEvent: 'buffer_read',
      stopEvent: 'mt_queued',
      subnetId: 0,
    },
    last: { startWallMs: 1_800_000_000_000, occurrences: 4, leastUs: 0, mostUs: 21, totalUs: 42 },
  });
});

t.test('with one thread the milestone of the queue is missing, as in Kea', async (t) => {
  const shards = new Shards([7], false);
  const clock = new TestClock();
  const perfmon = new Perfmon(CONFIG, shards.source, clock, () => {});
  shards.measure(ACK, [1, 0, 3, 4]);
  const words = new Float64Array(shards.memory.cells[0]!);
  words[(PAIRS + ACK) * ROW_CELLS + Span.read * CELLS] = 0;
  t.same(
    perfmon.durations().map(({ key }) => `${key.startEvent}-${key.stopEvent}.${key.subnetId}`),
    [
      'buffer_read-process_started.0',
      'buffer_read-process_started.7',
      'composite-total_response.0',
      'composite-total_response.7',
      'process_started-process_completed.0',
      'process_started-process_completed.7',
      'socket_received-buffer_read.0',
      'socket_received-buffer_read.7',
    ],
  );
});

t.test('an interval ends by the clock, and is reported when the last thread has left it', async (t) => {
  const { shards, clock, perfmon, statistic } = setUp();
  const name = total('perfmon.DHCPREQUEST-DHCPACK');
  shards.measure(ACK, [0, 0, 0, 100]);
  clock.pass(9.9);
  perfmon.look();
  t.same(
    perfmon.durations().map(({ last }) => last),
    new Array(10).fill(null),
    'known, but nothing is complete',
  );
  clock.pass(0.1);
  perfmon.look();
  shards.turn(0);
  perfmon.look();
  t.equal(statistic(name), undefined);
  // The other thread is still in the old interval, this one in the new.
  shards.measure(ACK, [0, 0, 0, 200], 0, 1);
  shards.measure(ACK, [0, 0, 0, 900], 0, 0);
  shards.turn(1);
  perfmon.look();
  t.equal(statistic(name), 150);
  clock.pass(10);
  perfmon.look();
  for (const shard of [0, 1]) shards.turn(shard);
  perfmon.look();
  t.equal(statistic(name), 900);
  const reported = perfmon.statistics.get(name);
  clock.pass(10);
  perfmon.look();
  for (const shard of [0, 1]) shards.turn(shard);
  perfmon.look();
  t.equal(perfmon.statistics.get(name), reported, 'an interval without an answer says nothing');
  t.match(perfmon.durations()[0]!.last, { occurrences: 1 }, 'the last one with answers stays');
});

t.test('alarms: raised, told again, left alone between the marks, cleared', async (t) => {
  const { shards, log, end } = setUp({ alarms: [ALARM], alarmReportSec: 15 });
  const interval = (ms: number) => {
    log.length = 0;
    shards.measure(ACK, [0, 0, 0, ms * 1000]);
    end();
    return log.map(([id, fields]) => [id, (fields as { mean: string }).mean]);
  };
  const raised = 'TDM_PERFMON_ALARM_TRIGGERED';
  t.same(interval(500), [], 'not above');
  t.same(interval(501), [[raised, '00:00:00.501000']]);
  t.same(log[0]![1], {
    duration: 'DHCPREQUEST-DHCPACK.process_started-process_completed.0',
    since: '2027-01-15 08:00:20.000',
    mean: '00:00:00.501000',
    highWaterMs: 500,
  });
  t.same(interval(700), [], 'told 10 s ago');
  t.same(interval(25), [[raised, '00:00:00.025000']], 'not below low water: told again after 20 s');
  t.match(log[0]![1], { since: '2027-01-15 08:00:20.000' });
  t.same(interval(24), [['TDM_PERFMON_ALARM_CLEARED', '00:00:00.024000']]);
  t.same(log[0]![1], {
    duration: 'DHCPREQUEST-DHCPACK.process_started-process_completed.0',
    mean: '00:00:00.024000',
    lowWaterMs: 25,
  });
  t.same(interval(24), []);
  t.same(interval(100), [], 'between the marks nothing is raised');
  log.length = 0;
  end();
  t.same(log, []);
});

t.test('alarms of a subnet, and one that is switched off', async (t) => {
  const alarms = [
    { ...ALARM, isEnabled: false },
    { ...ALARM, key: { ...KEY, subnetId: 9 } },
  ];
  const { shards, log, end, perfmon } = setUp({ alarms });
  shards.measure(ACK, [0, 0, 0, 900_000], 0);
  shards.measure(ACK, [0, 0, 0, 1000], 1);
  end();
  t.same(log, []);
  shards.measure(ACK, [0, 0, 0, 900_000], 1);
  end();
  t.match(log, [
    ['TDM_PERFMON_ALARM_TRIGGERED', { duration: 'DHCPREQUEST-DHCPACK.process_started-process_completed.9' }],
  ]);
  t.equal(perfmon.figures().alarmsRaised, 1);
});

t.test('perfmon-control: monitoring and reporting on and off', async (t) => {
  const { shards, clock, log, end, perfmon, statistic } = setUp({ isEnabled: false });
  const name = total('perfmon.DHCPREQUEST-DHCPACK');
  t.notOk(shards.isOn);
  clock.pass(100);
  perfmon.look();
  t.same(perfmon.control(true, null), { monitors: true, reports: true });
  t.ok(shards.isOn);
  t.same(log.at(-1), [
    'TDM_PERFMON_CONTROLLED',
    { activeMonitoring: 'enabled', statsMgrReporting: 'enabled' },
  ]);
  shards.measure(ACK, [0, 0, 0, 5]);
  end();
  t.equal(statistic(name), 5);
  perfmon.control(null, false);
  shards.measure(ACK, [0, 0, 0, 50]);
  end();
  t.equal(statistic(name), 5, 'what was reported stays, nothing comes');
  t.match(perfmon.durations()[2]!.last, { totalUs: 50 }, 'measured all the same');
  t.same(perfmon.control(false, true), { monitors: false, reports: true });
  t.notOk(shards.isOn);
});

t.test('a reload: begins anew, but for the statistics of subnets that are still there', async (t) => {
  const { shards, clock, end, perfmon } = setUp();
  shards.measure(ACK, [0, 0, 0, 5], 0);
  shards.measure(ACK, [0, 0, 0, 7], 1);
  end();
  t.equal(perfmon.statistics.size, 15);
  const next = new Shards([9, 11]);
  const after = new Perfmon(CONFIG, next.source, clock, () => {}, perfmon);
  t.same(
    new Set([...after.statistics.keys()].map((name) => name.split('.')[0])),
    new Set(['perfmon', 'subnet-id[9]']),
  );
  t.same(after.durations(), []);
});

t.test('a command that edits subnets: what was measured of an interval is not lost', async (t) => {
  const { shards, clock, perfmon, statistic } = setUp({ alarms: [ALARM] });
  perfmon.control(null, true);
  shards.measure(ACK, [0, 0, 0, 100], 0);
  shards.measure(ACK, [0, 0, 0, 300], 1);
  clock.pass(10);
  perfmon.look();
  shards.turn(0);
  shards.measure(ACK, [0, 0, 0, 1000], 0, 0);
  // One thread has not turned when all are stopped.
  const next = new Shards([9]);
  perfmon.moveTo(next.source);
  t.equal(statistic(total('perfmon.DHCPREQUEST-DHCPACK')), 200, 'the interval before was over');
  t.equal(statistic(total('subnet-id[9].perfmon.DHCPREQUEST-DHCPACK')), 300);
  t.notOk(statistic(total('subnet-id[7].perfmon.DHCPREQUEST-DHCPACK')), 'no such subnet any more');
  t.ok(next.isOn);
  next.measure(ACK, [0, 0, 0, 2000], 0);
  clock.pass(10);
  perfmon.look();
  for (const shard of [0, 1]) next.turn(shard);
  perfmon.look();
  t.equal(statistic(total('perfmon.DHCPREQUEST-DHCPACK')), 1500, '1000 before, 2000 behind');
  t.equal(statistic(total('subnet-id[9].perfmon.DHCPREQUEST-DHCPACK')), 2000);
});

t.test('figures for the metrics: sums of all subnets, the longest of the last interval', async (t) => {
  const { shards, end, perfmon } = setUp();
  for (const us of [1000, 3000]) {
    shards.measure(ACK, [0, 0, 0, us], 0);
    shards.measure(ACK, [0, 0, 0, us], 1);
    end();
  }
  const { durations } = perfmon.figures();
  t.equal(durations.length, 5);
  const processed = durations.find(({ key }) => key.startEvent === 'process_started')!;
  t.same(processed, { key: KEY, answers: 4, totalSec: 0.008, mostSec: 0.003 });
});

t.test('durations as Kea writes them', async (t) => {
  const rows: [us: number, text: string][] = [
    [0, '00:00:00.000000'],
    [454_418, '00:00:00.454418'],
    [1_000_000.9, '00:00:01.000000'],
    [3_723_000_001, '01:02:03.000001'],
    [360_000_000_000, '100:00:00.000000'],
  ];
  for (const [us, text] of rows) t.equal(formatDuration(us), text);
});
