/**
 * The vocabulary of the high-availability state machine: its states, the record it keeps, what can happen to it
 * (events) and what it asks for (effects). Everything here is plain data; the machine itself is `step` in step.ts.
 */
import type { LogId } from '../../log/messages.ts';
import type { PartnerUpdates } from '../../peer/model.ts';
import type { Communication } from './communication.ts';
import type { RejectedClients } from './rejected.ts';
import type { HaSetup } from './setup.ts';
import type { Observation, UnackedClients } from './unacked-clients.ts';

/** The twelve states, with the names they have on the wire. */
export const HA_STATES = [
  'waiting',
  'syncing',
  'ready',
  'load-balancing',
  'hot-standby',
  'partner-down',
  'communication-recovery',
  'in-maintenance',
  'partner-in-maintenance',
  'passive-backup',
  'backup',
  'terminated',
] as const;
export type HaStateName = (typeof HA_STATES)[number];

/** `unknown` until the first outcome of a heartbeat; `unavailable` after anything sent to the partner failed. */
export type PartnerState = HaStateName | 'unavailable' | 'unknown';

/** Something that runs outside the machine and comes back as an event with the same number. */
export interface Operation {
  readonly kind: 'sync' | 'backlog' | 'reset' | 'collect' | 'hand-over';
  readonly id: number;
}

export interface SyncNotified {
  /** Monotonic ms of the command; only heartbeats sent later tell where the partner stands. */
  readonly atMs: number;
  /** A heartbeat found the partner still syncing; there is no second such chance. */
  readonly spared: boolean;
}

/** Everything the machine knows. Never changed in place: `step` answers with the next one. */
export interface MachineState {
  readonly setup: HaSetup;
  readonly name: HaStateName;
  /** The state before this one; equal to `name` when the same state was entered again by command. */
  readonly previous: HaStateName;
  /** Monotonic ms at which the state was entered. */
  readonly sinceMs: number;
  /** Why it was entered, for the log and for ha-why. */
  readonly reason: string;
  readonly paused: boolean;
  /** States whose rule `once` has been used up. */
  readonly pausesUsed: readonly HaStateName[];
  /** Names of the scopes served here, sorted. */
  readonly scopes: readonly string[];
  readonly partnerUpdates: PartnerUpdates;
  readonly heartbeats: boolean;
  /** What is under way outside, or null; its answer is awaited in this state only. */
  readonly operation: Operation | null;
  /** Operations ever started: the source of their numbers. */
  readonly operationCount: number;
  /** The backlog overflowed or its delivery failed: only a full synchronization makes the partner complete. */
  readonly backlogLost: boolean;
  /** The partner took our reset, because updates for it were lost, and has not synchronized since. */
  readonly partnerOwesSync: boolean;
  /** A Kea in ready could not be asked for its leases: the pair goes on without, and asks while both serve. */
  readonly collectFailed: boolean;
  /** The partner may have leases that are missing here, and will not send them by itself: they are to be fetched. */
  readonly collectDue: boolean;
  /** The partner said that its synchronization is complete while this server was partner-down; held off until a heartbeat. */
  readonly syncNotified: SyncNotified | null;
  /** The partner has said so and gets by its stream whatever changes, but nobody's answer waits for it. */
  readonly isFollowed: boolean;
  /** `unsentUpdates` when the partner last had every lease, by its word or by our normal state; null = not known. */
  readonly syncedUnsent: bigint | null;
  /** Since this server became ready, its partner has served alone anew: what was synchronized is out of date. */
  readonly readyOutdated: boolean;
  /** Queries out of scope are to be reported, because the partner is silent. */
  readonly observing: boolean;
  readonly communication: Communication;
  readonly unacked: UnackedClients;
  readonly rejected: RejectedClients;
  /** Leases that the partner cannot hold, since the start, and what it said of the last one. */
  readonly refused: { readonly leases: number; readonly reason: string };
  /** The lease file has taken no leases for a while. */
  readonly storageFails: boolean;
  /** The longest client identifier that the partner can hold, in octets. */
  readonly partnerClientIdMax: number;
  /** Transactions whose updates were withheld from the partner, 0..2^64-1; after the first it is never 0 again. */
  readonly unsentUpdates: bigint;
}

/** What is true around the machine at the instant of an event. */
export interface Surroundings {
  /** Monotonic milliseconds. */
  readonly nowMs: number;
  /** The DHCP service answers queries now: no origin holds it off. */
  readonly serviceOn: boolean;
  /** An origin other than this machine (a user, the partner) holds the service off. */
  readonly heldByOthers: boolean;
  readonly backlog: { readonly length: number; readonly overflown: boolean };
}

/** What a good heartbeat reply says. */
export interface HeartbeatReport {
  readonly state: PartnerState;
  /** The partner's clock, Unix seconds. */
  readonly timeSec: number;
  /** Scopes the partner serves; null when the reply has no usable list. */
  readonly scopes: readonly string[] | null;
  /** The partner's unsent-update count; null when the reply has none. */
  readonly unsentUpdates: number | null;
  /** The partner sends by itself, when it has synchronized, what only it has. */
  readonly givesBack: boolean;
}

export type HaHappening =
  | { readonly kind: 'started' }
  /** Time passed; only what depends on silence is looked at again. */
  | { readonly kind: 'tick' }
  | {
      readonly kind: 'heartbeat-answered';
      readonly sentMs: number;
      readonly nowUtcSec: number;
      readonly report: HeartbeatReport;
    }
  | { readonly kind: 'heartbeat-failed'; readonly sentMs: number; readonly reason: string }
  /** A request to the partner other than a heartbeat failed. */
  | { readonly kind: 'partner-failed'; readonly reason: string }
  | { readonly kind: 'updates-completed' }
  | { readonly kind: 'updates-unsent'; readonly transactions: number }
  | { readonly kind: 'updates-rejected'; readonly clients: readonly string[] }
  | { readonly kind: 'updates-confirmed'; readonly clients: readonly string[] }
  | { readonly kind: 'updates-refused'; readonly leases: number; readonly reason: string }
  /** Too many updates failed to be sent once more: only a synchronization makes the partner complete. */
  | { readonly kind: 'updates-lost' }
  | { readonly kind: 'partner-limits'; readonly clientIdBytesMax: number }
  /** The lease file takes no leases any more, or does again. */
  | { readonly kind: 'storage'; readonly isWell: boolean }
  | { readonly kind: 'observed'; readonly clients: readonly Observation[] }
  | { readonly kind: 'operation-finished'; readonly id: number; readonly ok: boolean }
  | { readonly kind: 'reset-requested' }
  | { readonly kind: 'continue-requested' }
  | { readonly kind: 'scopes-requested'; readonly scopes: readonly string[] }
  /** An administrator asked for maintenance and the partner was told: it accepted, or nobody was there. */
  | { readonly kind: 'maintenance-started'; readonly partner: 'accepted' | 'offline' }
  /** The partner agreed that its maintenance is cancelled; its new state, or null when it named none. */
  | { readonly kind: 'maintenance-cancelled'; readonly partnerState: PartnerState | null }
  /** The partner wants this server to be shut down, or no longer. */
  | {
      readonly kind: 'maintenance-notified';
      readonly cancel: boolean;
      readonly partnerState: PartnerState | null;
    }
  /** @property outlasted the partner's hold on the service ran out before: leases may have been given meanwhile */
  | {
      readonly kind: 'sync-complete-notified';
      readonly outlasted: boolean;
      /** The partner gets by its stream whatever changes. */
      readonly follows: boolean;
    };

export type HaEvent = HaHappening & Surroundings;

export type HaEffect =
  | {
      readonly kind: 'state-changed';
      readonly from: HaStateName;
      readonly to: HaStateName;
      readonly partner: PartnerState;
      readonly reason: string;
    }
  | { readonly kind: 'serve-scopes'; readonly scopes: readonly string[] }
  /** Hold the service off under the local origin, or let go of that origin. */
  | { readonly kind: 'set-service'; readonly on: boolean }
  | { readonly kind: 'set-partner-updates'; readonly mode: PartnerUpdates }
  | { readonly kind: 'observe'; readonly on: boolean }
  | { readonly kind: 'start-heartbeats' }
  | { readonly kind: 'stop-heartbeats' }
  | { readonly kind: 'start-sync'; readonly id: number }
  | { readonly kind: 'start-collect'; readonly id: number }
  /** Wait until the partner has everything that was given without waiting for it. */
  | { readonly kind: 'hand-over'; readonly id: number }
  | { readonly kind: 'send-backlog'; readonly id: number }
  /** Empties the backlog; `owe`: what was in it is sent to the partner all the same, when it answers. */
  | { readonly kind: 'clear-backlog'; readonly owe: boolean }
  | { readonly kind: 'send-reset'; readonly id: number }
  | { readonly kind: 'track-confirmed'; readonly on: boolean }
  | { readonly kind: 'log'; readonly id: LogId; readonly fields: Readonly<Record<string, unknown>> };

/** Reads a state name as a partner may report it; null when there is no such state. */
export function readPartnerState(name: string): PartnerState | null {
  if (name === 'unavailable') return name;
  return HA_STATES.find((state) => state === name) ?? null;
}
