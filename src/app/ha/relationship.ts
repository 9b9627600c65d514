/** One relationship as a part of the server: its state machine with the peers, the dispatcher and what its listener serves. */

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { HaPeerConfig, HaRelationshipConfig } from '../../config/ha-model.ts';
import type { CommandHandler, CommandTable } from '../../control/answer.ts';
import type { UpdateLogMemory } from '../../engine/parked/shard-link.ts';
import { synchronizedSubnets } from '../../engine/subnets/relationship-of.ts';
import type { HaService } from '../../ha/service/model.ts';
import { createHaService } from '../../ha/service/service.ts';
import { systemTimers } from '../../ha/service/timers.ts';
import { tandemMember } from '../../ha/wire/heartbeat.ts';
import type { StreamSocket } from '../../io/stream-socket.ts';
import { createPeerClient } from '../../peer/client.ts';
import type { PeerCredentials } from '../../peer/credentials.ts';
import { createUpdateDispatcher } from '../../peer/dispatcher.ts';
import { ownEntry, type PeerListener } from '../../peer/listener.ts';
import type { DispatcherSettings, RenewablePeerClient, UpdateDispatcher } from '../../peer/model.ts';
import { MovablePeerClient } from '../../peer/movable-client.ts';
import { VERSION } from '../../version.ts';
import type { Change } from '../change.ts';
import type { CredentialUser } from '../control/credential-files.ts';
import type { HighAvailabilityParts } from './high-availability.ts';
import { type PeerStreamFigures, RelationshipStreams } from './peer-streams.ts';
import { changedSettings, isSameEntry } from './relationship-settings.ts';

export interface RelationshipParts extends HighAvailabilityParts {
  /** What is wrong with certificates and passwords, by this server's name. */
  readonly concerns: (server: string) => readonly string[];
  /** Whether the shards report queries of the partner's clients from now on. */
  readonly observe: (isOn: boolean) => void;
}

/** Commands by which a peer says what became of leases. */
const LEASE_CHANGES: ReadonlySet<string> = new Set([
  'lease4-add',
  'lease4-bulk-apply',
  'lease4-del',
  'lease4-update',
  'lease6-add',
  'lease6-bulk-apply',
  'lease6-del',
  'lease6-update',
]);

/** Time for requests in flight to be answered when the relationship ends. */
const CLOSE_GRACE_MS = 1_000;

export class Relationship {
  readonly #parts: RelationshipParts;
  readonly #peers: readonly MovablePeerClient[];
  readonly service: HaService;
  readonly #streams: RelationshipStreams;
  /** What its peers may call; the same map as long as the relationship lives. */
  readonly table = new Map<string, CommandHandler>();
  #config: HaRelationshipConfig;
  dispatcher: UpdateDispatcher | null = null;
  /** The port for its peers that is in use, if there is one. */
  listener: PeerListener | null = null;

  /**
   * @param index its position in the configuration
   * @throws Error when a file of a peer cannot be used
   */
  constructor(parts: RelationshipParts, config: HaRelationshipConfig, index: number) {
    const { dataPlane, link, clock, log, leases, serviceSwitch } = parts;
    this.#parts = parts;
    this.#config = config;
    const others = config.peers.filter((peer) => peer.name !== config.thisServerName);
    this.#peers = others.map((peer) => new MovablePeerClient(this.#clientOf(peer, config)));
    this.#streams = new RelationshipStreams({ config, peers: this.#peers, link, log });
    this.service = createHaService({
      config,
      index,
      clock,
      timers: systemTimers,
      log,
      leases,
      peers: this.#peers,
      serviceSwitch,
      synchronizedSubnets: () => synchronizedSubnets(parts.config(), this.#config),
      publish: (policy) => {
        parts.observe(policy.observeOutOfScope);
        return dataPlane.publish(index, policy);
      },
      version: VERSION,
      yieldTurn: () => nextTurn(),
      passTime: (delayMs) => delay(delayMs, undefined, { ref: false }),
      streams: this.#streams,
      concerns: () => [
        ...parts.concerns(config.thisServerName),
        ...this.#failures(),
        ...this.#streams.facts(),
      ],
    });
  }

  get config(): HaRelationshipConfig {
    return this.#config;
  }

  /** Other commands for its peers. */
  serve(table: CommandTable): void {
    this.table.clear();
    for (const [name, handler] of table) this.table.set(name, this.#ordered(name, handler));
  }

  /** What a peer says by request is newer than what it has sent by its stream before, so it comes after that. */
  #ordered(name: string, handler: CommandHandler): CommandHandler {
    if (!LEASE_CHANGES.has(name)) return handler;
    return async (args) => {
      await this.#streams.fence();
      return handler(args);
    };
  }

  /** Who works with certificates and passwords here. */
  credentialUsers(): readonly CredentialUser[] {
    const { peers, thisServerName: server, multiThreading } = this.#config;
    const { listener } = this;
    const user = (peer: HaPeerConfig, to: { renew(credentials: PeerCredentials): void }): CredentialUser => ({
      server,
      peer,
      renew: (credentials) => {
        to.renew(credentials);
        this.#streams.renewed(peer.name, credentials);
      },
    });
    const users = this.#peers.map((client) => user(peers.find(({ name }) => name === client.name)!, client));
    if (listener === null || !multiThreading.httpDedicatedListener) return users;
    return [...users, user(ownEntry(this.#config), listener)];
  }

  /** A connection on which a peer wants to stream. @param serverName who it says it is */
  acceptStream(serverName: string, socket: StreamSocket, head: Uint8Array): void {
    this.#streams.accept(serverName, socket, head);
  }

  /** What is counted of its streams, a peer each. */
  streamFigures(): readonly PeerStreamFigures[] {
    return this.#streams.figures();
  }

  /** The other active server; null in passive-backup mode and on a backup. */
  #partner(): MovablePeerClient | null {
    const { partner } = this.service.setup;
    return this.#peers.find(({ name }) => name === partner?.name) ?? null;
  }

  #clientOf(peer: HaPeerConfig, { multiThreading }: HaRelationshipConfig): RenewablePeerClient {
    return createPeerClient(peer, multiThreading.httpClientThreads, this.#parts.leases.family.service);
  }

  #failures(): readonly string[] {
    return this.#peers.flatMap(({ name, failure }) =>
      failure === null ? [] : [`the last request to ${name} got no answer: ${failure}`],
    );
  }

  /**
   * Starts the state machine.
   * @param updates what the shards write to
   * @param predecessor the end of the relationship that was in this one's place
   */
  start(updates: UpdateLogMemory, predecessor: Promise<void>): void {
    const { dataPlane, leases, clock, log } = this.#parts;
    this.#streams.start(updates);
    const dispatcher = createUpdateDispatcher({
      family: leases.family,
      updates,
      verdicts: dataPlane.links.map((link) => link.verdicts),
      wake: (shard) => dataPlane.wake(shard),
      partner: this.#partner(),
      stream: this.#streams.partner,
      backups: this.#streams.backups(tandemMember(VERSION, this.#streams.offered())),
      ...dispatcherSettings(this.#config),
      listener: this.service,
      standing: (address) => leases.standing(address),
      clock,
      log,
    });
    this.dispatcher = dispatcher;
    this.service.start(dispatcher, predecessor);
  }

  /**
   * Makes ready other settings for the same servers; the state, and every update on its way, stay as they are.
   * @throws Error when a TLS file of a peer cannot be read
   */
  prepare(config: HaRelationshipConfig): Change {
    const before = this.#config;
    const changed = changedSettings(before, config);
    const moves = this.#moves(config);
    const abandon = async () => {
      await Promise.all(moves.map(({ client }) => client.close()));
    };
    return {
      commit: () => {
        this.#config = config;
        const moved = moves.filter(({ isElsewhere }) => isElsewhere).map(({ peer }) => peer.name);
        const isPartnerMoved = moved.includes(this.service.setup.partner?.name ?? '');
        for (const name of moved) this.#streams.moved(name);
        if (before.requireClientCerts !== config.requireClientCerts) this.#streams.readmits();
        if (changed.length === 0) return;
        for (const { peer, client } of moves) peer.move(client);
        this.dispatcher?.retune(dispatcherSettings(config));
        this.service.retune(config, isPartnerMoved);
        this.#parts.log('TDM_HA_SETTINGS_CHANGED', { server: config.thisServerName, changed });
      },
      abandon,
      retire: async () => {},
    };
  }

  #moves(config: HaRelationshipConfig) {
    const before = this.#config;
    const isSameCount = before.multiThreading.httpClientThreads === config.multiThreading.httpClientThreads;
    const moves: { peer: MovablePeerClient; client: RenewablePeerClient; isElsewhere: boolean }[] = [];
    for (const peer of this.#peers) {
      const [old, now] = [entryOf(before, peer.name), entryOf(config, peer.name)];
      if (isSameCount && isSameEntry(old, now)) continue;
      const isElsewhere = old.url.host !== now.url.host || old.url.port !== now.url.port;
      moves.push({ peer, client: this.#clientOf(now, config), isElsewhere });
    }
    return moves;
  }

  /** Ends the relationship: what is under way may end, nothing new begins. */
  async close(): Promise<void> {
    this.service.stop();
    this.#streams.stop();
    // A partner that hangs must not keep this server from ending: closing the clients ends what is under way.
    const idle = Promise.all([this.dispatcher?.close(), this.service.ended()]);
    await Promise.race([idle, delay(CLOSE_GRACE_MS, undefined, { ref: false })]);
    await this.#streams.close();
    await Promise.all(this.#peers.map((peer) => peer.close()));
    await idle;
  }
}

function entryOf({ peers }: HaRelationshipConfig, name: string): HaPeerConfig {
  return peers.find((peer) => peer.name === name)!;
}

function dispatcherSettings(config: HaRelationshipConfig): DispatcherSettings {
  const { waitBackupAck, delayedUpdatesLimit, sendLeaseUpdates: sendsUpdates, heartbeatDelayMs } = config;
  const connections = config.multiThreading.httpClientThreads;
  return { waitBackupAck, delayedUpdatesLimit, sendsUpdates, connections, heartbeatDelayMs };
}
