/**
 * Keeps the lease stream to one peer open: the primary opens it whenever a heartbeat shows that the partner takes
 * one and none is there, and again at once when it has ended; the other one takes what is opened. To a backup every active
 * server opens one.
 */

import type { Timers } from '../../ha/service/timers.ts';
import type { StreamSocket } from '../../io/stream-socket.ts';
import type { RelationshipStream } from '../../link/partner-stream.ts';
import type { Log } from '../../log/logger.ts';
import type { PeerCredentials } from '../../peer/credentials.ts';
import { type LeaseSource, type RenewablePeerClient, STREAM_VERSION } from '../../peer/model.ts';

/** Of the whole opening, the handshake of TLS included. */
const OPEN_TIMEOUT_MS = 5_000;

/** After each end of a stream, and each opening that fails, since the partner has answered; then its next answer decides. */
const AGAIN_AFTER_MS = [0, 100, 1_000];
/**
 * A synchronization waits so long for a stream that is expected: nobody's service waits for it, whereas by pages the partner's
 * clients would be silent for longer.
 */
const SOURCE_ARRIVAL_MS = 5_000;

export interface StreamKeeperParts {
  readonly stream: Pick<
    RelationshipStream,
    'isOpen' | 'isUp' | 'source' | 'open' | 'leave' | 'dropIdle' | 'onEnd' | 'expect' | 'arrival'
  >;
  readonly partner: RenewablePeerClient;
  /** This server's name in the relationship. */
  readonly serverName: string;
  /** Whether this server opens the stream. */
  readonly isOpener: boolean;
  readonly timers: Timers;
  readonly log: Log;
}

export class StreamKeeper {
  readonly #parts: StreamKeeperParts;
  #isOpening = false;
  #isClosed = false;
  /** The partner takes one, by its last word. */
  #isInvited = false;
  /** Ends and failures since that word. */
  #ends = 0;
  #cancelTimer: (() => void) | null = null;
  /** How often what was opened before has become useless. */
  #changes = 0;
  /** What was used last, by the name of the peer. */
  readonly #credentials = new Map<string, string>();
  /** The reason that was logged last. */
  #failure: string | null = null;

  constructor(parts: StreamKeeperParts) {
    this.#parts = parts;
    parts.stream.onEnd(() => this.#again());
  }

  /** The partner has answered. @param versions of the protocol that it takes */
  heard(versions: readonly number[]): void {
    this.#forgetInvitation();
    if (!versions.includes(STREAM_VERSION)) return this.#leave('the partner takes no stream any more');
    this.#isInvited = true;
    this.#parts.stream.expect(true);
    this.#openOne();
  }

  /** The stream by which the partner's leases can be had, waited for a moment; null = there is none. */
  async source(): Promise<LeaseSource | null> {
    const { stream } = this.#parts;
    await stream.arrival(SOURCE_ARRIVAL_MS);
    return stream.isUp ? stream.source : null;
  }

  /** The partner is elsewhere from now on. */
  moved(): void {
    this.#forgetInvitation();
    this.#leave('the partner is elsewhere from now on');
  }

  /**
   * Works with these credentials from now on. A connection that was opened by others ends, as those of requests do, but with
   * everything on its way.
   * @param peer whose they are: this server's own, or those for the partner; backups' do not matter
   */
  renewed(peer: string, { tls, login }: PeerCredentials): void {
    const { serverName, partner } = this.#parts;
    if (peer !== serverName && peer !== partner.name) return;
    const digest = `${tls?.digest} ${login?.digest}`;
    const before = this.#credentials.get(peer);
    this.#credentials.set(peer, digest);
    if (before !== undefined && before !== digest) this.#leave('certificates or passwords were replaced');
  }

  /** Another rule says who may connect: a connection that was let in by the former one ends, with everything on its way. */
  readmits(): void {
    this.#leave('who may connect is decided anew');
  }

  /** What is under way shows by itself whether the partner is there; without that nothing would. */
  missed(): void {
    this.#forgetInvitation();
    this.#parts.stream.dropIdle('the partner has not answered a heartbeat');
  }

  /** Takes a connection that was opened at this server's port. @param serverName who opened it, by its own words */
  accept(serverName: string, socket: StreamSocket, head: Uint8Array): void {
    const { isOpener, partner, stream, log } = this.#parts;
    if (!this.#isClosed && !isOpener && serverName === partner.name) return stream.open(socket, head);
    const reason = `${JSON.stringify(serverName)} at ${socket.remote} opens a stream that is not expected`;
    log('TDM_STREAM_NOT_UP', { partner: partner.name, reason, unconfirmed: 0 });
    socket.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#forgetInvitation();
  }

  /** Only the partner's next word opens one. */
  #forgetInvitation(): void {
    this.#isInvited = false;
    this.#parts.stream.expect(false);
    this.#ends = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** What was there has ended, or could not be opened. */
  #again(): void {
    if (!this.#isInvited || !this.#parts.isOpener || this.#cancelTimer !== null) return;
    const delayMs = AGAIN_AFTER_MS[this.#ends++];
    if (delayMs === undefined) return;
    this.#cancelTimer = this.#parts.timers.after(delayMs, () => {
      this.#cancelTimer = null;
      this.#openOne();
    });
  }

  #openOne(): void {
    const { isOpener, stream } = this.#parts;
    if (!isOpener || this.#isOpening || stream.isOpen || this.#isClosed) return;
    void this.#open();
  }

  /** What was opened before is not wanted any more; what is under way by it still arrives. */
  #leave(reason: string): void {
    this.#changes++;
    if (this.#parts.stream.isOpen) void this.#parts.stream.leave(reason);
  }

  async #open(): Promise<void> {
    const { partner, serverName, stream } = this.#parts;
    const changes = this.#changes;
    this.#isOpening = true;
    const opening = await partner.openStream(serverName, OPEN_TIMEOUT_MS);
    this.#isOpening = false;
    if (opening.kind === 'failed') this.#noteFailure(opening.reason);
    else {
      this.#failure = null;
      // It may lead to where the partner was, or was opened with certificates that are revoked.
      if (this.#isClosed || changes !== this.#changes) opening.socket.close();
      else return stream.open(opening.socket, opening.head);
    }
    this.#again();
  }

  #noteFailure(reason: string): void {
    if (reason === this.#failure) return;
    this.#failure = reason;
    const { partner, log } = this.#parts;
    log('TDM_STREAM_NOT_UP', { partner: partner.name, reason, unconfirmed: 0 });
  }
}
