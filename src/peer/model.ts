/** The seams between the HA service and what talks to the peers. */
import type { HaRole } from '../config/ha-model.ts';
import type { StreamSocket } from '../io/stream-socket.ts';
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { PeerCredentials } from './credentials.ts';

/** What became of one command sent to a peer. */
export type PeerAnswer =
  | { readonly kind: 'answer'; readonly result: number; readonly text: string; readonly arguments: unknown }
  /** No usable answer: refused, timed out, not JSON, no result code. `reason` is for the log. */
  | { readonly kind: 'failed'; readonly reason: string };

/** One other server of the relationship. Requests never reject. */
export interface PeerClient {
  readonly name: string;
  readonly role: HaRole;
  /** @param args the "arguments" map, or null for a command without */
  request(command: string, args: object | null, timeoutMs: number): Promise<PeerAnswer>;
  /** As `request`, with a body that is already encoded: `{"command":...,"service":...,"arguments":...}`. */
  requestBytes(body: Uint8Array, timeoutMs: number): Promise<PeerAnswer>;
  close(): Promise<void>;
}

/** The version of the lease stream that is spoken here. */
export const STREAM_VERSION = 3;

/** What became of the opening of a lease stream. */
export type StreamOpening =
  /** Whoever gets it owns the connection; `head` is what the peer has sent already. */
  | { readonly kind: 'open'; readonly socket: StreamSocket; readonly head: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: string };

/** A client whose certificate and password can change while it works. */
export interface RenewablePeerClient extends PeerClient {
  /**
   * Opens a lease stream, on a connection of its own. Never rejects; `close` ends what is under way, and no stream.
   * @param serverName this server's name in the relationship
   */
  openStream(serverName: string, timeoutMs: number): Promise<StreamOpening>;
  /** Why the latest request got no answer, null when it got one. */
  readonly failure: string | null;
  /** From the next request on it shows these; requests under way end as they began. The same ones again change nothing. */
  renew(credentials: PeerCredentials): void;
}

/** What the update dispatcher does with records for the partner, by the HA state. */
export type PartnerUpdates =
  /** Send and, for awaited records, give the verdict by the answer. */
  | 'send'
  /** Keep in the backlog (communication-recovery); awaited records are confirmed at once. */
  | 'queue'
  /** Withhold and count (partner-down, terminated ...); awaited records, from before, are refused: the client asks again. */
  | 'withhold';

/** A client by its identifiers in Kea's text form, as rejected-update records are keyed. */
export interface ClientKey {
  readonly hwAddress: string;
  readonly clientId: string;
}

/** What a partner said of lease updates, but for failures of the partner itself. */
export interface UpdateNews {
  /** At least one was accepted. */
  readonly hasAccepted: boolean;
  /** Whose updates were accepted; empty unless somebody wants to know. */
  readonly accepted: readonly ClientKey[];
  readonly conflicts: readonly ClientKey[];
  /** The partner's explanation of the first one. */
  readonly conflictReason: string;
  /** Whose leases the partner cannot hold. */
  readonly refusals: readonly ClientKey[];
  readonly refusalReason: string;
}

/** A record that the partner has not taken. */
export interface StreamRefusal {
  readonly address: LeaseAddress;
  /** 4 = conflict, 1 = it cannot hold it. */
  readonly code: number;
  readonly reason: string;
}

/** A lease that a peer has not taken. */
export interface RefusedLease {
  readonly address: LeaseAddress;
  readonly client: ClientKey;
  /** Else the peer cannot hold it. */
  readonly isConflict: boolean;
  readonly reason: string;
}

/** What became of leases that were sent as they stand. */
export interface SendOutcome {
  /** Why the peer is taken for unavailable, or null. */
  readonly failure: string | null;
  /** Leases that it has taken; none after a failure. */
  readonly taken: number;
  readonly refused: readonly RefusedLease[];
}

/** What became of records that were delivered by a stream. */
export interface StreamDelivery {
  /** Why the stream has ended before all were answered, or null; what was on its way may have been taken or not. */
  readonly failure: string | null;
  readonly refused: readonly StreamRefusal[];
}

/**
 * The way of lease updates to a partner that is a Tandem, past the main thread. While a stream is up it can be lent the
 * update log, at moments at which no update is under way by another way; it gives it back when it is called or ends.
 */
export interface PartnerStream {
  readonly isUp: boolean;
  /** Whether the update log is lent, or was called back and has not come yet. */
  readonly hasLog: boolean;
  /** Whether updates may be on their way by it: while it has the log, and until the last that went by it is answered. */
  readonly isUnderWay: boolean;
  /** Pre: it is up and has not got the log. */
  lend(): void;
  /** Calls the log back; does nothing where it was called back already, or is not lent. */
  recall(): void;
  /**
   * Sends leases beside the log, once those of the call before are answered. Pre: it has not got the log, and nothing out
   * of that is on its way; at most a portion of `DELIVERY_RECORDS_MAX` and `DELIVERY_BYTES_MAX`.
   * @returns null when it is not up: nothing was sent
   */
  deliver(updates: readonly UpdateBytes[]): Promise<StreamDelivery | null>;
  /**
   * Resolves when it is up, when none is to be expected any more, or when the time is over.
   * @param msMax a second when it is not said
   */
  arrival(msMax?: number): Promise<void>;
  /** Whether news are to name clients whose updates were accepted. */
  track(on: boolean): void;
  /** Resolves when it has not got the log and no update is under way by it. Pre: the log was called back. */
  idle(): Promise<void>;
  /** Resolves when the partner has answered everything that stands in the log now. @returns false when it had not got the log to the end */
  settle(): Promise<boolean>;
  /** Who hears of it; one, for as long as it lives. */
  listen(listener: PartnerStreamListener): void;
}

export interface PartnerStreamListener {
  /** It has come up, the log is back, or nothing is on its way by it any more. */
  changed(): void;
  news(news: UpdateNews): void;
  /** Updates were completed; not called for each. */
  completed(): void;
  /** It has ended while updates were under way; the log is back. @param owed their addresses */
  failed(reason: string, owed: Iterable<LeaseAddress>): void;
  /** The partner wants to synchronize: it may, once it gets whatever changes. @param answer null, or why it may not */
  asked(answer: (refused: string | null) => void): void;
}

/** What the dispatcher tells the HA service. Calls are batched: never more than one of each a request. */
export interface UpdateListener {
  /** A request to the partner failed (not a conflict): the partner is to be taken for unavailable. */
  partnerFailed(reason: string): void;
  /** The partner answered conflict (4) for these clients. */
  rejected(clients: readonly ClientKey[]): void;
  /** The partner cannot hold so many leases; why, in the words of its last answer. */
  refused(leases: number, reason: string): void;
  /** More leases failed to reach the partner than can be sent again: only a synchronization makes it complete. */
  updatesLost(): void;
  /** These clients' updates succeeded; called only while `trackConfirmed` is true. */
  confirmed(clients: readonly ClientKey[]): void;
  /** Transactions withheld from the partner because of the state. */
  unsent(transactions: number): void;
  /** Awaited transactions were completed, well or not; the state machine may run. */
  completed(): void;
}

/** What became of leases that were sent as they stand. */
export interface Delivery {
  readonly taken: number;
  /** Leases that the peer does not take; it is well all the same. The first few are named. */
  readonly refused: number;
  readonly named: readonly { readonly address: string; readonly reason: string }[];
  /** Why the peer failed before all were sent, or null. */
  readonly failure: string | null;
}

/** What may change while updates are under way. */
export interface DispatcherSettings {
  /** Clients wait for the backups too (passive-backup). */
  readonly waitBackupAck: boolean;
  readonly delayedUpdatesLimit: number;
  /** send-lease-updates: whether the shards write updates. */
  readonly sendsUpdates: boolean;
  /** http-client-threads: connections to each peer, 0 = the default. */
  readonly connections: number;
  /** heartbeat-delay: between two looks at a backup that is well, 0 = none. */
  readonly heartbeatDelayMs: number;
}

/** How a synchronization by the stream is done: take what is newer there, or that and give what is newer here. */
export type SyncHow = 'fetch' | 'exchange';

/** A lease that one side has not taken, and why. */
export interface NamedLease {
  readonly address: string;
  readonly reason: string;
}

/** What became of the leases of a synchronization, at the server that asked. */
export interface SyncCounts {
  created: number;
  updated: number;
  kept: number;
  /** Of subnets of another relationship. */
  foreign: number;
  skipped: number;
  /** Leases and deletions that the source took from us, and those it refused. */
  given: number;
  refused: number;
}

/** What a synchronization by the stream has come to. */
export type StreamSync =
  | {
      readonly kind: 'done';
      readonly counts: Readonly<SyncCounts>;
      /** The first few of those skipped here, and of those that the partner has refused. */
      readonly skipped: readonly NamedLease[];
      readonly named: readonly NamedLease[];
    }
  /** The partner, or this side, does it by the stream not now; nothing has been done. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The stream has ended before it was done. */
  | { readonly kind: 'failed'; readonly reason: string };

/** How far a synchronization is: leases taken, about how many there are, leases a second so far. */
export interface SyncProgress {
  readonly rows: number;
  readonly total: number;
  readonly perSecond: number;
}

/** The partner's leases by its stream, while it goes on serving. */
export interface LeaseSource {
  /** @param subnets those whose leases are taken; null = all. Never rejects */
  synchronize(how: SyncHow, subnets: ReadonlySet<number> | null): Promise<StreamSync>;
  /** Ends what is under way, and the stream with it. */
  abandon(reason: string): void;
  /** Null while none is under way. */
  progress(): SyncProgress | null;
}

/** Drains the shards' update rings, sends to partner and backups, gives verdicts. Owned by app.ts, steered by the HA service. */
export interface UpdateDispatcher {
  setPartnerUpdates(mode: PartnerUpdates): void;
  /** Whether `confirmed` is called (only while somebody has a rejected record). */
  trackConfirmed(on: boolean): void;
  /** The partner answered a heartbeat: what failed to reach it before is sent once more. */
  partnerAnswered(): void;
  /** Sends leases to the partner as they stand. Pre: the mode is `withhold`, so that nothing can overtake them. */
  sendLeases(leases: Iterable<UpdateBytes>): Promise<Delivery>;
  /** Whether the partner gets by its stream whatever changes, as it does from the moment at which it synchronizes. */
  readonly isFollowed: boolean;
  /**
   * Resolves when everything that a partner which follows was not waited for is with it; false when that cannot be said, because it
   * does not follow any more. Pre: the shards have confirmed the policy by which they wait again.
   */
  settled(): Promise<boolean>;
  /** Entries waiting in the backlog and whether a push was refused since it was last cleared. */
  backlog(): { readonly length: number; readonly overflown: boolean };
  /** @param owe what was in it is sent all the same when the partner has answered a heartbeat */
  clearBacklog(owe: boolean): void;
  /** Sends the backlog in order, stops at the first failure; resolves true when all was accepted. */
  sendBacklog(): Promise<boolean>;
  /** Works by other settings from now on; everything that is queued or under way stays as it is. */
  retune(settings: DispatcherSettings): void;
  close(): Promise<void>;
}
