/**
 * High availability as a part of the server: its relationships, and what the shards observe of silent partners; or,
 * without a relationship, the plain rule that queries are served while the service switch is on.
 */
import { ByteRingReader, type RingRecord } from '../base/byte-ring.ts';
import type { Clock } from '../base/clock.ts';
import { formatHex } from '../base/hex.ts';
import type { ServerConfig } from '../config/model.ts';
import type { CommandTable } from '../control/answer.ts';
import { formatWhy } from '../control/why-text.ts';
import { UpdateMode } from '../engine/policy.ts';
import { OBSERVATION_HEADER_BYTES } from '../engine/shard-link.ts';
import { createRelationshipCommands } from '../ha/relationship-commands.ts';
import type { ClientObservation } from '../ha/service-model.ts';
import type { ServiceSwitch } from '../ha/service-switch.ts';
import { createServiceSwitchCommands } from '../ha/service-switch-commands.ts';
import { CLIENT_ID_BYTES_MAX } from '../lease/record.ts';
import type { LeaseStore } from '../lease/store.ts';
import type { Log } from '../log/logger.ts';
import type { DataPlane } from './data-plane.ts';
import type { ServerMemory } from './memory.ts';
import { Relationship } from './relationship.ts';

/** Observed clients decide only at heartbeats: this is often enough for a ring of some 6,000 observations. */
const OBSERVE_MS = 100;

export interface HighAvailabilityParts {
  /** The configuration in force. */
  readonly config: () => ServerConfig;
  readonly memory: ServerMemory;
  readonly dataPlane: DataPlane;
  readonly store: LeaseStore;
  readonly serviceSwitch: ServiceSwitch;
  readonly clock: Clock;
  readonly log: Log;
}

export class HighAvailability {
  readonly #parts: HighAvailabilityParts;
  /** In the order of the configuration, empty without high availability. */
  readonly relationships: readonly Relationship[];
  readonly #observations: readonly ByteRingReader[];
  #timer: NodeJS.Timeout | null = null;
  #stopSwitch: () => void = () => {};

  constructor(parts: HighAvailabilityParts) {
    this.#parts = parts;
    this.#observations = parts.dataPlane.links.map((link) => new ByteRingReader(link.observations));
    this.relationships = parts
      .config()
      .relationships.map((config, index) => new Relationship(parts, config, index));
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

  /** Starts the state machines, or opens the service; `table` is what the peer ports may call. */
  async start(table: CommandTable): Promise<void> {
    if (this.relationships.length === 0) {
      this.#stopSwitch = this.#parts.serviceSwitch.onChange(() => this.#publishSwitch());
      return this.#publishSwitch();
    }
    for (const relationship of this.relationships)
      await relationship.start(new Map([...table, ...this.#commandsFor(relationship)]));
    this.#timer = setInterval(() => this.#observe(), OBSERVE_MS);
  }

  /** No more heartbeats and transitions; verdicts for parked replies still come. */
  stopTimers(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopSwitch();
    for (const { service } of this.relationships) service.stop();
  }

  async close(): Promise<void> {
    await Promise.all(this.relationships.map((relationship) => relationship.close()));
  }

  #publishSwitch(): void {
    const { dataPlane, serviceSwitch, log } = this.#parts;
    const policy = {
      serviceEnabled: serviceSwitch.enabled,
      activeServers: 0,
      scopes: 0,
      updateMode: UpdateMode.off,
      observeOutOfScope: false,
      clientIdBytesMax: CLIENT_ID_BYTES_MAX,
    } as const;
    dataPlane
      .publish(0, policy)
      .catch((error: Error) => log('TDM_ENGINE_POLICY_NOT_SEEN', { reason: error.message }));
  }

  #observe(): void {
    const observed = this.relationships.map((): ClientObservation[] => []);
    const record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
    for (const reader of this.#observations) {
      while (reader.next(record)) {
        const { bytes } = reader;
        observed[bytes[record.offset + 2]!]?.push(readObservation(bytes, record.offset));
      }
      reader.release();
    }
    observed.forEach((clients, index) => {
      if (clients.length > 0) this.relationships[index]!.service.observed(clients);
    });
  }
}

/** Reads what shard/observations.ts wrote. */
function readObservation(bytes: Uint8Array, offset: number): ClientObservation {
  const hwAt = offset + OBSERVATION_HEADER_BYTES;
  const clientIdAt = hwAt + bytes[offset + 3]!;
  return {
    secs: (bytes[offset]! << 8) | bytes[offset + 1]!,
    hwAddress: formatHex(bytes.subarray(hwAt, clientIdAt)),
    clientId: formatHex(bytes.subarray(clientIdAt, clientIdAt + bytes[offset + 4]!)),
  };
}
