/** What the running server says of itself for /metrics. */
import { type ByteRingMemory, ringFill } from '../../base/byte-ring.ts';
import type {
  HaFigures,
  JournalFigures,
  ServerFigures,
  ShardFigures,
} from '../../control/monitoring/figures.ts';
import type { JournalClient } from '../../journal/client.ts';
import type { HighAvailability } from '../ha/high-availability.ts';
import type { Relationship } from '../ha/relationship.ts';
import type { ControlParts } from './control.ts';

const US_PER_SEC = 1_000_000;

/** Of what every server has, whatever its family, something can be said. */
export interface FiguredParts {
  readonly leases: ServerFigures['leases'];
  readonly interfaces: ServerFigures['interfaces'];
  readonly dataPlane: {
    readonly links: readonly { readonly observations: ByteRingMemory }[];
    parked(shard: number): number;
    turns(shard: number): number;
  };
  readonly memory: {
    readonly book: { readonly changes: { readonly ring: ByteRingMemory } };
    readonly updates: readonly { readonly ring: ByteRingMemory }[];
  };
  /** Null = leases are kept in memory only. */
  readonly journal: JournalClient | null;
  readonly highAvailability: HighAvailability;
}

/** Reads the figures of what servers of both families have now. */
export function figuresOf(parts: FiguredParts): Omit<ServerFigures, 'perfmon'> {
  const { leases, interfaces, journal, highAvailability } = parts;
  return {
    leases,
    shards: shardFigures(parts),
    interfaces,
    journal: journal === null ? null : journalFigures(journal),
    ha: highAvailability.relationships.map(haFigures),
    credentials: credentialFigures(highAvailability),
  };
}

/** Reads every figure of a DHCPv4 server now. */
export function serverFigures(parts: ControlParts): ServerFigures {
  const { leases, config, storage, interfaces } = parts;
  return {
    ...figuresOf({
      ...parts,
      leases: { count: leases.store.count(), max: leases.book.table.capacity },
      interfaces: interfaces.served(),
      journal: config().leaseDatabase.persist ? storage.journal : null,
    }),
    perfmon: parts.perfmon()?.figures() ?? null,
  };
}

/** What is broken: a disk that does not take leases. */
export function journalFailures(journal: JournalClient): string[] {
  const failure = journal.failure();
  if (failure === null) return [];
  return [
    `the lease file cannot be written since ${new Date(failure.sinceSec * 1000).toISOString()} (${failure.step})`,
  ];
}

/** Null when nobody works with certificates or passwords. */
function credentialFigures({ credentials }: HighAvailability): ServerFigures['credentials'] {
  const figures = credentials.figures();
  return figures.entries.length === 0 ? null : figures;
}

function share(ring: ByteRingMemory): number {
  return ringFill(new Int32Array(ring.control)) / ring.data.byteLength;
}

function shardFigures({ dataPlane, memory }: FiguredParts): ShardFigures[] {
  return dataPlane.links.map((link, shard) => ({
    parked: dataPlane.parked(shard),
    turns: dataPlane.turns(shard),
    rings: {
      journal: share(memory.book.changes.ring),
      updates: Math.max(...memory.updates.map(({ ring }) => share(ring))),
      observations: share(link.observations),
    },
  }));
}

function journalFigures(journal: JournalClient): JournalFigures {
  const { records, commits, syncs, syncTotalUs, syncMaxUs } = journal.statistics();
  return {
    isWriting: journal.failure() === null,
    rows: records,
    commits,
    fsync:
      syncs === 0
        ? null
        : { count: syncs, totalSec: syncTotalUs / US_PER_SEC, maxSec: syncMaxUs / US_PER_SEC },
  };
}

/** Fields of status-get that are shown as metrics too. */
interface HaStatus {
  readonly 'ha-servers': {
    readonly local: { readonly state: string; readonly scopes: readonly string[] };
    readonly remote?: {
      readonly 'in-touch': boolean;
      readonly 'last-state': string;
      readonly 'communication-interrupted': boolean;
      readonly 'connecting-clients': number;
      readonly 'unacked-clients': number;
      readonly 'clock-skew': number | null;
    };
  };
}

function haFigures(relationship: Relationship): HaFigures {
  const { service, dispatcher } = relationship;
  const status = service.status() as HaStatus;
  const { local, remote } = status['ha-servers'];
  return {
    serverName: service.setup.own.name,
    state: local.state,
    partnerState: remote?.['last-state'] ?? '',
    isInTouch: remote?.['in-touch'] ?? false,
    isCommunicationInterrupted: remote?.['communication-interrupted'] ?? false,
    scopes: local.scopes,
    connectingClients: remote?.['connecting-clients'] ?? 0,
    unackedClients: remote?.['unacked-clients'] ?? 0,
    clockSkewSec: remote?.['clock-skew'] ?? null,
    backlog: dispatcher?.backlog().length ?? 0,
    unsentUpdates: service.unsentUpdates(),
    refusedUpdates: service.refusedUpdates(),
    streams: relationship.streamFigures(),
  };
}
