/**
 * Lease updates to one backup server: best effort, out of a queue of its own, so that a slow or dead backup costs the
 * clients nothing. When the queue is full the oldest updates give way; after a failure there is a pause. Only with
 * wait-backup-ack do clients wait for it.
 *
 * Backups get no heartbeats, so whether one takes bulk updates is asked by list-commands, again after each failure.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../log/logger.ts';
import type { Batch, UpdateBytes } from './batch.ts';
import {
  BACKUP_PAUSE_MS,
  BACKUP_QUEUE_BYTES_MAX,
  BACKUP_QUEUE_RECORDS_MAX,
  type SendLimits,
  UPDATE_TIMEOUT_MS,
} from './limits.ts';
import type { PeerClient } from './model.ts';
import type { Outcome } from './outcome.ts';
import { UpdateSender } from './sender.ts';
import type { Transaction, TransactionDesk } from './transactions.ts';

export interface BackupParts {
  readonly client: PeerClient;
  readonly limits: SendLimits;
  readonly desk: TransactionDesk;
  readonly clock: Clock;
  readonly log: Log;
}

interface QueuedUpdate {
  /** Bytes of its own, shared with the queues of other backups. */
  readonly update: UpdateBytes;
  readonly transaction: Transaction | null;
}

export class BackupLink {
  readonly #parts: BackupParts;
  readonly #sender: UpdateSender;
  #queue: QueuedUpdate[] = [];
  /** Entries of the queue before this one have been sent; they are cut off when they are half of it. */
  #head = 0;
  #queueBytes = 0;
  /** Null = not known. */
  #bulk: boolean | null = null;
  #asking: Promise<void> | null = null;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  /** Updates lost since the backup took the last one; counted while `#troubled`. */
  #lost = 0;
  #troubled = false;
  #closed = false;

  constructor(parts: BackupParts) {
    this.#parts = parts;
    this.#sender = new UpdateSender(parts.client, parts.limits, (batch, outcome) =>
      this.#finished(batch, outcome),
    );
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
    this.#queueBytes += update.length;
    while (
      this.#queue.length - this.#head > BACKUP_QUEUE_RECORDS_MAX ||
      this.#queueBytes > BACKUP_QUEUE_BYTES_MAX
    )
      this.#dropOldest();
  }

  #dropOldest(): void {
    const { transaction } = this.#shift();
    if (transaction !== null) this.#parts.desk.settle(transaction, false);
    this.#lose(1, 'its queue is full');
  }

  #shift(): QueuedUpdate {
    const queued = this.#queue[this.#head++]!;
    this.#queueBytes -= queued.update.length;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return queued;
  }

  /** Sends what can be sent now. */
  pump(): void {
    if (this.#closed || this.#isPaused()) return;
    if (this.#bulk === null) {
      if (this.#head < this.#queue.length) this.#ask();
      return;
    }
    while (this.#sender.hasSlot) {
      this.#sender.begin();
      while (!this.#sender.isFull && this.#head < this.#queue.length) {
        const { update, transaction } = this.#shift();
        this.#sender.offer(update, transaction);
      }
      if (!this.#sender.flush()) return;
    }
  }

  #isPaused(): boolean {
    return this.#parts.clock.monotonicMs() < this.#pausedUntilMs;
  }

  #ask(): void {
    this.#asking ??= this.#parts.client.request('list-commands', null, UPDATE_TIMEOUT_MS).then((answer) => {
      this.#asking = null;
      if (answer.kind === 'failed') {
        this.#fail(answer.reason, 0);
        return;
      }
      this.#bulk = Array.isArray(answer.arguments) && answer.arguments.includes('lease4-bulk-apply');
      this.#sender.bulk = this.#bulk;
      this.pump();
    });
  }

  #finished(batch: Batch, outcome: Outcome): void {
    const { desk } = this.#parts;
    for (const entry of batch.entries) {
      const ok = !outcome.refused.has(entry);
      for (const transaction of entry.transactions) desk.settle(transaction, ok);
    }
    if (outcome.failure !== null) this.#fail(outcome.failure, outcome.refused.size);
    else if (outcome.refused.size > 0)
      this.#lose(outcome.refused.size, outcome.conflictText || outcome.refusalText);
    else this.#recover();
    desk.flush();
    this.pump();
  }

  #fail(reason: string, leases: number): void {
    this.#pausedUntilMs = this.#parts.clock.monotonicMs() + BACKUP_PAUSE_MS;
    this.#bulk = null;
    const held = this.#sender.withdraw();
    this.#lose(leases + held.length, reason);
    // Whoever waits for this backup waits for one that is known to be away.
    for (const { transactions } of held)
      for (const transaction of transactions) this.#parts.desk.settle(transaction, false);
    for (let i = this.#head; i < this.#queue.length; i++) {
      const { update, transaction } = this.#queue[i]!;
      if (transaction === null) continue;
      this.#parts.desk.settle(transaction, false);
      this.#queue[i] = { update, transaction: null };
    }
    this.#parts.desk.flush();
  }

  /** Logged once until the backup takes updates again. */
  #lose(leases: number, reason: string): void {
    if (!this.#troubled) this.#parts.log('TDM_PEER_BACKUP_LOST', { backup: this.#parts.client.name, reason });
    this.#troubled = true;
    this.#lost += leases;
  }

  #recover(): void {
    if (!this.#troubled) return;
    this.#parts.log('TDM_PEER_BACKUP_BACK', { backup: this.#parts.client.name, lost: this.#lost });
    this.#troubled = false;
    this.#lost = 0;
  }

  /** Forgets what is queued; resolves when no request is in flight. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#asking;
    await this.#sender.idle();
  }
}
