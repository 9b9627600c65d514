/** What the HA service is made of and what it offers: to the program, and to its own parts. */
import type { Clock } from '../../base/clock.ts';
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import type { CommandTable } from '../../control/answer.ts';
import type { Policy } from '../../engine/policy.ts';
import type { Log } from '../../log/logger.ts';
import type {
  ClientKey,
  LeaseSource,
  PeerClient,
  UpdateDispatcher,
  UpdateListener,
} from '../../peer/model.ts';
import type { HaHappening, MachineState } from '../machine/model.ts';
import type { HaSetup } from '../machine/setup.ts';
import type { ServiceSwitch } from '../switch/switch.ts';
import type { HaLeases } from '../sync/leases.ts';
import type { TandemMember } from '../wire/heartbeat.ts';
import type { HaWhy } from './explain.ts';
import type { Timers } from './timers.ts';

export interface HaServiceParts {
  readonly config: HaRelationshipConfig;
  /** Position of the relationship in the configuration: part of its origins at the service switch. */
  readonly index: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly leases: HaLeases;
  /** The other servers of the relationship, one client each. Closed by their owner. */
  readonly peers: readonly PeerClient[];
  readonly serviceSwitch: ServiceSwitch;
  /** Ids of the subnets whose leases a synchronization takes; null = all. */
  readonly synchronizedSubnets: () => ReadonlySet<number> | null;
  /** Hands a policy to the shards at once; the promise resolves when all of them work by it. */
  readonly publish: (policy: Policy) => Promise<void>;
  /** This program's version, shown to a partner that is a Tandem too. */
  readonly version: string;
  /** Lets the event loop do other things during long work. */
  readonly yieldTurn: () => Promise<void>;
  /** Resolves so much later, in milliseconds. */
  readonly passTime: (delayMs: number) => Promise<void>;
  readonly streams: PeerStreams;
  /** What is wrong between the servers that the machine does not see, a sentence each: certificates, failed requests. */
  readonly concerns: () => readonly string[];
}

/** The lease streams to and from the other servers, as far as they hang on heartbeats. Each is kept by the name of its peer. */
export interface PeerStreams {
  /** Versions of the protocol that this server takes now; none = no stream. */
  offered(): readonly number[];
  /** A peer has sent a heartbeat, or has answered one. @param versions that it takes */
  heard(peer: string, versions: readonly number[]): void;
  /** A peer did not answer a heartbeat. */
  missed(peer: string): void;
  /** The stream by which a peer's leases can be had, waited for a moment; null = there is none. */
  source(peer: string): Promise<LeaseSource | null>;
}

/** A query of the silent partner's share, as a shard reports it. */
export interface ClientObservation extends ClientKey {
  /** For how long it has been asking, by its own word; milliseconds. */
  readonly waitedMs: number;
}

export interface HaService extends UpdateListener {
  /**
   * ha-heartbeat, ha-sync, ha-scopes, ha-continue, ha-reset, ha-maintenance-*, ha-sync-complete-notify, ha-why,
   * dhcp-disable and dhcp-enable.
   */
  readonly commands: CommandTable;
  readonly setup: HaSetup;
  /**
   * Publishes the first policy and starts the machine. Called once; the dispatcher was given this service as its listener.
   * @param predecessor ends when the synchronizations of the service of before, of the same relationship, have ended. None
   *   begins before: both hold the source off under one number
   */
  start(dispatcher: UpdateDispatcher, predecessor?: Promise<void>): void;
  /**
   * Goes on in the same state with other settings.
   * @param config of the same servers in the same roles and mode; whoever sends updates or not goes on to
   * @param hasPartnerMoved whoever answers from now on may be another program than before
   */
  retune(config: HaRelationshipConfig, hasPartnerMoved: boolean): void;
  /** Stops timers, ignores what is still under way and lets go of the service switch. */
  stop(): void;
  /** Resolves when no synchronization of this service runs any more; after `stop` they end soon. */
  ended(): Promise<void>;
  /** The lease file takes no leases any more, or does again. */
  storage(isWell: boolean): void;
  /** Queries out of scope that shards saw while the policy asked for it. */
  observed(clients: readonly ClientObservation[]): void;
  /** Resolves when all shards work by the newest policy. */
  applied(): Promise<void>;
  /** The relationship's entry in the `high-availability` list of status-get. */
  status(): object;
  why(): HaWhy;
  /** Transactions whose updates were withheld from the partner since the start. */
  unsentUpdates(): number;
  /** Leases that the partner could not hold, since the start. */
  refusedUpdates(): number;
}

/** What the parts of the service (commands, maintenance) may do with it. */
export interface HaControl {
  readonly setup: HaSetup;
  readonly parts: HaServiceParts;
  readonly tandem: TandemMember;
  state(): MachineState;
  submit(happening: HaHappening): void;
  applied(): Promise<void>;
  /** Client of the partner; null on a backup server and in passive-backup mode. */
  partner(): PeerClient | null;
  client(name: string): PeerClient | null;
  /** The service was stopped: nothing that is submitted has an effect any more. */
  isStopped(): boolean;
  /** Whether the partner gets whatever changes by its stream. */
  isFollowed(): boolean;
  isSynchronizing(): boolean;
  /** Synchronizes on command; null when a synchronization is under way already. */
  sync(source: PeerClient, maxPeriodSec: number): Promise<{ ok: boolean; text: string }> | null;
}
