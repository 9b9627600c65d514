/** What main hands to a shard of either family. */
import type { BellMemory } from '../base/bell.ts';
import type { CommonConfig } from '../config/model.ts';
import type { StatisticsMemory } from '../engine/figures/statistics.ts';
import { type ShardLinkMemory, ShardWord, type UpdateLogMemory } from '../engine/parked/shard-link.ts';
import type { JournalMemory } from '../journal/memory.ts';
import type { ChangeLogMemory } from '../lease/change-log.ts';

/** Number of the first transaction of a shard: they go on over a restart. */
export function firstTransaction(link: ShardLinkMemory): number {
  return Atomics.load(new Int32Array(link.words), ShardWord.transactions) + 1;
}

export interface CommonTask {
  readonly shard: number;
  /** Its sockets, in the table of its family. */
  readonly sockets: SharedArrayBuffer;
  readonly config: CommonConfig;
  readonly policies: SharedArrayBuffer;
  /** One a relationship, at least one. */
  readonly updates: readonly UpdateLogMemory[];
  readonly link: ShardLinkMemory;
  /** Of the thread that reads the update logs which are lent to it. */
  readonly linkBell: BellMemory;
  readonly book: { readonly changes: ChangeLogMemory };
  readonly journal: JournalMemory;
  /** Of all who wait for rows in poll(), this shard among them. */
  readonly bells: readonly BellMemory[];
  readonly statistics: StatisticsMemory;
  /** Reply slots and park entries of this shard, a power of two. */
  readonly parkedMax: number;
  /** Destination port of every reply, 0 = by the rules. */
  readonly forcedPort: number;
}
