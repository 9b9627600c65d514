/** What a test's link thread needs to know of a family: its records, its workplace and its leases. */
import type { Clock } from '../../../src/base/clock.ts';
import type { LinkLoop } from '../../../src/link/loop.ts';
import type { LinkWorkplace } from '../../../src/link/messages.ts';
import type { LinkTask } from '../../../src/link/task.ts';
import type { RecordKit, TestChange } from '../../peer/support/record-kit.ts';

/** The time of all of them, Unix seconds. */
export const NOW_SEC = 1_799_999_000;

export type Loop = Pick<LinkLoop<never>, 'turn' | 'isStopping' | 'end'>;

export interface LinkKit<Change extends TestChange, Lease, Book, Workplace extends LinkWorkplace> {
  readonly records: RecordKit<Change, Lease>;
  /** The statistic that counts the addresses in use of a subnet. */
  readonly assigned: string;
  createLoop(task: LinkTask, clock: Clock): Loop;
  createWorkplace(changeLogBytes: number): Workplace;
  openBook(workplace: Workplace): Book;
  /** Changes a lease as a shard does, without telling anybody. */
  put(book: Book, change: Change): void;
  /** Every lease, by its address. */
  leases(book: Book): Map<Change['address'], Lease>;
  lease(book: Book, address: Change['address']): Lease | null;
}
