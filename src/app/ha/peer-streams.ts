/**
 * The lease streams of one relationship: to the partner, from an active server to each backup, and at the backup's end. Each has
 * a keeper of its own. Two backups have nothing to tell each other.
 */
import type { HaPeerConfig, HaRelationshipConfig } from '../../config/ha-model.ts';
import type { UpdateLogMemory } from '../../engine/parked/shard-link.ts';
import type { PeerStreams } from '../../ha/service/model.ts';
import { systemTimers } from '../../ha/service/timers.ts';
import { heartbeatArguments, streamVersionsOf, type TandemMember } from '../../ha/wire/heartbeat.ts';
import { COMMAND_TIMEOUT_MS } from '../../ha/wire/peer-answers.ts';
import type { StreamSocket } from '../../io/stream-socket.ts';
import type { LinkClient } from '../../link/client.ts';
import type { StreamFigureValues } from '../../link/figures.ts';
import { RelationshipStream } from '../../link/partner-stream.ts';
import type { StreamEnd } from '../../link/stream-fact.ts';
import type { Log } from '../../log/logger.ts';
import type { BackupPeer } from '../../peer/backup-peer.ts';
import type { PeerCredentials } from '../../peer/credentials.ts';
import { ownEntry } from '../../peer/listener.ts';
import { type LeaseSource, type PartnerStreamListener, STREAM_VERSION } from '../../peer/model.ts';
import type { MovablePeerClient } from '../../peer/movable-client.ts';
import { StreamKeeper } from './stream-keeper.ts';

export interface PeerStreamsParts {
  readonly config: HaRelationshipConfig;
  readonly peers: readonly MovablePeerClient[];
  readonly link: LinkClient;
  readonly log: Log;
}

interface Kept {
  readonly client: MovablePeerClient;
  readonly end: StreamEnd;
  readonly stream: RelationshipStream;
  readonly keeper: StreamKeeper;
}

/** What is counted of the stream to one peer. */
export type PeerStreamFigures = StreamFigureValues & {
  readonly peer: string;
  readonly isUp: boolean;
  /** Leases a second of the synchronization under way, 0 while there is none. */
  readonly syncRate: number;
};

export class RelationshipStreams implements PeerStreams {
  readonly #parts: PeerStreamsParts;
  /** By the name of the peer. */
  readonly #kept: ReadonlyMap<string, Kept>;

  constructor(parts: PeerStreamsParts) {
    this.#parts = parts;
    const own = ownEntry(parts.config);
    const kept = parts.peers.flatMap((client) => {
      const end = endOf(own, client);
      return end === null ? [] : [[client.name, this.#keep(client, end)] as const];
    });
    this.#kept = new Map(kept);
  }

  #keep(client: MovablePeerClient, end: StreamEnd): Kept {
    const { config, link, log } = this.#parts;
    const { role, name: own } = ownEntry(config);
    const stream = new RelationshipStream(link, { own, partner: client.name }, log, end);
    if (end === 'active') stream.listen(BACKUP_LISTENER);
    const keeper = new StreamKeeper({
      stream,
      partner: client,
      serverName: own,
      isOpener: end === 'backup' || (end === 'partner' && role === 'primary'),
      timers: systemTimers,
      log,
    });
    return { client, end, stream, keeper };
  }

  /** The stream to the partner, null without one. */
  get partner(): RelationshipStream | null {
    return [...this.#kept.values()].find(({ end }) => end === 'partner')?.stream ?? null;
  }

  /** @param tandem what this server says of itself */
  backups(tandem: TandemMember): BackupPeer[] {
    const { thisServerName } = this.#parts.config;
    return [...this.#kept.values()]
      .filter(({ end }) => end === 'backup')
      .map(({ client, stream, keeper }) => ({
        client,
        stream,
        greet: async () => {
          const args = heartbeatArguments(thisServerName, tandem);
          const answer = await client.request('ha-heartbeat', args, COMMAND_TIMEOUT_MS);
          if (answer.kind === 'failed') keeper.missed();
          else keeper.heard(streamVersionsOf(answer));
          return answer.kind === 'failed' ? answer.reason : null;
        },
      }));
  }

  /** Streams can be opened from now on. */
  start(updates: UpdateLogMemory): void {
    for (const { stream } of this.#kept.values()) stream.start(updates);
  }

  offered(): readonly number[] {
    return this.#kept.size === 0 ? [] : [STREAM_VERSION];
  }

  heard(peer: string, versions: readonly number[]): void {
    const kept = this.#kept.get(peer);
    // Backups send no heartbeats: who names one asks for the relationship.
    if (kept !== undefined && kept.end !== 'backup') kept.keeper.heard(versions);
  }

  missed(peer: string): void {
    this.#kept.get(peer)?.keeper.missed();
  }

  async source(peer: string): Promise<LeaseSource | null> {
    return this.#kept.get(peer)?.keeper.source() ?? null;
  }

  /** A peer is elsewhere from now on. */
  moved(peer: string): void {
    this.#kept.get(peer)?.keeper.moved();
  }

  /** Another rule says who may connect. */
  readmits(): void {
    for (const { keeper } of this.#kept.values()) keeper.readmits();
  }

  /** @param peer whose they are, this server among them */
  renewed(peer: string, credentials: PeerCredentials): void {
    for (const { keeper } of this.#kept.values()) keeper.renewed(peer, credentials);
  }

  /** Takes a connection that was opened at this server's port. @param serverName who opened it, by its own words */
  accept(serverName: string, socket: StreamSocket, head: Uint8Array): void {
    const kept = this.#kept.get(serverName);
    if (kept !== undefined) return kept.keeper.accept(serverName, socket, head);
    const reason = `${socket.remote} opens a stream, and is a backup like this server`;
    this.#parts.log('TDM_STREAM_NOT_UP', { partner: serverName, reason, unconfirmed: 0 });
    socket.close();
  }

  /** Resolves when everything that peers have sent by streams up to now is in the table, or never will be. */
  async fence(): Promise<void> {
    await Promise.all([...this.#kept.values()].map(({ stream }) => stream.fence()));
  }

  /** For people: which way lease updates go, a sentence a peer. */
  facts(): readonly string[] {
    return [...this.#kept.values()].map(({ stream }) => stream.fact());
  }

  figures(): PeerStreamFigures[] {
    return [...this.#kept].map(([peer, { stream }]) => ({
      ...stream.figures(),
      peer,
      isUp: stream.isUp,
      syncRate: stream.source.progress()?.perSecond ?? 0,
    }));
  }

  /** No stream is opened any more. */
  stop(): void {
    for (const { keeper } of this.#kept.values()) keeper.close();
  }

  /** Ends with the relationship; resolves when its connections are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#kept.values()].map(({ stream }) => stream.close()));
  }
}

function endOf(own: HaPeerConfig, { role }: Pick<MovablePeerClient, 'role'>): StreamEnd | null {
  if (own.role === 'backup') return role === 'backup' ? null : 'active';
  return role === 'backup' ? 'backup' : 'partner';
}

/** At a backup: it sends no lease updates, so that nobody could be told of what changes while its leases are read. */
const BACKUP_LISTENER: PartnerStreamListener = {
  changed() {},
  news() {},
  completed() {},
  failed() {},
  asked: (answer) => answer('this server is a backup, which tells nobody what changes meanwhile'),
};
