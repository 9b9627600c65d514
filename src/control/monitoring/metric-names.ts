/**
 * From Kea's statistic names to Prometheus metrics: one metric a question, what varies goes into a label.
 *
 *     pkt4-discover-received        tandem_received_total{type="discover"}
 *     pkt6-solicit-received         tandem_received_total{type="solicit"}
 *     tandem-drop-out-of-scope      tandem_dropped_total{reason="out-of-scope"}
 *     subnet[7].assigned-addresses  tandem_subnet_assigned_addresses{subnet="7"}
 *     subnet[7].pd-pool[0].assigned-pds  tandem_pd_pool_assigned_pds{subnet="7",pool="0"}
 *
 * It works by the form of a name, so that a new statistic needs no change here.
 */
import type { NamedSeries, PoolKind } from '../../engine/figures/statistic-names.ts';

/** Where the value of one statistic goes. */
export interface MetricName {
  readonly metric: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  /** Values by name; none for a metric of the whole server. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Rule {
  /** The one group, if there is one, is the label's value. */
  readonly pattern: RegExp;
  readonly metric: string;
  readonly label?: string;
  readonly help: string;
}

/** The first that matches counts. */
const rules: readonly Rule[] = [
  {
    pattern: /^pkt[46]-received$/,
    metric: 'tandem_datagrams_received_total',
    help: 'Datagrams that arrived on the DHCP sockets',
  },
  {
    pattern: /^pkt[46]-sent$/,
    metric: 'tandem_datagrams_sent_total',
    help: 'Datagrams sent to clients and relays',
  },
  {
    pattern: /^pkt[46]-(.+)-received$/,
    metric: 'tandem_received_total',
    label: 'type',
    help: 'Datagrams received, by DHCP message type',
  },
  {
    pattern: /^pkt[46]-(.+)-sent$/,
    metric: 'tandem_sent_total',
    label: 'type',
    help: 'Datagrams sent, by DHCP message type',
  },
  {
    pattern: /^pkt[46]-(.+)$/,
    metric: 'tandem_kea_drops_total',
    label: 'cause',
    help: "Kea's drop statistics, by name; receive-drop includes the others",
  },
  {
    pattern: /^tandem-drop-(.+)$/,
    metric: 'tandem_dropped_total',
    label: 'reason',
    help: 'Datagrams without an answer, each under exactly one reason',
  },
  {
    pattern: /^tandem-((?:done|ignored)-.+)$/,
    metric: 'tandem_unanswered_total',
    label: 'kind',
    help: 'Queries that were handled and need no answer',
  },
  {
    pattern: /^v[46]-allocation-fail-(.+)$/,
    metric: 'tandem_allocation_failures_by_cause_total',
    label: 'cause',
    help: 'Queries for which no address was found, by cause',
  },
];

/** Statistics that can fall; all others are counters. */
const levels: ReadonlySet<string> = new Set([
  'assigned-addresses',
  'assigned-nas',
  'assigned-pds',
  'registered-nas',
  'declined-addresses',
  'total-addresses',
  'total-nas',
  'total-pds',
]);

/** Two statistics of a subnet: what its clients hold out of its pools of a kind, and what is in these. */
export interface PoolFill {
  readonly kind: PoolKind;
  readonly assigned: string;
  readonly total: string;
}

export const POOL_FILLS_4: readonly PoolFill[] = [
  { kind: 'pool', assigned: 'assigned-addresses', total: 'total-addresses' },
];
export const POOL_FILLS_6: readonly PoolFill[] = [
  { kind: 'pool', assigned: 'assigned-nas', total: 'total-nas' },
  { kind: 'pd-pool', assigned: 'assigned-pds', total: 'total-pds' },
];

/** The metric of a global statistic. */
export function globalMetric(statistic: string): MetricName {
  for (const { pattern, metric, label, help } of rules) {
    const match = pattern.exec(statistic);
    if (match === null) continue;
    return { metric, help, kind: 'counter', labels: label === undefined ? {} : { [label]: match[1]! } };
  }
  return { ...plainMetric('tandem_', statistic), labels: {} };
}

/** The metric of a statistic of a subnet, without the `subnet[ID].` before it. */
export function subnetMetric(statistic: string, subnetId: number): MetricName {
  return { ...plainMetric('tandem_subnet_', statistic), labels: { subnet: String(subnetId) } };
}

/** The metric of a statistic of pools that are counted together, without what stands before it. */
export function poolMetric(statistic: string, { subnetId, kind, poolId }: NamedSeries): MetricName {
  const labels = { subnet: String(subnetId), pool: String(poolId) };
  return { ...plainMetric(kind === 'pool' ? 'tandem_pool_' : 'tandem_pd_pool_', statistic), labels };
}

/** A statistic whose name becomes the metric's name. */
function plainMetric(prefix: string, statistic: string): Omit<MetricName, 'labels'> {
  const name = prefix + statistic.replace(/^(tandem|v4|v6)-/, '').replaceAll('-', '_');
  const help = `Kea's statistic ${statistic}`;
  if (levels.has(statistic)) return { metric: name, help, kind: 'gauge' };
  return { metric: `${name}_total`, help, kind: 'counter' };
}
