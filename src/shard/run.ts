/** The shard's thread: one long-lived task for a worker pool, which returns when it is told to stop. */
import { ShardLoop } from './loop.ts';
import type { ShardTask } from './task.ts';

/** Serves until the stop word is set and parked replies are gone. Blocks its thread for all that time. */
export function runShard(task: ShardTask): void {
  new ShardLoop(task).run();
}
