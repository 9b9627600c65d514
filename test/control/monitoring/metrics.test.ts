import perfHooks from 'node:perf_hooks';
import t from 'tap';
import { INTERFACE_METRICS_MAX, POOL_METRICS_MAX, SUBNET_METRICS_MAX } from '../../../src/control/limits.ts';
import type { HaFigures, ServerFigures } from '../../../src/control/monitoring/figures.ts';
import { POOL_FILLS_4, POOL_FILLS_6 } from '../../../src/control/monitoring/metric-names.ts';
import { createMetrics, type MetricsSources } from '../../../src/control/monitoring/metrics.ts';
import { G6, PD6, S6, STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import type { NamedSeries } from '../../../src/engine/figures/statistic-names.ts';
import {
  allocateStatistics,
  G,
  P,
  S,
  STATISTICS_4,
  StatisticsWriter,
} from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';

const quiet: ServerFigures = {
  leases: { count: 0, max: 10 },
  shards: [],
  interfaces: new Map(),
  journal: null,
  ha: [],
  credentials: null,
  perfmon: null,
};
const ha: HaFigures = {
  serverName: 'server1',
  state: 'hot-standby',
  partnerState: 'ready',
  isInTouch: true,
  isCommunicationInterrupted: false,
  scopes: ['server1'],
  connectingClients: 1,
  unackedClients: 2,
  clockSkewSec: -3,
  backlog: 4,
  unsentUpdates: 5,
  refusedUpdates: 6,
  streams: [
    {
      peer: 'server2',
      isUp: true,
      opened: 2,
      recordsSent: 30,
      recordsReceived: 31,
      recordsAcknowledged: 29,
      recordsRefused: 3,
      framesSent: 12,
      framesReceived: 13,
      syncRows: 0,
      syncRowsTotal: 0,
      syncRate: 0,
    },
  ],
};

const FAMILY_4 = {
  names: STATISTICS_4,
  fills: POOL_FILLS_4,
  totals: () =>
    new Map([
      ['subnet[7].total-addresses', 11],
      ['subnet[7].pool[3].total-addresses', 5],
    ]),
};
const FAMILY_6 = {
  names: STATISTICS_6,
  fills: POOL_FILLS_6,
  totals: () =>
    new Map([
      ['subnet[7].total-nas', 2 ** 64],
      ['subnet[7].total-pds', 256],
      ['subnet[7].pd-pool[0].total-pds', 255],
    ]),
};

function setUp(
  subnetIds: readonly number[] = [7],
  showsSubnets = true,
  family: Pick<MetricsSources, 'names' | 'fills' | 'totals'> = FAMILY_4,
  pools: readonly NamedSeries[] = [],
) {
  const memory = allocateStatistics(2, subnetIds, pools, family.names);
  let figures = quiet;
  const metrics = createMetrics({
    version: '0.1.0',
    ...family,
    reader: () => new StatisticsReader(memory),
    subnetIds: () => subnetIds,
    showsSubnets: () => showsSubnets,
    figures: () => figures,
  });
  return {
    writer: new StatisticsWriter(memory, 1),
    metrics,
    show: (next: ServerFigures) => {
      figures = next;
    },
    /** The scrape as a map from series to value. */
    scrape: async () => {
      const lines = (await metrics.scrape())
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'));
      return new Map(
        lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
      );
    },
  };
}

t.test('a scrape shows what the counters hold at that moment', async (t) => {
  const { writer, scrape } = setUp();
  writer.add(G['pkt4-discover-received'], 5);
  writer.addSubnet(0, S['assigned-addresses'], 3);
  const first = await scrape();
  t.equal(first.get('tandem_received_total{type="discover"}'), '5');
  t.equal(first.get('tandem_subnet_assigned_addresses{subnet="7"}'), '3');
  t.equal(first.get('tandem_subnet_total_addresses{subnet="7"}'), '11');
  t.equal(first.get('tandem_build_info{version="0.1.0"}'), '1');
  t.equal(first.get('tandem_subnets'), '1');
  writer.add(G['pkt4-discover-received'], 1);
  writer.addSubnet(0, S['assigned-addresses'], -1);
  const second = await scrape();
  t.equal(second.get('tandem_received_total{type="discover"}'), '6');
  t.equal(second.get('tandem_subnet_assigned_addresses{subnet="7"}'), '2');
});

t.test('statistics of DHCPv6 go to the same metrics', async (t) => {
  const { writer, scrape } = setUp([7], true, FAMILY_6);
  writer.add(G6['pkt6-solicit-received'], 5);
  writer.add(G6['tandem-drop-nothing-to-confirm'], 2);
  writer.add(G6['v6-allocation-fail-subnet'], 4);
  writer.add(G6['assigned-nas'], 3);
  writer.addSubnet(0, S6['assigned-nas'], 3);
  writer.addSubnet(0, S6['assigned-pds'], 128);
  const series = await scrape();
  const rows: [series: string, value: string][] = [
    ['tandem_received_total{type="solicit"}', '5'],
    ['tandem_dropped_total{reason="nothing-to-confirm"}', '2'],
    ['tandem_allocation_failures_by_cause_total{cause="subnet"}', '4'],
    ['tandem_assigned_nas', '3'],
    ['tandem_subnet_assigned_nas{subnet="7"}', '3'],
    ['tandem_subnet_assigned_pds{subnet="7"}', '128'],
    ['tandem_subnet_total_nas{subnet="7"}', `${2 ** 64}`],
    ['tandem_subnet_total_pds{subnet="7"}', '256'],
    ['tandem_fullest_subnet_ratio', '0.5'],
  ];
  for (const [name, value] of rows) t.equal(series.get(name), value, name);
  t.notOk(series.has('tandem_assigned_addresses'), 'nothing of DHCPv4');
});

t.test('pools are shown with the subnets, in series of their subnet and number', async (t) => {
  const four = setUp([7], true, FAMILY_4, [{ subnetId: 7, kind: 'pool', poolId: 3 }]);
  four.writer.addPool(0, P['assigned-addresses'], 2);
  const series = await four.scrape();
  t.equal(series.get('tandem_pool_assigned_addresses{subnet="7",pool="3"}'), '2');
  t.equal(series.get('tandem_pool_total_addresses{subnet="7",pool="3"}'), '5');
  const six = setUp([7], true, FAMILY_6, [
    { subnetId: 7, kind: 'pool', poolId: 0 },
    { subnetId: 7, kind: 'pd-pool', poolId: 0 },
  ]);
  six.writer.addPool(1, PD6['assigned-pds'], 4);
  const both = await six.scrape();
  t.equal(both.get('tandem_pool_assigned_nas{subnet="7",pool="0"}'), '0');
  t.equal(both.get('tandem_pd_pool_assigned_pds{subnet="7",pool="0"}'), '4');
  t.equal(both.get('tandem_pd_pool_total_pds{subnet="7",pool="0"}'), '255');
  const many = Array.from({ length: POOL_METRICS_MAX + 1 }, (_, poolId) => ({
    subnetId: 7,
    kind: 'pool' as const,
    poolId,
  }));
  for (const hidden of [setUp([7], true, FAMILY_4, many), setUp([7], false, FAMILY_4, many.slice(0, 1))])
    t.same(
      [...(await hidden.scrape()).keys()].filter((name) => name.includes('pool=')),
      [],
      'too many, or not asked for',
    );
});

t.test('figures of leases, shards and journal appear under their labels', async (t) => {
  const { scrape, show } = setUp();
  show({
    ...quiet,
    leases: { count: 3, max: 10 },
    shards: [
      { parked: 1, turns: 100, rings: { journal: 0.5, updates: 0, observations: 0 } },
      { parked: 2, turns: 200, rings: { journal: 0, updates: 0.25, observations: 1 } },
    ],
    journal: { isWriting: true, rows: 12, commits: 4, fsync: { count: 3, totalSec: 0.75, maxSec: 0.5 } },
  });
  const series = await scrape();
  const rows: [series: string, value: string][] = [
    ['tandem_leases', '3'],
    ['tandem_leases_max', '10'],
    ['tandem_parked_replies{shard="1"}', '2'],
    ['tandem_shard_turns_total{shard="0"}', '100'],
    ['tandem_ring_fill_ratio{shard="0",ring="journal"}', '0.5'],
    ['tandem_ring_fill_ratio{shard="1",ring="observations"}', '1'],
    ['tandem_journal_writing', '1'],
    ['tandem_journal_rows_total', '12'],
    ['tandem_journal_commits_total', '4'],
    ['tandem_journal_fsyncs_total', '3'],
    ['tandem_journal_fsync_seconds_total', '0.75'],
    ['tandem_journal_fsync_seconds_max', '0.5'],
  ];
  for (const [name, value] of rows) t.equal(series.get(name), value, name);
});

t.test(
  'interfaces: those that are not served come first, and there are not more series than is good',
  async (t) => {
    const { scrape, show } = setUp();
    const names = Array.from({ length: INTERFACE_METRICS_MAX }, (_, i) => [`ppp${i}`, true] as const);
    show({ ...quiet, interfaces: new Map<string, boolean>([...names, ['eth0', false]]) });
    const series = await scrape();
    t.equal(series.get('tandem_interface_served{interface="eth0"}'), '0');
    t.equal(series.get('tandem_interface_served{interface="ppp0"}'), '1');
    const shown = [...series.keys()].filter((name) => name.startsWith('tandem_interface_served'));
    t.equal(shown.length, INTERFACE_METRICS_MAX);
  },
);

t.test('only the present state of high availability has a series', async (t) => {
  const { scrape, show } = setUp();
  show({ ...quiet, ha: [ha] });
  const before = await scrape();
  t.equal(before.get('tandem_ha_state{server="server1",state="hot-standby"}'), '1');
  t.equal(before.get('tandem_ha_partner_state{server="server1",state="ready"}'), '1');
  t.equal(before.get('tandem_ha_scope_served{server="server1",scope="server1"}'), '1');
  t.equal(before.get('tandem_ha_clock_skew_seconds{server="server1"}'), '-3');
  t.equal(before.get('tandem_ha_backlog_updates{server="server1"}'), '4');
  show({
    ...quiet,
    ha: [{ ...ha, state: 'partner-down', scopes: [], clockSkewSec: null, isInTouch: false }],
  });
  const after = await scrape();
  t.notOk(after.has('tandem_ha_state{server="server1",state="hot-standby"}'));
  t.equal(after.get('tandem_ha_state{server="server1",state="partner-down"}'), '1');
  t.notOk(after.has('tandem_ha_scope_served{server="server1",scope="server1"}'));
  t.notOk(after.has('tandem_ha_clock_skew_seconds{server="server1"}'));
  t.equal(after.get('tandem_ha_in_touch{server="server1"}'), '0');
});

t.test('what the server does not have is absent, not 0', async (t) => {
  const { scrape } = setUp();
  const names = [...(await scrape()).keys()];
  t.same(
    names.filter((name) => /^tandem_(ha|journal|parked)/.test(name)),
    [],
  );
});

t.test('beyond the bound of subnets only their number and the sums are shown', async (t) => {
  const ids = Array.from({ length: SUBNET_METRICS_MAX + 1 }, (_, index) => index + 1);
  const series = await setUp(ids).scrape();
  t.equal(series.get('tandem_subnets'), String(SUBNET_METRICS_MAX + 1));
  t.same(
    [...series.keys()].filter((name) => name.startsWith('tandem_subnet_')),
    [],
  );
  const all = await setUp(ids.slice(1)).scrape();
  t.equal(all.get(`tandem_subnet_assigned_addresses{subnet="${SUBNET_METRICS_MAX + 1}"}`), '0');
});

t.test('subnets are shown only when it is asked for, the fullest one always', async (t) => {
  const series: number[] = [];
  for (const ids of [[7], [7, 8, 9]]) {
    const { writer, scrape } = setUp(ids, false);
    writer.addSubnet(0, S['assigned-addresses'], 9);
    const all = await scrape();
    t.same(
      [...all.keys()].filter((name) => name.includes('subnet=')),
      [],
    );
    t.equal(all.get('tandem_fullest_subnet_ratio'), String(9 / 11));
    series.push([...all.keys()].filter((name) => name.startsWith('tandem_')).length);
  }
  t.equal(series[0], series[1], 'more subnets make no more series');
});

t.test('one impossible counter does not cost the scrape', async (t) => {
  const { writer, scrape } = setUp();
  writer.add(G['pkt4-nak-sent'], -1);
  writer.add(G['pkt4-ack-sent'], 2);
  const series = await scrape();
  t.equal(series.get('tandem_sent_total{type="nak"}'), '0');
  t.equal(series.get('tandem_sent_total{type="ack"}'), '2');
});

t.test('every line is one that Prometheus can read', async (t) => {
  const { metrics, show } = setUp();
  show({ ...quiet, ha: [{ ...ha, state: 'quote " backslash \\ newline \n' }] });
  const line =
    /^(#.*|[a-z_:][a-z0-9_:]*(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? -?[0-9.e+-]+|.* Nan|.* \+Inf|)$/i;
  for (const text of (await metrics.scrape()).split('\n')) t.match(text, line);
  t.match(metrics.contentType, /^text\/plain; version=0\.0\.4/);
});

t.test('the process itself is shown under the usual names', async (t) => {
  const names = [...(await setUp().scrape()).keys()];
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
    t.ok(names.includes(name), name);
});

t.test(
  'the delay of the event loop is sampled from the first scrape on, which has samples already',
  async (t) => {
    const { metrics, scrape } = setUp();
    const histograms = t.capture(perfHooks, 'monitorEventLoopDelay', perfHooks.monitorEventLoopDelay);
    await Promise.all([metrics.scrape(), scrape()]);
    t.equal(histograms().length, 1, 'once, for all scrapes');
    const series = await setUp().scrape();
    for (const part of ['min', 'mean', 'p50', 'p99', 'max']) {
      const seconds = Number(series.get(`nodejs_eventloop_lag_${part}_seconds`));
      t.ok(seconds > 0.02 && seconds < 60, `${part}: ${seconds}`);
    }
  },
);
