/** What main and the link thread tell each other, by a MessagePort. Rare events only, never an exchange. */
import type { ServerConfig6 } from '../config/dhcp6/model.ts';
import type { ServerConfig } from '../config/model.ts';
import type { StatisticsMemory } from '../engine/figures/statistics.ts';
import type { UpdateLogMemory } from '../engine/parked/shard-link.ts';
import type { SessionSecrets } from '../io/session-secrets.ts';
import type { LeaseBookMemory } from '../lease/dhcp4/book.ts';
import type { LeaseBookMemory6 } from '../lease/dhcp6/book.ts';
import type { LimitedMemory } from '../lease/limited-counts.ts';
import type { LeaseAddress } from '../lease/update-family.ts';
import type { NamedLease, StreamRefusal, SyncCounts, UpdateNews } from '../peer/model.ts';
import type { CommonTask } from '../shard/task.ts';
import type { StreamNames } from './hello.ts';
import type { SyncKind } from './sync-frames.ts';

/** What a reload may replace. */
export type LinkWorkplace = LinkWorkplace4 | LinkWorkplace6;

interface CommonWorkplace {
  /** Where leases are counted whose number is limited, or null. */
  readonly limited: LimitedMemory | null;
  readonly statistics: StatisticsMemory;
  /** Somebody wants to hear of every lease that a partner changes. */
  readonly isHeard: boolean;
}

export interface LinkWorkplace4 extends CommonWorkplace {
  readonly family: 4;
  readonly config: ServerConfig;
  readonly book: LeaseBookMemory;
}

export interface LinkWorkplace6 extends CommonWorkplace {
  readonly family: 6;
  readonly config: ServerConfig6;
  readonly book: LeaseBookMemory6;
}

/** A relationship whose partner may have a stream; `route` is its number, never given twice. */
export interface RouteTask {
  readonly route: number;
  readonly names: StreamNames;
  readonly updates: UpdateLogMemory;
  readonly figures: SharedArrayBuffer;
}

/** Main -> link. */
export type LinkOrder =
  | ({ readonly kind: 'attach' } & RouteTask)
  /** Closes its connection; the route is no more. */
  | { readonly kind: 'detach'; readonly route: number }
  /** A connection is there; one of before is closed. It stays main's to be closed, after `down`. */
  | {
      readonly kind: 'open';
      readonly route: number;
      readonly connection: number;
      readonly fd: number;
      /** Of the TLS session that it was; null = it is in plain. */
      readonly secrets: SessionSecrets | null;
      readonly head: Uint8Array;
    }
  /** Closes a connection, but not while records are on their way, in either direction. */
  | { readonly kind: 'close'; readonly route: number; readonly connection: number; readonly reason: string }
  /** Closes a connection, none of whose records are on their way, when none of the partner's are. */
  | { readonly kind: 'finish'; readonly route: number; readonly connection: number; readonly reason: string }
  /** The update log is the link's from here on. */
  | { readonly kind: 'lend'; readonly route: number; readonly connection: number }
  /** It is to be given back. */
  | { readonly kind: 'recall'; readonly route: number }
  /** Records of main's own, as `encodeDelivery` writes them; main has the log, and none of it is on its way. */
  | {
      readonly kind: 'deliver';
      readonly route: number;
      readonly connection: number;
      readonly delivery: number;
      readonly records: Uint8Array;
    }
  /** Ask the partner for its leases; `synchronized` reports tell the rest. Ended before its time with `abandon`. */
  | {
      readonly kind: 'synchronize';
      readonly route: number;
      readonly connection: number;
      readonly how: SyncKind;
      /** Those whose leases are taken; null = all. */
      readonly subnets: ReadonlySet<number> | null;
    }
  /** The partner may have what it has asked for, the log being lent, or not. */
  | {
      readonly kind: 'answer';
      readonly route: number;
      readonly connection: number;
      readonly refused: string | null;
    }
  /** Ends the connection if a synchronization is under way by it. */
  | { readonly kind: 'abandon'; readonly route: number; readonly connection: number; readonly reason: string }
  /** To be answered when nothing that the partner has sent by now can be written into the table any more. */
  | { readonly kind: 'fence'; readonly route: number }
  /** To be answered when the partner has answered all that stands in the update log now, or the log is not lent any more. */
  | { readonly kind: 'settle'; readonly route: number }
  /** Whether main wants to hear of clients whose records were accepted. */
  | { readonly kind: 'track'; readonly route: number; readonly on: boolean }
  /** Run this shard between your own steps, until main stops it; `carried` says that it has ended. */
  | { readonly kind: 'carry'; readonly task: CommonTask }
  /** Do nothing until `resume`. */
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume'; readonly workplace: LinkWorkplace }
  /** Let what is on its way arrive, within STOP_GRACE_MS, close every connection and return. */
  | { readonly kind: 'stop' };

/** What a synchronization comes to. */
export type SyncReport =
  /** The partner asks for our leases. */
  | { readonly kind: 'asked' }
  /** Ours was accepted, or not. */
  | { readonly kind: 'answered'; readonly refused: string | null }
  /** All of the partner's leases are on our disk, all that it lacks on its own. The first few that were not taken are named. */
  | {
      readonly kind: 'done';
      readonly counts: Readonly<SyncCounts>;
      readonly skipped: readonly NamedLease[];
      readonly named: readonly NamedLease[];
    };

/** Link -> main. */
export type LinkReport =
  /** Both sides have said hello. */
  | { readonly kind: 'up'; readonly route: number; readonly connection: number }
  /** A connection has ended; its descriptor is not used any more. Whatever was lent is main's again. */
  | {
      readonly kind: 'down';
      readonly route: number;
      readonly connection: number;
      readonly wasUp: boolean;
      readonly reason: string;
      /** Records that were on their way. */
      readonly unconfirmed: number;
      /** Addresses of those out of the log: who waited for them has been told that they failed. */
      readonly owed: readonly LeaseAddress[];
    }
  /** Every record of a delivery is answered. */
  | {
      readonly kind: 'delivered';
      readonly route: number;
      readonly connection: number;
      readonly delivery: number;
      readonly refused: readonly StreamRefusal[];
    }
  /** The update log is main's again; records may still be on their way. */
  | { readonly kind: 'back'; readonly route: number; readonly connection: number }
  /** After `back`: none is on its way any more. */
  | { readonly kind: 'drained'; readonly route: number; readonly connection: number }
  /** The partner sends no more records by this connection. */
  | { readonly kind: 'last'; readonly route: number; readonly connection: number }
  | { readonly kind: 'fenced'; readonly route: number }
  | { readonly kind: 'settled'; readonly route: number; readonly isSettled: boolean }
  | {
      readonly kind: 'synchronized';
      readonly route: number;
      readonly connection: number;
      readonly report: SyncReport;
    }
  | { readonly kind: 'news'; readonly route: number; readonly news: UpdateNews }
  /** Updates were completed; not for each. */
  | { readonly kind: 'completed'; readonly route: number }
  /** The shard that was given has ended. */
  | { readonly kind: 'carried' }
  | { readonly kind: 'paused' };
