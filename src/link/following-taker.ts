/** Takes records of the partner's update log, by the rules of a synchronization while one is under way. */
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import type { RecordTaker, Refusal } from './inbound.ts';
import type { SyncSession } from './session.ts';
import type { TableTaker } from './taker.ts';

export class FollowingTaker implements RecordTaker {
  readonly #taker: TableTaker;
  readonly #session: Pick<SyncSession, 'follower'>;

  constructor(taker: TableTaker, session: Pick<SyncSession, 'follower'>) {
    this.#taker = taker;
    this.#session = session;
  }

  get lastChange(): number {
    return this.#taker.lastChange;
  }

  take(record: LeaseRecord, isUpdate: boolean): Refusal | null {
    const merge = this.#session.follower;
    if (merge === null) return this.#taker.take(record, isUpdate);
    if (!merge.follows(record)) return null;
    // A row that goes is seen before, one that comes is seen behind.
    merge.see(record.address);
    const refusal = this.#taker.take(record, isUpdate);
    merge.see(record.address);
    return refusal;
  }
}
