/**
 * Lease updates to one backup server: best effort, out of a queue of its own, so that a slow or dead backup costs the
 * clients nothing. When the queue is full the oldest updates give way; after a failure there is a pause. Only with
 * wait-backup-ack do clients wait for it.
 *
 *     greeted --> a stream is up     portions of the queue, one after the other
 *                 none is up         requests, as to a Kea
 *
 * It sends no heartbeats, so whether it is there and takes a stream is asked from time to time, and before anything is sent
 * after a failure: a backup that is away loses what was on its way, not what waits.
 */
import type { Clock } from '../base/clock.ts';
import type { UpdateBytes } from '../lease/update-family.ts';
import type { Log } from '../log/logger.ts';
import type { BackupPeer } from './backup-peer.ts';
import { BackupQueue, type QueuedUpdate } from './backup-queue.ts';
import type { PeerFamily } from './family.ts';
import { BACKUP_PAUSE_MS, type SendLimits } from './limits.ts';
import type { SendOutcome } from './model.ts';
import { sendOutcomeOf } from './outcome.ts';
import type { SentLease } from './request.ts';
import { UpdateSender } from './sender.ts';
import { sendByStream, takePortion } from './stream-delivery.ts';
import type { Transaction, TransactionDesk } from './transactions.ts';

export interface BackupSettings {
  /** Between two greetings of a backup that is well, milliseconds; 0 = it is greeted after failures only. */
  readonly heartbeatDelayMs: number;
  /** send-lease-updates: whether the shards write updates at all. */
  readonly sendsUpdates: boolean;
}

export interface BackupParts {
  readonly family: PeerFamily;
  readonly backup: BackupPeer;
  readonly settings: () => BackupSettings;
  readonly limits: SendLimits;
  readonly desk: TransactionDesk;
  readonly clock: Clock;
  readonly log: Log;
}

export class BackupLink {
  readonly #parts: BackupParts;
  readonly #sender: UpdateSender;
  readonly #queue = new BackupQueue();
  /** It has answered since the last failure. */
  #isThere = false;
  #greetedMs = Number.NEGATIVE_INFINITY;
  #greeting: Promise<void> | null = null;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #wasUp = false;
  /** A portion that is on its way by the stream. */
  #portion: Promise<void> | null = null;
  /** The backup wants to synchronize, and waits for the word that everything goes by the stream. */
  #asked: ((refused: string | null) => void) | null = null;
  /** It got that word by the stream that is up. */
  #isFollowing = false;
  /** Updates lost since the backup took the last one; counted while `#troubled`. */
  #lost = 0;
  #troubled = false;
  #closed = false;

  constructor(parts: BackupParts) {
    this.#parts = parts;
    const { client, stream } = parts.backup;
    this.#sender = new UpdateSender(parts.family, client, parts.limits, (leases) => this.#finished(leases));
    stream.listen({
      changed: () => this.#streamChanged(),
      asked: (answer) => this.#streamAsked(answer),
      // Of updates out of a log that was lent, and it never is.
      news: () => {},
      completed: () => {},
      failed: () => {},
    });
  }

  /** Queues an update. @param transaction waits for this backup; null = nobody does */
  push(update: UpdateBytes, transaction: Transaction | null): void {
    const { desk } = this.#parts;
    let awaiting = transaction;
    if (transaction !== null) {
      desk.expect(transaction);
      // A backup that has just failed: the client hears no answer now instead of much later.
      if (this.#isPaused()) {
        desk.settle(transaction, false);
        awaiting = null;
      }
    }
    this.#queue.push({ update, transaction: awaiting });
    while (this.#queue.isTooLong) this.#dropOldest();
  }

  #dropOldest(): void {
    const { transaction } = this.#queue.shift()!;
    if (transaction !== null) this.#parts.desk.settle(transaction, false);
    this.#lose(1, 'its queue is full');
    if (!this.#isFollowing) return;
    this.#isFollowing = false;
    this.#parts.backup.stream.endSync('lease updates for it were lost: its queue is full');
  }

  /** Sends what can be sent now. */
  pump(): void {
    if (this.#closed || this.#isPaused()) return;
    this.#greetWhenDue();
    if (!this.#isThere || this.#portion !== null) return;
    if (!this.#parts.backup.stream.isUp) this.#sendByRequest();
    else if (this.#sender.isIdle) this.#sendByStream();
    // What is under way by request, and what waits for that, is older than what the stream would get.
    else {
      while (this.#sender.hasSlot && this.#sender.sendReady());
      this.#sender.flush();
    }
  }

  #sendByRequest(): void {
    while (this.#sender.hasSlot) {
      if (this.#sender.sendReady()) continue;
      const next = this.#queue.shift();
      if (next === null) break;
      this.#sender.send(next.update, next.transaction);
    }
    this.#sender.flush();
  }

  #sendByStream(): void {
    this.#asked?.(null);
    this.#isFollowing ||= this.#asked !== null;
    this.#asked = null;
    const taken: QueuedUpdate[] = [];
    const updates = takePortion(() => {
      const next = this.#queue.shift();
      if (next === null) return null;
      taken.push(next);
      return next.update;
    });
    if (updates.length > 0) this.#portion = this.#deliver(taken, updates);
  }

  async #deliver(taken: readonly QueuedUpdate[], updates: readonly UpdateBytes[]): Promise<void> {
    const { family, backup } = this.#parts;
    const outcome = await sendByStream(family, backup.stream, updates);
    this.#portion = null;
    if (outcome === null) {
      // The server is about to stop.
      this.#queue.putBack(taken);
      this.#pause();
    } else this.#delivered(taken, outcome);
    this.#parts.desk.flush();
    this.pump();
  }

  /** Of an address that is refused every version counts as refused. */
  #delivered(taken: readonly QueuedUpdate[], outcome: SendOutcome): void {
    const { failure, refused } = outcome;
    const addresses = new Set(refused.map(({ address }) => address));
    for (const { update, transaction } of taken)
      if (transaction !== null)
        this.#parts.desk.settle(transaction, failure === null && !addresses.has(update.address));
    this.#conclude(outcome, taken.length);
  }

  /** @param leases that were on their way */
  #conclude({ failure, refused }: SendOutcome, leases: number): void {
    if (failure !== null) this.#fail(failure, leases);
    else if (refused.length > 0) {
      const { reason } = refused.find(({ isConflict }) => isConflict) ?? refused[0]!;
      this.#lose(refused.length, reason);
    } else this.#recover();
  }

  #streamChanged(): void {
    const { isUp } = this.#parts.backup.stream;
    if (!isUp) {
      // Gone, or about to open another one: it says.
      if (this.#wasUp) this.#isThere = false;
      this.#asked = null;
      this.#isFollowing = false;
    }
    this.#wasUp = isUp;
    this.pump();
  }

  #streamAsked(answer: (refused: string | null) => void): void {
    if (!this.#parts.settings().sendsUpdates)
      return answer('lease updates are switched off (send-lease-updates false)');
    this.#asked = answer;
    this.pump();
  }

  #isPaused(): boolean {
    return this.#nowMs() < this.#pausedUntilMs;
  }

  #nowMs(): number {
    return this.#parts.clock.monotonicMs();
  }

  #pause(): void {
    this.#pausedUntilMs = this.#nowMs() + BACKUP_PAUSE_MS;
  }

  #greetWhenDue(): void {
    if (this.#greeting !== null) return;
    const { heartbeatDelayMs } = this.#parts.settings();
    const isDue = heartbeatDelayMs > 0 && this.#nowMs() - this.#greetedMs >= heartbeatDelayMs;
    if (!this.#isThere || isDue) this.#greeting = this.#greet();
  }

  async #greet(): Promise<void> {
    const { backup } = this.#parts;
    const reason = await backup.greet();
    if (reason === null && !this.#isThere && !this.#closed) await backup.stream.arrival();
    this.#greeting = null;
    this.#greetedMs = this.#nowMs();
    if (reason !== null) return this.#fail(reason, 0);
    this.#isThere = true;
    this.pump();
  }

  #finished(leases: readonly SentLease[]): void {
    const { desk } = this.#parts;
    desk.settleLeases(leases);
    this.#conclude(sendOutcomeOf(this.#parts.family, leases), leases.length);
    desk.flush();
    this.pump();
  }

  /** @param leases that were on their way */
  #fail(reason: string, leases: number): void {
    this.#pause();
    this.#isThere = false;
    const held = this.#sender.withdraw();
    const lost = leases + held.length;
    if (lost > 0 || !this.#queue.isEmpty) this.#lose(lost, reason);
    // Whoever waits for this backup waits for one that is known to be away.
    const waiting = [...held.flatMap(({ transactions }) => transactions), ...this.#queue.takeTransactions()];
    for (const transaction of waiting) this.#parts.desk.settle(transaction, false);
    this.#parts.desk.flush();
  }

  /** Logged once until the backup takes updates again. */
  #lose(leases: number, reason: string): void {
    const { log, backup } = this.#parts;
    if (!this.#troubled) log('TDM_PEER_BACKUP_LOST', { backup: backup.client.name, reason });
    this.#troubled = true;
    this.#lost += leases;
  }

  #recover(): void {
    if (!this.#troubled) return;
    const { log, backup } = this.#parts;
    log('TDM_PEER_BACKUP_BACK', { backup: backup.client.name, lost: this.#lost });
    this.#troubled = false;
    this.#lost = 0;
  }

  /** Forgets what is queued; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#greeting, this.#portion, this.#sender.idle()]);
  }
}
