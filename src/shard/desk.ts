/**
 * What a shard's service asks of a family: to receive queries and to write a reply for each, by its own sockets, messages and
 * leases. The service has the rest: when replies leave, what is sent and committed when.
 */
import type { StatisticsWriter } from '../engine/figures/statistics.ts';
import type { Park, ParkExit } from '../engine/parked/park.ts';
import type { PolicyView } from '../engine/policy.ts';
import type { ReplySlots } from '../engine/reply/reply-slots.ts';
import type { ChangeLog } from '../lease/change-log.ts';
import type { PolledChannel, ShardSockets } from './sockets.ts';

/** The part of the engine's context that is the same for both families. */
export interface ServingContext {
  readonly book: { readonly changes: ChangeLog };
  readonly changes: {
    isCrowded(): boolean;
    /** Whether rows were written since the last call. */
    takeDirtyRows(): boolean;
    /** A bit for each relationship whose update log was written since the last call. */
    takeDirtyUpdates(): number;
  };
  /** What happened to leases, for those who listen. */
  readonly events: { announce(): void };
  /** Null = there are no DNS updates. */
  readonly dns?: { announce(): void } | null;
  readonly statistics: StatisticsWriter;
  readonly policy: PolicyView;
  readonly slots: ReplySlots;
  readonly park: Park;
  /** Wall clock of this batch, Unix seconds. */
  nowSec: number;
  /** Monotonic milliseconds of this batch. */
  nowMs: number;
}

/** What the service does with the replies of a desk. */
export interface ReplyExit extends ParkExit {
  /** Sends the reply in a slot with the next ones. */
  enqueue(slot: number): void;
  /** Gives up the reply in a slot, counted in a cell. */
  discard(slot: number, cell: number): void;
  /** A reply has left, or the kernel refused it. */
  leave(slot: number, wasSent: boolean): void;
}

/** The statistics of a family that the service counts. */
export interface DeskCells {
  readonly received: number;
  readonly receiveDrop: number;
  readonly serviceDisabled: number;
  readonly sent: number;
  // Tandem's own.
  readonly dropServiceDisabled: number;
  readonly dropSocketGone: number;
  readonly dropUpdateRejected: number;
  readonly dropLeaseOver: number;
  readonly dropParkedTooLong: number;
  readonly dropSendFailed: number;
  readonly joinRefused: number;
}

/** @typeParam Channel what is received from */
export interface Desk<Channel extends PolledChannel = PolledChannel> {
  readonly context: ServingContext;
  readonly cells: DeskCells;
  readonly sockets: ShardSockets<Channel>;
  /** Replies in line to be sent. */
  readonly outbox: { queue(slot: number): void; flush(): void };
  /** Takes the next batch of a channel; never blocks. @returns how many, at most BATCH_MAX */
  receive(channel: Channel): number;
  /** Takes the next batch of what main has read in the place of this shard. @returns how many, at most BATCH_MAX */
  takeHanded(): number;
  /** The `count` queries that were taken last are served next. */
  begin(count: number): void;
  /** Serves number `index` of them: its reply is written, and queued or parked; or it is counted why there is none. */
  serve(index: number, shed: boolean): void;
  /**
   * Whether what a parked reply grants is not its client's any more: a RELEASE that the network has delivered late, or anybody else,
   * has ended the lease meanwhile.
   */
  isOver(slot: number): boolean;
  /** The lease of a parked reply is safe, also for answers to come. */
  settle(slot: number): void;
  /** A peer refused the lease of a parked reply. */
  refuse(slot: number): void;
  // What follows a family may have no need of.
  /** How long a sleep may last, at most `longestMs`. */
  waitMs?(longestMs: number): number;
  /** Looks after what is neither a query nor a parked reply. @returns whether something was written */
  look?(nowMs: number): boolean;
  /** Once a turn, when nothing is queued for sending. */
  renew?(): void;
  /** Other sockets are served from here on. */
  takeSockets?(): void;
  /** Another policy holds from here on: who answers these clients now need not be this server. */
  forgetAnswers?(): void;
  /** A reload does not wait for what may have seconds to come. */
  dropChecks?(): void;
  /** The reply in a slot is in line. */
  complete?(slot: number): void;
  /** The reply in a slot does not leave. */
  forget?(slot: number): void;
  /** A reply has left. @returns whether its slot is still used */
  keep?(slot: number): boolean;
  /** No reply leaves any more. */
  end?(): void;
}

/** Makes the desk of a shard. @param exit what becomes of its replies */
export type DeskMaker = (exit: ReplyExit) => Desk;
