import t, { type Test } from 'tap';
import { globalMetric, poolMetric, subnetMetric } from '../../../src/control/monitoring/metric-names.ts';
import { STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import type { StatisticNames } from '../../../src/engine/figures/statistic-names.ts';
import { STATISTICS_4 } from '../../../src/engine/figures/statistics.ts';

t.test('each kind of statistic goes to its metric', async (t) => {
  const rows: [statistic: string, metric: string, label: [string, string] | null, kind: string][] = [
    ['pkt4-received', 'tandem_datagrams_received_total', null, 'counter'],
    ['pkt4-sent', 'tandem_datagrams_sent_total', null, 'counter'],
    ['pkt4-discover-received', 'tandem_received_total', ['type', 'discover'], 'counter'],
    ['pkt4-ack-sent', 'tandem_sent_total', ['type', 'ack'], 'counter'],
    ['pkt4-receive-drop', 'tandem_kea_drops_total', ['cause', 'receive-drop'], 'counter'],
    ['tandem-drop-out-of-scope', 'tandem_dropped_total', ['reason', 'out-of-scope'], 'counter'],
    ['tandem-done-release', 'tandem_unanswered_total', ['kind', 'done-release'], 'counter'],
    ['tandem-ignored-decline', 'tandem_unanswered_total', ['kind', 'ignored-decline'], 'counter'],
    ['tandem-observations-lost', 'tandem_observations_lost_total', null, 'counter'],
    ['pkt6-received', 'tandem_datagrams_received_total', null, 'counter'],
    ['pkt6-infrequest-received', 'tandem_received_total', ['type', 'infrequest'], 'counter'],
    ['pkt6-advertise-sent', 'tandem_sent_total', ['type', 'advertise'], 'counter'],
    ['v6-ia-na-lease-reuses', 'tandem_ia_na_lease_reuses_total', null, 'counter'],
    ['assigned-pds', 'tandem_assigned_pds', null, 'gauge'],
    ['v4-allocation-fail', 'tandem_allocation_fail_total', null, 'counter'],
    [
      'v4-allocation-fail-subnet',
      'tandem_allocation_failures_by_cause_total',
      ['cause', 'subnet'],
      'counter',
    ],
    ['assigned-addresses', 'tandem_assigned_addresses', null, 'gauge'],
    ['cumulative-assigned-addresses', 'tandem_cumulative_assigned_addresses_total', null, 'counter'],
  ];
  for (const [statistic, metric, label, kind] of rows) {
    const labels = label === null ? {} : { [label[0]]: label[1] };
    t.strictSame({ ...globalMetric(statistic), help: '' }, { metric, help: '', labels, kind }, statistic);
  }
});

t.test('statistics of a subnet have its id as label', async (t) => {
  t.match(subnetMetric('assigned-addresses', 7), {
    metric: 'tandem_subnet_assigned_addresses',
    labels: { subnet: '7' },
    kind: 'gauge',
  });
  t.match(subnetMetric('v4-allocation-fail', 7), {
    metric: 'tandem_subnet_allocation_fail_total',
    kind: 'counter',
  });
});

t.test('statistics of pools have the subnet and the number of the pool as labels', async (t) => {
  const series = { subnetId: 7, poolId: 3 };
  t.match(poolMetric('assigned-nas', { ...series, kind: 'pool' }), {
    metric: 'tandem_pool_assigned_nas',
    labels: { subnet: '7', pool: '3' },
    kind: 'gauge',
  });
  t.match(poolMetric('reclaimed-leases', { ...series, kind: 'pd-pool' }), {
    metric: 'tandem_pd_pool_reclaimed_leases_total',
    kind: 'counter',
  });
});

function checkNames(t: Test, { global, subnet, pool, pdPool }: StatisticNames): void {
  const names = [
    ...pool.map((statistic) => poolMetric(statistic, { subnetId: 1, kind: 'pool', poolId: 0 })),
    ...pdPool.map((statistic) => poolMetric(statistic, { subnetId: 1, kind: 'pd-pool', poolId: 0 })),
    ...global.map((statistic) => globalMetric(statistic)),
    ...subnet.map((statistic) => subnetMetric(statistic, 1)),
  ];
  const places = names.map(({ metric, labels }) => `${metric} ${JSON.stringify(labels)}`);
  t.equal(new Set(places).size, places.length);
  for (const { metric, kind } of names) {
    t.match(metric, /^tandem_[a-z0-9_]+$/);
    t.equal(metric.endsWith('_total'), kind === 'counter', metric);
  }
  const helps = new Map<string, string>();
  for (const { metric, help, kind } of names) {
    t.equal(helps.get(metric) ?? help + kind, help + kind, `${metric} means one thing`);
    helps.set(metric, help + kind);
  }
}

for (const [family, names] of [
  ['DHCPv4', STATISTICS_4],
  ['DHCPv6', STATISTICS_6],
] as const) {
  t.test(
    `every statistic of ${family} has a place of its own and a name that Prometheus takes`,
    async (t) => {
      checkNames(t, names);
    },
  );
}
