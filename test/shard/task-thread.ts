/** A worker of the shard tests: runs one task of the server to its end, as the pool does. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JournalTask } from '../../src/journal/memory.ts';
import { runJournal } from '../../src/journal/task.ts';
import type { ShardTask } from '../../src/shard/dhcp4/context.ts';
import { openShard4 } from '../../src/shard/dhcp4/shard.ts';

type Work =
  | { readonly kind: 'shard'; readonly task: ShardTask }
  | { readonly kind: 'journal'; readonly task: JournalTask };

const work = workerData as Work;
if (work.kind === 'shard') openShard4(work.task).run();
const report = work.kind === 'journal' ? runJournal(work.task) : null;
parentPort!.postMessage(report);
