/** How many shards, and how many replies each may park. */
import { availableParallelism } from 'node:os';
import type { CommonConfig } from '../config/model.ts';
import { createHaSetup } from '../ha/machine/setup.ts';
import { PARKED_MAX, SHARDS_MAX } from '../limits.ts';

/**
 * multi-threading/thread-pool-size; 0 = one less than there are processors, because main and the journal need time too.
 * @returns 1..SHARDS_MAX
 */
export function shardCount({ multiThreading }: CommonConfig): number {
  if (!multiThreading.enabled) return 1;
  const wanted = multiThreading.threadPoolSize || availableParallelism() - 1;
  return Math.min(SHARDS_MAX, Math.max(1, wanted));
}

/**
 * Whether the thread of the lease streams runs the shard: where there is only one, and a partner, the two threads would only
 * wake each other. Not where both servers of a pair serve: there two threads wait for two kinds of rows at once.
 */
export function isCarried({ relationships }: CommonConfig, shards: number): boolean {
  if (shards !== 1 || relationships.some(({ mode }) => mode === 'load-balancing')) return false;
  return relationships.some((config) => createHaSetup(config).partner !== null);
}

/** parked-packet-limit is for the whole server: each shard gets its share, rounded up to a power of two. */
export function parkedPerShard({ parkedPacketLimit }: CommonConfig, shards: number): number {
  if (parkedPacketLimit === null || parkedPacketLimit === 0) return PARKED_MAX;
  return Math.min(PARKED_MAX, 2 ** Math.ceil(Math.log2(Math.ceil(parkedPacketLimit / shards))));
}
