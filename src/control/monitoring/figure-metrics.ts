/** The metrics made of the server's figures, as a table: what is missing (no partner, no lease file) is left out. */

import { INTERFACE_METRICS_MAX } from '../limits.ts';
import type {
  CredentialFigures,
  HaFigures,
  JournalFigures,
  PerfmonFigures,
  ServerFigures,
  ShardFigures,
} from './figures.ts';
import { streamMetrics } from './stream-metrics.ts';

type Labels = Readonly<Record<string, string>>;

export interface FigureMetric {
  readonly metric: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly labelNames: readonly string[];
  readonly read: (figures: ServerFigures) => readonly (readonly [Labels, number])[];
}

/** One value, without labels. */
function single(value: number): readonly (readonly [Labels, number])[] {
  return [[{}, value]];
}

function perShard(read: (shard: ShardFigures) => number): FigureMetric['read'] {
  return ({ shards }) => shards.map((shard, index) => [{ shard: String(index) }, read(shard)]);
}

function ofJournal(read: (journal: JournalFigures) => number): FigureMetric['read'] {
  return ({ journal }) => (journal === null ? [] : single(read(journal)));
}

function ofFsync(read: (fsync: NonNullable<JournalFigures['fsync']>) => number): FigureMetric['read'] {
  return ({ journal }) => (journal === null || journal.fsync === null ? [] : single(read(journal.fsync)));
}

function ofHa(read: (ha: HaFigures) => number): FigureMetric['read'] {
  return ({ ha }) => ha.map((each) => [{ server: each.serverName }, read(each)]);
}

function ofCredentials(read: (credentials: CredentialFigures) => readonly (readonly [Labels, number])[]) {
  return ({ credentials }: ServerFigures) => (credentials === null ? [] : read(credentials));
}

/** Sixteen or twenty series, whatever the number of subnets. */
function ofDurations(read: (duration: PerfmonFigures['durations'][number]) => number): FigureMetric['read'] {
  return ({ perfmon }) =>
    (perfmon?.durations ?? []).map((each) => {
      const { queryType, responseType, startEvent, stopEvent } = each.key;
      const span = `${startEvent}-${stopEvent}`;
      return [{ query: queryType, response: responseType, span }, read(each)] as const;
    });
}

/** Only the present state has a series: `tandem_ha_state{state="partner-down"} == 1` is the alarm to set. */
function stateOf(read: (ha: HaFigures) => string): FigureMetric['read'] {
  return ({ ha }) => ha.map((each) => [{ server: each.serverName, state: read(each) }, 1]);
}

const durationLabels = ['query', 'response', 'span'] as const;
const gauge = { kind: 'gauge', labelNames: [] } as const;
const counter = { kind: 'counter', labelNames: [] } as const;

export const figureMetrics: readonly FigureMetric[] = [
  {
    ...gauge,
    metric: 'tandem_leases',
    help: 'Leases in memory, in any state',
    read: ({ leases }) => single(leases.count),
  },
  {
    ...gauge,
    metric: 'tandem_leases_max',
    help: 'Leases that memory is set aside for',
    read: ({ leases }) => single(leases.max),
  },
  {
    ...gauge,
    metric: 'tandem_interface_served',
    help: '1 for each interface of the configuration that is served, 0 for one that is not',
    labelNames: ['interface'],
    read: ({ interfaces }) =>
      [...interfaces]
        .sort(([, a], [, b]) => Number(a) - Number(b))
        .slice(0, INTERFACE_METRICS_MAX)
        .map(([name, isServed]) => [{ interface: name }, Number(isServed)] as const),
  },
  {
    ...gauge,
    metric: 'tandem_parked_replies',
    help: 'Replies that wait for the lease file or the partner',
    labelNames: ['shard'],
    read: perShard((shard) => shard.parked),
  },
  {
    ...counter,
    metric: 'tandem_shard_turns_total',
    help: 'Turns of the loop of each data-plane thread',
    labelNames: ['shard'],
    read: perShard((shard) => shard.turns),
  },
  {
    ...gauge,
    metric: 'tandem_ring_fill_ratio',
    help: 'How full the rings out of each data-plane thread are, 0 to 1',
    labelNames: ['shard', 'ring'],
    read: ({ shards }) =>
      shards.flatMap(({ rings }, index) =>
        Object.entries(rings).map(([ring, fill]) => [{ shard: String(index), ring }, fill] as const),
      ),
  },
  {
    ...gauge,
    metric: 'tandem_journal_writing',
    help: '1 while the lease file can be written',
    read: ofJournal((journal) => Number(journal.isWriting)),
  },
  {
    ...counter,
    metric: 'tandem_journal_rows_total',
    help: 'Rows written to the lease file',
    read: ofJournal((journal) => journal.rows),
  },
  {
    ...counter,
    metric: 'tandem_journal_commits_total',
    help: 'Group commits of the lease file',
    read: ofJournal((journal) => journal.commits),
  },
  {
    ...counter,
    metric: 'tandem_journal_fsyncs_total',
    help: 'Calls of fdatasync for the lease file',
    read: ofFsync((fsync) => fsync.count),
  },
  {
    ...counter,
    metric: 'tandem_journal_fsync_seconds_total',
    help: 'Time spent in fdatasync; its rate divided by the rate of calls is the mean latency',
    read: ofFsync((fsync) => fsync.totalSec),
  },
  {
    ...gauge,
    metric: 'tandem_journal_fsync_seconds_max',
    help: 'The longest fdatasync since the start',
    read: ofFsync((fsync) => fsync.maxSec),
  },
  {
    ...gauge,
    metric: 'tandem_ha_state',
    help: 'The state of high availability here',
    labelNames: ['server', 'state'],
    read: stateOf((ha) => ha.state),
  },
  {
    ...gauge,
    metric: 'tandem_ha_partner_state',
    help: "The partner's last known state",
    labelNames: ['server', 'state'],
    read: stateOf((ha) => ha.partnerState),
  },
  {
    ...gauge,
    metric: 'tandem_ha_scope_served',
    help: '1 for each scope that is served here',
    labelNames: ['server', 'scope'],
    read: ({ ha }) =>
      ha.flatMap(({ serverName, scopes }) =>
        scopes.map((scope) => [{ server: serverName, scope }, 1] as const),
      ),
  },
  {
    ...gauge,
    metric: 'tandem_ha_in_touch',
    help: '1 once a heartbeat had an outcome',
    labelNames: ['server'],
    read: ofHa((ha) => Number(ha.isInTouch)),
  },
  {
    ...gauge,
    metric: 'tandem_ha_communication_interrupted',
    help: '1 while the partner does not answer',
    labelNames: ['server'],
    read: ofHa((ha) => Number(ha.isCommunicationInterrupted)),
  },
  {
    ...gauge,
    metric: 'tandem_ha_connecting_clients',
    help: 'Clients of the silent partner that were seen',
    labelNames: ['server'],
    read: ofHa((ha) => ha.connectingClients),
  },
  {
    ...gauge,
    metric: 'tandem_ha_unacked_clients',
    help: 'Clients that the silent partner left without an answer',
    labelNames: ['server'],
    read: ofHa((ha) => ha.unackedClients),
  },
  {
    ...gauge,
    metric: 'tandem_ha_clock_skew_seconds',
    help: "The partner's clock against ours",
    labelNames: ['server'],
    read: ({ ha }) =>
      ha.flatMap(({ serverName, clockSkewSec }) =>
        clockSkewSec === null ? [] : [[{ server: serverName }, clockSkewSec] as const],
      ),
  },
  {
    ...gauge,
    metric: 'tandem_ha_backlog_updates',
    help: "Lease updates kept for the partner's return",
    labelNames: ['server'],
    read: ofHa((ha) => ha.backlog),
  },
  {
    ...gauge,
    metric: 'tandem_ha_unsent_updates',
    help: 'Lease updates withheld from the partner',
    labelNames: ['server'],
    read: ofHa((ha) => ha.unsentUpdates),
  },
  {
    ...gauge,
    metric: 'tandem_ha_refused_updates',
    help: 'Leases that the partner could not hold',
    labelNames: ['server'],
    read: ofHa((ha) => ha.refusedUpdates),
  },
  ...streamMetrics,
  {
    ...gauge,
    metric: 'tandem_tls_certificate_days_left',
    help: 'Days until a certificate in use ends: the first of a cert-file, the last authority of a trust-anchor',
    labelNames: ['server', 'peer', 'file'],
    read: ofCredentials(({ entries }) =>
      entries.flatMap(({ server, peer, daysLeft }) =>
        daysLeft === null
          ? []
          : [
              [{ server, peer, file: 'cert-file' }, daysLeft.certificate] as const,
              [{ server, peer, file: 'trust-anchor' }, daysLeft.authority] as const,
            ],
      ),
    ),
  },
  {
    ...gauge,
    metric: 'tandem_credentials_refused',
    help: '1 while replaced certificate or password files are not in use, because something is wrong with them',
    labelNames: ['server', 'peer'],
    read: ofCredentials(({ entries }) =>
      entries.map(({ server, peer, isRefused }) => [{ server, peer }, Number(isRefused)] as const),
    ),
  },
  {
    ...counter,
    metric: 'tandem_credentials_renewals_total',
    help: 'Replaced certificate and password files that were taken',
    read: ofCredentials(({ renewals }) => single(renewals)),
  },
  {
    ...counter,
    metric: 'tandem_credentials_refusals_total',
    help: 'Replaced certificate and password files that were not taken',
    read: ofCredentials(({ refusals }) => single(refusals)),
  },
  {
    ...counter,
    metric: 'tandem_perfmon_answers_total',
    help: 'Answers whose time was measured, in complete intervals',
    labelNames: durationLabels,
    read: ofDurations(({ answers }) => answers),
  },
  {
    ...counter,
    metric: 'tandem_perfmon_seconds_total',
    help: 'Time between two milestones of a query; its rate divided by the rate of answers is the mean',
    labelNames: durationLabels,
    read: ofDurations(({ totalSec }) => totalSec),
  },
  {
    ...gauge,
    metric: 'tandem_perfmon_seconds_max',
    help: 'The longest time between two milestones of a query in the last interval',
    labelNames: durationLabels,
    read: ofDurations(({ mostSec }) => mostSec),
  },
  {
    ...gauge,
    metric: 'tandem_perfmon_alarms_triggered',
    help: 'Alarms of perfmon that are triggered now',
    read: ({ perfmon }) => (perfmon === null ? [] : single(perfmon.alarmsRaised)),
  },
];
