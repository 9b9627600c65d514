/** What main hands to the link thread. */
import type { MessagePort } from 'node:worker_threads';
import type { BellMemory } from '../base/bell.ts';
import type { JournalMemory } from '../journal/memory.ts';
import type { LinkMemory } from './memory.ts';
import type { LinkWorkplace } from './messages.ts';

export interface LinkTask {
  /** Orders come in by it, reports go out. */
  readonly port: MessagePort;
  readonly memory: LinkMemory;
  readonly workplace: LinkWorkplace;
  /** The thread's own row of the statistics. */
  readonly statisticsRow: number;
  readonly journal: JournalMemory;
  /** Of all who wait for rows in poll(), this thread among them. */
  readonly bells: readonly BellMemory[];
  /** By their index: where verdicts are written, and what wakes the shard. */
  readonly shards: readonly (BellMemory & { readonly linkVerdicts: SharedArrayBuffer })[];
}
