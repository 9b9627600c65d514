/**
 * What the parts of the server can say about themselves beyond statistics. They hand over plain numbers at each scrape
 * and know nothing of metrics; figure-metrics.ts gives the numbers their names.
 */

import type { DurationKey } from '../../config/hook-model.ts';

/** One thread of the data plane. */
export interface ShardFigures {
  /** Replies parked now. */
  readonly parked: number;
  /** Turns of the loop since the thread began: a shard whose turns stand still hangs. */
  readonly turns: number;
  /** How full its rings are, 0..1. */
  readonly rings: { readonly journal: number; readonly updates: number; readonly observations: number };
}

export interface JournalFigures {
  /** False while the lease file cannot be written. */
  readonly isWriting: boolean;
  /** Rows written since the start. */
  readonly rows: number;
  /** Group commits since the start. */
  readonly commits: number;
  /** Calls of fdatasync and the seconds that they took; null before the first one, or when it is off. */
  readonly fsync: { readonly count: number; readonly totalSec: number; readonly maxSec: number } | null;
}

/** One relationship. */
export interface HaFigures {
  /** This server's name in it. */
  readonly serverName: string;
  /** This server's state and the partner's last known one, by Kea's names. */
  readonly state: string;
  readonly partnerState: string;
  readonly isInTouch: boolean;
  readonly isCommunicationInterrupted: boolean;
  /** Names of the scopes served here. */
  readonly scopes: readonly string[];
  readonly connectingClients: number;
  readonly unackedClients: number;
  /** Difference of the clocks in seconds, or null while unknown. */
  readonly clockSkewSec: number | null;
  /** Lease updates kept for the partner's return. */
  readonly backlog: number;
  /** Lease updates withheld from the partner since it was lost. */
  readonly unsentUpdates: number;
  readonly refusedUpdates: number;
  /** The lease streams, to the partner and between active servers and backups. */
  readonly streams: readonly StreamFigures[];
}

/** Records and frames since the start, over all connections. */
export interface StreamFigures {
  /** The name of the server at the other end. */
  readonly peer: string;
  readonly isUp: boolean;
  /** Streams that came up. */
  readonly opened: number;
  readonly recordsSent: number;
  readonly recordsReceived: number;
  /** Of the sent ones, those that the peer has taken or refused, and those that it has refused. */
  readonly recordsAcknowledged: number;
  readonly recordsRefused: number;
  readonly framesSent: number;
  readonly framesReceived: number;
  /** Leases that the synchronization under way, or the last one, has taken, and about how many the source has. */
  readonly syncRows: number;
  readonly syncRowsTotal: number;
  /** Leases a second of the one under way, 0 while there is none. */
  readonly syncRate: number;
}

/** Certificates and passwords of the peers and of control sockets. */
export interface CredentialFigures {
  /** One for each peer entry that is worked with. */
  readonly entries: readonly {
    /** This server's name in the relationship, empty for a control socket. */
    readonly server: string;
    readonly peer: string;
    /** Files on the disk cannot be used, what was read before them is. */
    readonly isRefused: boolean;
    /** Days until the certificates in use end, negative afterwards; null without TLS. */
    readonly daysLeft: { readonly certificate: number; readonly authority: number } | null;
  }[];
  /** Since the start: replaced files that were taken, and that were not. */
  readonly renewals: number;
  readonly refusals: number;
}

/** How long answers took, of all subnets. */
export interface PerfmonFigures {
  readonly durations: readonly {
    readonly key: DurationKey;
    /** Since the configuration was read, in complete intervals. */
    readonly answers: number;
    readonly totalSec: number;
    /** The longest of the last interval. */
    readonly mostSec: number;
  }[];
  readonly alarmsRaised: number;
}

export interface ServerFigures {
  readonly leases: { readonly count: number; readonly max: number };
  readonly shards: readonly ShardFigures[];
  /** Each interface that is to be served, by name, and whether it is. */
  readonly interfaces: ReadonlyMap<string, boolean>;
  /** Null when leases are kept in memory only. */
  readonly journal: JournalFigures | null;
  /** One a relationship, empty without high availability. */
  readonly ha: readonly HaFigures[];
  /** Null when nobody works with certificates or passwords. */
  readonly credentials: CredentialFigures | null;
  /** Null without the perfmon library. */
  readonly perfmon: PerfmonFigures | null;
}
