/** A shard that serves DHCPv4. */
import { type Clock, systemClock } from '../../base/clock.ts';
import { ShardLoop } from '../loop.ts';
import type { ShardTask } from './context.ts';
import { Desk4 } from './desk.ts';

export function openShard4(task: ShardTask, clock: Clock = systemClock): ShardLoop {
  return new ShardLoop(task, (exit) => new Desk4(task, exit, clock), clock);
}
