/** Updates that are not sent to the partner: kept for it in the backlog, or withheld and counted. */
import type { LeaseAddress } from '../lease/update-family.ts';
import type { KeptUpdates } from './kept-updates.ts';
import type { UpdateListener } from './model.ts';
import type { PartnerOutcomes } from './partner-outcomes.ts';
import type { HeldUpdate } from './request.ts';
import type { Transaction, TransactionDesk } from './transactions.ts';

export interface SetAsideParts {
  readonly kept: KeptUpdates;
  readonly outcomes: PartnerOutcomes;
  readonly desk: TransactionDesk;
  readonly listener: Pick<UpdateListener, 'unsent'>;
}

export class SetAside {
  readonly #parts: SetAsideParts;
  #unsent = 0;

  constructor(parts: SetAsideParts) {
    this.#parts = parts;
  }

  /** So many transactions more have not reached the partner. */
  addUnsent(transactions: number): void {
    this.#unsent += transactions;
  }

  /** Takes a record of the log. @param isLast whether its transaction ends with it */
  take(
    mode: 'queue' | 'withhold',
    address: LeaseAddress,
    transaction: Transaction | null,
    isLast: boolean,
  ): void {
    const { kept, outcomes } = this.#parts;
    if (mode === 'queue') return kept.push(address);
    if (isLast) this.#unsent++;
    // Its shard did not know yet that nothing is sent any more: the partner lacks it, so nobody may rely on it.
    if (transaction === null) return;
    transaction.failed = true;
    outcomes.owe(address);
  }

  /** What was to be sent when sending ended: as if it were read from the log now. */
  divert(mode: 'queue' | 'withhold', update: HeldUpdate): void {
    const { kept, outcomes, desk } = this.#parts;
    const isKept = mode === 'queue';
    if (isKept) kept.push(update.address);
    else {
      this.#unsent += Math.max(1, update.transactions.length);
      outcomes.owe(update.address);
    }
    for (const transaction of update.transactions) desk.settle(transaction, isKept);
  }

  /** Tells the listener how many more have not been sent. */
  report(): void {
    if (this.#unsent === 0) return;
    const transactions = this.#unsent;
    this.#unsent = 0;
    this.#parts.listener.unsent(transactions);
  }
}
