/** One relationship as a part of the server: its state machine with the peers, the dispatcher and the listener. */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { HaRelationshipConfig } from '../config/ha-model.ts';
import type { CommandTable } from '../control/answer.ts';
import type { KeaHttpServer } from '../control/kea-http.ts';
import { synchronizedSubnets } from '../engine/relationship-of.ts';
import { createHaService } from '../ha/service.ts';
import type { HaService } from '../ha/service-model.ts';
import { systemTimers } from '../ha/timers.ts';
import { createPeerClient } from '../peer/client.ts';
import { createUpdateDispatcher } from '../peer/dispatcher.ts';
import { createPeerListener } from '../peer/listener.ts';
import type { PeerClient, UpdateDispatcher } from '../peer/model.ts';
import { VERSION } from '../version.ts';
import type { HighAvailabilityParts } from './high-availability.ts';

/** Time for requests in flight to be answered when the server ends. */
const CLOSE_GRACE_MS = 1_000;

export class Relationship {
  readonly #parts: HighAvailabilityParts;
  readonly #config: HaRelationshipConfig;
  readonly #index: number;
  readonly #peers: readonly PeerClient[];
  readonly service: HaService;
  dispatcher: UpdateDispatcher | null = null;
  #listener: KeaHttpServer | null = null;

  /** @param index its position in the configuration */
  constructor(parts: HighAvailabilityParts, config: HaRelationshipConfig, index: number) {
    const { dataPlane, clock, log, store, serviceSwitch } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#index = index;
    const others = config.peers.filter((peer) => peer.name !== config.thisServerName);
    this.#peers = others.map((peer) => createPeerClient(peer, config.multiThreading.httpClientThreads));
    this.service = createHaService({
      config,
      index,
      clock,
      timers: systemTimers,
      log,
      store,
      peers: this.#peers,
      serviceSwitch,
      synchronizedSubnets: () => synchronizedSubnets(parts.config(), config),
      publish: (policy) => dataPlane.publish(index, policy),
      version: VERSION,
      yieldTurn: () => nextTurn(),
      passTime: (delayMs) => delay(delayMs, undefined, { ref: false }),
    });
  }

  /** Opens the listener and starts the state machine; `table` is what the peer port may call. */
  async start(table: CommandTable): Promise<void> {
    const { dataPlane, memory, store, clock, log } = this.#parts;
    const config = this.#config;
    const dispatcher = createUpdateDispatcher({
      updates: memory.updates[this.#index]!,
      verdicts: dataPlane.links.map((link) => link.verdicts),
      wake: (shard) => dataPlane.wake(shard),
      partner: this.#peers.find((peer) => peer.role !== 'backup') ?? null,
      backups: this.#peers.filter((peer) => peer.role === 'backup'),
      waitBackupAck: config.waitBackupAck,
      delayedUpdatesLimit: config.delayedUpdatesLimit,
      connections: config.multiThreading.httpClientThreads,
      listener: this.service,
      leaseAt: (address) => store.get(address),
      clock,
      log,
    });
    this.dispatcher = dispatcher;
    if (config.multiThreading.httpDedicatedListener) {
      this.#listener = createPeerListener(config, table, log);
      const { port } = await this.#listener.listen();
      log('TDM_PEER_LISTENING', { port, restricted: config.restrictCommands });
    }
    this.service.start(dispatcher);
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    // A partner that hangs must not keep this server from ending: closing the clients ends what is under way.
    const idle = this.dispatcher?.close();
    await Promise.race([idle, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
    await Promise.all(this.#peers.map((peer) => peer.close()));
    await idle;
  }
}
