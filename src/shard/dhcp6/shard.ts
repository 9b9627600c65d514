/** A shard that serves DHCPv6. */
import { type Clock, systemClock } from '../../base/clock.ts';
import { ShardLoop } from '../loop.ts';
import { Desk6, type ShardTask6 } from './desk.ts';

export function openShard6(task: ShardTask6, clock: Clock = systemClock): ShardLoop {
  return new ShardLoop(task, (exit) => new Desk6(task, exit, clock), clock);
}
