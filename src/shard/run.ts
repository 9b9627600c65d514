/** The shard's thread: one long-lived task for a worker pool, which returns when it is told to stop. */
import type { ShardTask } from './dhcp4/context.ts';
import { openShard4 } from './dhcp4/shard.ts';

/** Serves until the stop word is set and parked replies are gone. Blocks its thread for all that time. */
export function runShard(task: ShardTask): void {
  openShard4(task).run();
}
