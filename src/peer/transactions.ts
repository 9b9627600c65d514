/**
 * Verdicts on the transactions that shards wait for. A transaction may have several records, each of them may go to
 * several peers: it is confirmed when all deliveries succeeded, rejected when one failed, and it gets its verdict
 * exactly once, when the last delivery has ended.
 */
import { assert } from '../base/assert.ts';
import { UpdateRecord } from '../engine/parked/shard-link.ts';
import { VerdictRuns } from '../engine/parked/verdict-runs.ts';
import { Verdict } from '../engine/parked/verdicts.ts';
import type { SentLease } from './request.ts';

/** One awaited transaction of a shard. */
export class Transaction {
  readonly shard: number;
  /** The shard's number for it, u32. */
  readonly number: number;
  /** Deliveries under way, and one for the records that are still to come from the update log. */
  pending = 1;
  failed = false;

  constructor(shard: number, number: number) {
    this.shard = shard;
    this.number = number;
  }
}

export class TransactionDesk {
  readonly #verdicts: VerdictRuns;
  /** Per shard: the transaction whose last record has not been read yet. */
  readonly #open: (Transaction | null)[];

  /** @param verdicts verdict memory of each shard; @param wake makes a shard look at its verdicts */
  constructor(verdicts: readonly SharedArrayBuffer[], wake: (shard: number) => void) {
    this.#verdicts = new VerdictRuns(verdicts, wake);
    this.#open = verdicts.map(() => null);
  }

  /** The transaction of an awaited record. `recordTaken` must follow when the record's deliveries are expected. */
  of(kind: number, number: number): Transaction {
    const shard = kind >>> UpdateRecord.shardShift;
    assert(shard < this.#open.length, 'an update record comes from a known shard');
    const open = this.#open[shard]!;
    if (open !== null && open.number === number) return open;
    assert(open === null, 'a transaction ends before the next one of its shard begins');
    const transaction = new Transaction(shard, number);
    this.#open[shard] = transaction;
    return transaction;
  }

  /** Ends the reading of a transaction with its last record. */
  recordTaken(transaction: Transaction, isLast: boolean): void {
    if (!isLast) return;
    this.#open[transaction.shard] = null;
    this.settle(transaction, true);
  }

  /** Whether a transaction was begun whose other records are still to be read: nobody else may read them. */
  get isMidway(): boolean {
    return this.#open.some((transaction) => transaction !== null);
  }

  /** One delivery more must end before the verdict. */
  expect(transaction: Transaction): void {
    transaction.pending++;
  }

  /** One delivery has ended. */
  settle(transaction: Transaction, ok: boolean): void {
    if (!ok) transaction.failed = true;
    if (--transaction.pending === 0) this.#give(transaction);
  }

  /** The deliveries of leases that were sent have ended. @returns whether anybody waited for one of them */
  settleLeases(leases: readonly SentLease[]): boolean {
    let wasAwaited = false;
    for (const { update, outcome } of leases) {
      for (const transaction of update.transactions) {
        this.settle(transaction, outcome.kind === 'taken');
        wasAwaited = true;
      }
    }
    return wasAwaited;
  }

  #give({ shard, number, failed }: Transaction): void {
    this.#verdicts.give(shard, number, failed ? Verdict.rejected : Verdict.confirmed);
  }

  /** Hands the verdicts given so far to the shards and wakes those concerned. */
  flush(): void {
    this.#verdicts.flush();
  }
}
