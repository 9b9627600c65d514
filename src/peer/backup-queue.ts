/** The updates that wait for one backup, oldest first, bounded in number and octets. */
import type { UpdateBytes } from '../lease/update-family.ts';
import { BACKUP_QUEUE_BYTES_MAX, BACKUP_QUEUE_RECORDS_MAX } from './limits.ts';
import type { Transaction } from './transactions.ts';

export interface QueuedUpdate {
  /** Bytes of its own, shared with the queues of other backups. */
  readonly update: UpdateBytes;
  /** Waits for this backup; null = nobody does. */
  readonly transaction: Transaction | null;
}

export class BackupQueue {
  #queue: QueuedUpdate[] = [];
  /** Entries before this one are gone; they are cut off when they are half of it. */
  #head = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#head === this.#queue.length;
  }

  /** Whether the oldest one has to give way. */
  get isTooLong(): boolean {
    return this.#queue.length - this.#head > BACKUP_QUEUE_RECORDS_MAX || this.#bytes > BACKUP_QUEUE_BYTES_MAX;
  }

  push(queued: QueuedUpdate): void {
    this.#queue.push(queued);
    this.#bytes += queued.update.length;
  }

  /** Takes the oldest one, or null. */
  shift(): QueuedUpdate | null {
    if (this.isEmpty) return null;
    const queued = this.#queue[this.#head++]!;
    this.#bytes -= queued.update.length;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return queued;
  }

  /** Puts those that were taken last back to the front. */
  putBack(taken: readonly QueuedUpdate[]): void {
    this.#queue = [...taken, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    for (const { update } of taken) this.#bytes += update.length;
  }

  /** Nobody waits for what stands here any more. @returns who did */
  takeTransactions(): Transaction[] {
    const taken: Transaction[] = [];
    for (let i = this.#head; i < this.#queue.length; i++) {
      const { update, transaction } = this.#queue[i]!;
      if (transaction === null) continue;
      taken.push(transaction);
      this.#queue[i] = { update, transaction: null };
    }
    return taken;
  }
}
