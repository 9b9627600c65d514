/** What main gives the shards of a DHCPv6 server beside what both families have. */
import { formatIpv6 } from '../../base/ipv6-text.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { STATISTICS_6 } from '../../engine/dhcp6/statistics.ts';
import { poolSeries6 } from '../../engine/dhcp6/subnets/pool-series.ts';
import type { DurationMemory } from '../../engine/figures/durations.ts';
import { allocateRateLimits } from '../../engine/figures/rate-limits.ts';
import { allocateStatistics, type StatisticsMemory } from '../../engine/figures/statistics.ts';
import type { ShardTask6 } from '../../shard/dhcp6/desk.ts';
import {
  allocateSocketTable6,
  type ServerSocket6,
  writeSocketTable6,
} from '../../shard/dhcp6/socket-table.ts';
import type { CommonTask } from '../../shard/task.ts';
import type { ShardFamily } from '../data-plane.ts';
import { listeningOf } from '../libraries/lease-events.ts';
import type { ServerMemory6 } from './memory.ts';
import type { ServerId } from './server-id.ts';

export interface ShardKinds6 {
  readonly config: ServerConfig6;
  readonly task: ShardTask6;
  readonly socket: ServerSocket6;
  readonly handed: never;
}

export class ShardFamily6 implements ShardFamily<ShardKinds6> {
  readonly #memory: ServerMemory6;
  readonly #serverId: ServerId;
  readonly #durations: () => DurationMemory | null;

  /** @param durations where shards measure how long answers take, or null */
  constructor(memory: ServerMemory6, serverId: ServerId, durations: () => DurationMemory | null) {
    this.#memory = memory;
    this.#serverId = serverId;
    this.#durations = durations;
  }

  allocateSocketTable(): SharedArrayBuffer {
    return allocateSocketTable6();
  }

  writeSocketTable(table: SharedArrayBuffer, sockets: readonly ServerSocket6[]): void {
    writeSocketTable6(table, sockets);
  }

  addressOf({ address }: ServerSocket6): string {
    return formatIpv6(address);
  }

  allocateStatistics({ subnets }: ServerConfig6, rows: number): StatisticsMemory {
    return allocateStatistics(
      rows,
      subnets.map(({ id }) => id),
      poolSeries6(subnets).series,
      STATISTICS_6,
    );
  }

  tasksOf(config: ServerConfig6): (common: CommonTask) => ShardTask6 {
    const { book, dns, events, limited } = this.#memory;
    // [Kea] With another configuration the periods begin anew.
    const rates = allocateRateLimits(config.hooks.limits);
    const own = {
      config,
      book,
      dns,
      events,
      limited,
      rates,
      listening: listeningOf(config),
      durations: this.#durations(),
    };
    return (common) => ({ ...common, ...own, serverId: this.#serverId.octets });
  }
}
