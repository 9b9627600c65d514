/**
 * High availability as a part of the server: its relationships, and what the shards observe of silent partners; or,
 * without a relationship, the plain rule that queries are served while the service switch is on.
 */
import type { Clock } from '../../base/clock.ts';
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import type { CommonConfig } from '../../config/model.ts';
import type { CommandTable } from '../../control/answer.ts';
import { formatWhy } from '../../control/monitoring/why-text.ts';
import type { UpdateLogMemory } from '../../engine/parked/shard-link.ts';
import { standalonePolicy } from '../../engine/policy.ts';
import type { SharedSubnet } from '../../engine/subnets/relationship-of.ts';
import { createRelationshipCommands } from '../../ha/commands/relationship-commands.ts';
import type { ClientObservation } from '../../ha/service/model.ts';
import { systemTimers } from '../../ha/service/timers.ts';
import { createServiceSwitchCommands } from '../../ha/switch/commands.ts';
import type { ServiceSwitch } from '../../ha/switch/switch.ts';
import type { HaLeases } from '../../ha/sync/leases.ts';
import type { LinkClient } from '../../link/client.ts';
import type { Log } from '../../log/logger.ts';
import type { StreamListener } from '../../peer/lease-stream.ts';
import type { PeerListener } from '../../peer/listener.ts';
import type { Change } from '../change.ts';
import { CredentialFiles, type CredentialUser } from '../control/credential-files.ts';
import type { ListenerSpec } from '../control/listeners.ts';
import type { DataPlane, ShardKinds } from '../data-plane.ts';
import { newUpdateLog, policyCount } from './memory.ts';
import { Observations } from './observations.ts';
import { peerPort } from './peer-port.ts';
import { Relationship } from './relationship.ts';
import { isContinued } from './relationship-settings.ts';

/** What of a configuration of either family high availability looks at. */
export type HaServerConfig = CommonConfig & { readonly subnets: readonly SharedSubnet[] };

export interface HighAvailabilityParts {
  /** Those who follow files of certificates and passwords beside the peers. */
  readonly otherCredentials: () => readonly CredentialUser[];
  /** The configuration in force. */
  readonly config: () => HaServerConfig;
  readonly memory: { updates: readonly UpdateLogMemory[] };
  readonly dataPlane: Pick<
    DataPlane<ShardKinds>,
    'links' | 'wake' | 'applied' | 'publish' | 'resizePolicies'
  >;
  readonly link: LinkClient;
  readonly leases: HaLeases;
  readonly serviceSwitch: ServiceSwitch;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HighAvailabilityChange extends Change {
  /** The ports that peers are to have from then on. */
  readonly listeners: readonly ListenerSpec[];
}

export class HighAvailability {
  readonly #parts: HighAvailabilityParts;
  /** In the order of the configuration, empty without high availability. */
  relationships: readonly Relationship[];
  readonly credentials: CredentialFiles;
  readonly #observations: Observations;
  #stopSwitch: () => void = () => {};
  /** Relationships of configurations of before that have not ended yet. */
  readonly #ending = new Set<Promise<void>>();
  #isStorageWell = true;

  constructor(parts: HighAvailabilityParts) {
    this.#parts = parts;
    const rings = parts.dataPlane.links.map(({ observations }) => observations);
    const deliver = (relationship: number, clients: readonly ClientObservation[]): void =>
      this.relationships[relationship]?.service.observed(clients);
    this.#observations = new Observations(rings, deliver, systemTimers);
    this.relationships = parts
      .config()
      .relationships.map((config, index) => this.#createRelationship(config, index));
    this.credentials = new CredentialFiles({
      users: () => [
        ...this.relationships.flatMap((relationship) => relationship.credentialUsers()),
        ...parts.otherCredentials(),
      ],
      clock: parts.clock,
      timers: systemTimers,
      log: parts.log,
    });
  }

  /** ha-*, dhcp-enable and dhcp-disable. */
  get commands(): CommandTable {
    const { serviceSwitch, dataPlane } = this.#parts;
    const [first] = this.relationships;
    if (first === undefined) return createServiceSwitchCommands(serviceSwitch, () => dataPlane.applied());
    return this.#commandsFor(first);
  }

  /** @param unnamed whose commands they are when they do not say */
  #commandsFor(unnamed: Relationship): CommandTable {
    const services = this.relationships.map(({ service }) => service);
    return createRelationshipCommands(services, this.#parts.serviceSwitch, unnamed.service);
  }

  /** The `high-availability` list of status-get, null without high availability. */
  status(): readonly object[] | null {
    return this.relationships.length === 0 ? null : this.relationships.map(({ service }) => service.status());
  }

  /** What each relationship waits for, one line each. */
  why(): string[] {
    return this.relationships.map(({ service }) => {
      const why = service.why();
      return `${why.state}: ${why.because}; waits for ${why['waits-for'].join('; ')}`;
    });
  }

  /** The same at length, for people; on a hub each relationship under this server's name in it. */
  whyText(): string {
    if (this.relationships.length === 0) return 'no high availability is configured';
    const texts = this.relationships.map(({ service }) => {
      const why = service.why();
      const text = formatWhy({ ...why, sinceSec: why['since-seconds'], waitsFor: why['waits-for'] });
      return this.relationships.length === 1 ? text : `${service.setup.own.name}: ${text}`;
    });
    return texts.join('\n\n');
  }

  /** What the peer ports may call: the commands of the server, and those of their own relationship. */
  serve(table: CommandTable): void {
    for (const relationship of this.relationships)
      relationship.serve(new Map([...table, ...this.#commandsFor(relationship)]));
  }

  /** Starts the state machines, or opens the service. */
  start(): void {
    this.relationships.forEach((relationship, index) => {
      relationship.start(this.#parts.memory.updates[index]!, Promise.resolve());
    });
    this.credentials.start();
    this.#watch();
  }

  /** The lease file takes no leases any more, or does again: what each relationship makes of it, and those to come. */
  storage(isWell: boolean): void {
    this.#isStorageWell = isWell;
    for (const { service } of this.relationships) service.storage(isWell);
  }

  /** The ports for the peers. */
  listeners(): ListenerSpec[] {
    return this.relationships.flatMap((relationship) => this.#listenerOf(relationship, relationship.config));
  }

  /**
   * Makes ready another configuration: relationships that can go on do so, with other settings; all others begin anew.
   * @param isOtherLeases this server will not have the leases of now any more: all begin anew
   * @throws Error when a TLS file of a peer cannot be read
   */
  prepare(config: HaServerConfig, isOtherLeases: boolean): HighAvailabilityChange {
    const before = this.relationships;
    const steps = config.relationships.map((next, index) => {
      const old = before[index];
      if (old !== undefined && !isOtherLeases && isContinued(old.config, next))
        return { relationship: old, next, change: old.prepare(next) };
      return { relationship: this.#createRelationship(next, index), next, change: null };
    });
    const anew = steps.flatMap(({ relationship, change }) => (change === null ? relationship : []));
    const ended = before.filter((old) => steps.every(({ relationship }) => relationship !== old));
    return {
      listeners: steps.flatMap(({ relationship, next }) => this.#listenerOf(relationship, next, config)),
      commit: () => {
        const ends = before.map((old) => (ended.includes(old) ? this.#end(old) : Promise.resolve()));
        this.relationships = steps.map(({ relationship }) => relationship);
        this.#resize(policyCount(config));
        for (const { change } of steps) change?.commit();
        for (const relationship of anew) {
          const index = this.relationships.indexOf(relationship);
          relationship.start(this.#newUpdateLog(index), ends[index] ?? Promise.resolve());
          if (!this.#isStorageWell) relationship.service.storage(false);
        }
        this.#watch();
      },
      abandon: async () => {
        await Promise.all(steps.map(({ relationship, change }) => change?.abandon() ?? relationship.close()));
      },
      retire: async () => {
        await Promise.all(this.#ending);
      },
    };
  }

  /** No more heartbeats and transitions; verdicts for parked replies still come. */
  stopTimers(): void {
    this.#observations.stop();
    this.#stopSwitch();
    this.credentials.stop();
    for (const { service } of this.relationships) service.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ending, ...this.relationships.map((relationship) => relationship.close())]);
  }

  #createRelationship(config: HaRelationshipConfig, index: number): Relationship {
    const concerns = (server: string) => this.credentials.concerns(server);
    const observe = (isOn: boolean) => this.#observations.watch(index, isOn);
    return new Relationship({ ...this.#parts, concerns, observe }, config, index);
  }

  #listenerOf(
    relationship: Relationship,
    settings: HaRelationshipConfig,
    config = this.#parts.config(),
  ): ListenerSpec[] {
    if (!settings.multiThreading.httpDedicatedListener) return [];
    const inUse = (listener: PeerListener): void => {
      relationship.listener = listener;
    };
    const onStream: StreamListener = (...stream) => relationship.acceptStream(...stream);
    const { peerListenAddress } = config.tandem;
    const { leases, log } = this.#parts;
    const { service } = leases.family;
    return [peerPort(settings, relationship.table, service, peerListenAddress, log, onStream, inUse)];
  }

  /** Policies and update logs for so many relationships. */
  #resize(count: number): void {
    const { memory, dataPlane } = this.#parts;
    if (memory.updates.length === count) return;
    dataPlane.resizePolicies(count);
    memory.updates = Array.from({ length: count }, (_, index) => memory.updates[index] ?? newUpdateLog());
  }

  /** An empty one: what stands in the log of before is for the relationship that was there. */
  #newUpdateLog(index: number): UpdateLogMemory {
    const { memory } = this.#parts;
    const log = newUpdateLog(this.relationships[index]!.config);
    memory.updates = memory.updates.with(index, log);
    return log;
  }

  /** Without relationships the switch alone decides whether clients are served. */
  #watch(): void {
    this.#stopSwitch();
    this.#stopSwitch = () => {};
    if (this.relationships.length > 0) return;
    this.#observations.stop();
    this.#stopSwitch = this.#parts.serviceSwitch.onChange(() => this.#publishSwitch());
    this.#publishSwitch();
  }

  #end(relationship: Relationship): Promise<void> {
    const end = relationship.close();
    this.#ending.add(end);
    void end.finally(() => this.#ending.delete(end));
    return end;
  }

  #publishSwitch(): void {
    const { dataPlane, serviceSwitch, log } = this.#parts;
    dataPlane
      .publish(0, standalonePolicy(serviceSwitch.enabled))
      .catch((error: Error) => log('TDM_ENGINE_POLICY_NOT_SEEN', { reason: error.message }));
  }
}
