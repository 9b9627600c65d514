/** Takes records of the partner's update log, by the rules of a synchronization while one is under way. */
import type { LinkFamily, LinkRecord } from './family.ts';
import type { RecordTaker, Refusal } from './inbound.ts';
import type { SyncSession } from './session.ts';
import type { TableTaker } from './taker.ts';

export class FollowingTaker<Record extends LinkRecord> implements RecordTaker<Record> {
  readonly #taker: TableTaker<Record>;
  readonly #session: Pick<SyncSession<Record>, 'follower'>;

  constructor(taker: TableTaker<Record>, session: Pick<SyncSession<Record>, 'follower'>) {
    this.#taker = taker;
    this.#session = session;
  }

  get family(): LinkFamily<Record> {
    return this.#taker.family;
  }

  get lastChange(): number {
    return this.#taker.lastChange;
  }

  take(record: Record, isUpdate: boolean): Refusal | null {
    const merge = this.#session.follower;
    if (merge === null) return this.#taker.take(record, isUpdate);
    if (!merge.follows(record, isUpdate)) return null;
    // A row that goes is seen before, one that comes is seen behind.
    merge.see(record);
    const refusal = this.#taker.take(record, isUpdate);
    merge.see(record);
    return refusal;
  }
}
