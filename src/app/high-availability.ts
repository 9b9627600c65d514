/**
 * High availability as a part of the server: the service with its peers, dispatcher and listener; or, without a
 * configured relationship, the plain rule that queries are served while the service switch is on.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { ByteRingReader, type RingRecord } from '../base/byte-ring.ts';
import type { Clock } from '../base/clock.ts';
import { formatHex } from '../base/hex.ts';
import type { ServerConfig } from '../config/model.ts';
import type { CommandTable } from '../control/answer.ts';
import type { KeaHttpServer } from '../control/kea-http.ts';
import { UpdateMode } from '../engine/policy.ts';
import { OBSERVATION_HEADER_BYTES } from '../engine/shard-link.ts';
import { createHaService } from '../ha/service.ts';
import type { ClientObservation, HaService } from '../ha/service-model.ts';
import type { ServiceSwitch } from '../ha/service-switch.ts';
import { createServiceSwitchCommands } from '../ha/service-switch-commands.ts';
import { systemTimers } from '../ha/timers.ts';
import type { LeaseStore } from '../lease/store.ts';
import type { Log } from '../log/logger.ts';
import { createPeerClient } from '../peer/client.ts';
import { createUpdateDispatcher } from '../peer/dispatcher.ts';
import { createPeerListener } from '../peer/listener.ts';
import type { PeerClient, UpdateDispatcher } from '../peer/model.ts';
import { VERSION } from '../version.ts';
import type { DataPlane } from './data-plane.ts';
import type { ServerMemory } from './memory.ts';

/** Observed clients decide only at heartbeats: this is often enough for a ring of some 6,000 observations. */
const OBSERVE_MS = 100;
/** Time for requests in flight to be answered when the server ends. */
const CLOSE_GRACE_MS = 1_000;

export interface HighAvailabilityParts {
  readonly config: ServerConfig;
  readonly memory: ServerMemory;
  readonly dataPlane: DataPlane;
  readonly store: LeaseStore;
  readonly serviceSwitch: ServiceSwitch;
  readonly clock: Clock;
  readonly log: Log;
}

export class HighAvailability {
  readonly #parts: HighAvailabilityParts;
  readonly service: HaService | null;
  readonly #peers: readonly PeerClient[];
  readonly #observations: readonly ByteRingReader[];
  dispatcher: UpdateDispatcher | null = null;
  #listener: KeaHttpServer | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopSwitch: () => void = () => {};

  constructor(parts: HighAvailabilityParts) {
    this.#parts = parts;
    const { config, dataPlane, clock, log, store, serviceSwitch } = parts;
    this.#observations = dataPlane.links.map((link) => new ByteRingReader(link.observations));
    const { ha } = config;
    this.#peers =
      ha === null
        ? []
        : otherPeers(ha).map((peer) => createPeerClient(peer, ha.multiThreading.httpClientThreads));
    this.service =
      ha === null
        ? null
        : createHaService({
            config: ha,
            clock,
            timers: systemTimers,
            log,
            store,
            peers: this.#peers,
            serviceSwitch,
            publish: (policy) => dataPlane.publish(policy),
            version: VERSION,
            yieldTurn: () => nextTurn(),
          });
  }

  /** ha-*, dhcp-enable and dhcp-disable. */
  get commands(): CommandTable {
    const { serviceSwitch, dataPlane } = this.#parts;
    return this.service?.commands ?? createServiceSwitchCommands(serviceSwitch, () => dataPlane.applied());
  }

  /** Starts the state machine, or opens the service; `table` is what the peer port may call. */
  async start(table: CommandTable): Promise<void> {
    const { config, dataPlane, memory, serviceSwitch, clock, log } = this.#parts;
    const { ha } = config;
    if (ha === null || this.service === null) {
      this.#stopSwitch = serviceSwitch.onChange(() => this.#publishSwitch());
      return this.#publishSwitch();
    }
    const dispatcher = createUpdateDispatcher({
      updates: memory.updates,
      verdicts: dataPlane.links.map((link) => link.verdicts),
      wake: (shard) => dataPlane.wake(shard),
      partner: this.#peers.find((peer) => peer.role !== 'backup') ?? null,
      backups: this.#peers.filter((peer) => peer.role === 'backup'),
      waitBackupAck: ha.waitBackupAck,
      delayedUpdatesLimit: ha.delayedUpdatesLimit,
      connections: ha.multiThreading.httpClientThreads,
      listener: this.service,
      clock,
      log,
    });
    this.dispatcher = dispatcher;
    if (ha.multiThreading.httpDedicatedListener) {
      this.#listener = createPeerListener(ha, table, log);
      const { port } = await this.#listener.listen();
      log('TDM_PEER_LISTENING', { port, restricted: ha.restrictCommands });
    }
    this.service.start(dispatcher);
    this.#timer = setInterval(() => this.#observe(), OBSERVE_MS);
  }

  /** No more heartbeats and transitions; verdicts for parked replies still come. */
  stopTimers(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#stopSwitch();
    this.service?.stop();
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    // A partner that hangs must not keep this server from ending: closing the clients ends what is under way.
    const idle = this.dispatcher?.close();
    await Promise.race([idle, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
    await Promise.all(this.#peers.map((peer) => peer.close()));
    await idle;
  }

  #publishSwitch(): void {
    const { dataPlane, serviceSwitch, log } = this.#parts;
    const policy = {
      serviceEnabled: serviceSwitch.enabled,
      activeServers: 0,
      scopes: 0,
      updateMode: UpdateMode.off,
      observeOutOfScope: false,
    } as const;
    dataPlane
      .publish(policy)
      .catch((error: Error) => log('TDM_ENGINE_POLICY_NOT_SEEN', { reason: error.message }));
  }

  #observe(): void {
    const clients: ClientObservation[] = [];
    const record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
    for (const reader of this.#observations) {
      while (reader.next(record)) clients.push(readObservation(reader.bytes, record.offset));
      reader.release();
    }
    if (clients.length > 0) this.service?.observed(clients);
  }
}

function otherPeers(ha: NonNullable<ServerConfig['ha']>) {
  return ha.peers.filter((peer) => peer.name !== ha.thisServerName);
}

/** Reads what shard/observations.ts wrote. */
function readObservation(bytes: Uint8Array, offset: number): ClientObservation {
  const hwAt = offset + OBSERVATION_HEADER_BYTES;
  const clientIdAt = hwAt + bytes[offset + 2]!;
  return {
    secs: (bytes[offset]! << 8) | bytes[offset + 1]!,
    hwAddress: formatHex(bytes.subarray(hwAt, clientIdAt)),
    clientId: formatHex(bytes.subarray(clientIdAt, clientIdAt + bytes[offset + 3]!)),
  };
}
