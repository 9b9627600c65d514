/** The entry of every worker thread: its named exports are the tasks of the pools, each loads its part when it is asked for. */
import { nameThread } from './io/thread-name.ts';
import type { CleanupOutcome, CleanupTask } from './journal/cleanup.ts';
import type { JournalReport, JournalTask } from './journal/memory.ts';
import type { LinkTask } from './link/task.ts';
import type { ShardTask } from './shard/dhcp4/context.ts';

export async function runCleanup(task: CleanupTask): Promise<CleanupOutcome> {
  nameThread('cleanup');
  const { rowCodec4 } = await import('./lease/dhcp4/row-codec.ts');
  return (await import('./journal/cleanup.ts')).runCleanup(rowCodec4, task);
}

export async function runJournal(task: JournalTask): Promise<JournalReport> {
  nameThread('journal');
  return (await import('./journal/task.ts')).runJournal(task);
}

export async function runLink(task: LinkTask): Promise<void> {
  const { runCarrier, ThreadName } = await import('./carrier/loop.ts');
  nameThread(ThreadName.alone);
  return runCarrier(task);
}

export async function runShard(task: ShardTask): Promise<void> {
  nameThread('shard');
  return (await import('./shard/run.ts')).runShard(task);
}
