/** The entry of every worker thread: its named exports are the tasks of the pools, each loads its part when it is asked for. */
import { nameThread } from './io/thread-name.ts';
import type { CleanupOutcome, CleanupTask } from './journal/cleanup.ts';
import type { JournalReport, JournalTask } from './journal/memory.ts';
import type { LinkTask } from './link/task.ts';
import type { ShardTask } from './shard/dhcp4/context.ts';
import type { ShardTask6 } from './shard/dhcp6/desk.ts';

export async function runCleanup4(task: CleanupTask): Promise<CleanupOutcome> {
  nameThread('cleanup');
  const { rowCodec4 } = await import('./lease/dhcp4/row-codec.ts');
  return (await import('./journal/cleanup.ts')).runCleanup(rowCodec4, task);
}

export async function runCleanup6(task: CleanupTask): Promise<CleanupOutcome> {
  nameThread('cleanup');
  const { rowCodec6 } = await import('./lease/dhcp6/row-codec.ts');
  return (await import('./journal/cleanup.ts')).runCleanup(rowCodec6, task);
}

export async function runJournal(task: JournalTask): Promise<JournalReport> {
  nameThread('journal');
  return (await import('./journal/task.ts')).runJournal(task);
}

export async function runLink4(task: LinkTask): Promise<void> {
  const { runCarrier, ThreadName } = await import('./carrier/loop.ts');
  const { carrierFamily4 } = await import('./carrier/family4.ts');
  nameThread(ThreadName.alone);
  return runCarrier(task, carrierFamily4);
}

export async function runLink6(task: LinkTask): Promise<void> {
  const { runCarrier, ThreadName } = await import('./carrier/loop.ts');
  const { carrierFamily6 } = await import('./carrier/family6.ts');
  nameThread(ThreadName.alone);
  return runCarrier(task, carrierFamily6);
}

export async function runShard6(task: ShardTask6): Promise<void> {
  nameThread('shard');
  const { openShard6 } = await import('./shard/dhcp6/shard.ts');
  openShard6(task).run();
}

export async function runShard4(task: ShardTask): Promise<void> {
  nameThread('shard');
  const { openShard4 } = await import('./shard/dhcp4/shard.ts');
  openShard4(task).run();
}
