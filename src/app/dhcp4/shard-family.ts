/** What main gives the shards of a DHCPv4 server beside what both families have. */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { ServerConfig } from '../../config/model.ts';
import type { DurationMemory } from '../../engine/figures/durations.ts';
import { allocateRateLimits } from '../../engine/figures/rate-limits.ts';
import { allocateStatistics, type StatisticsMemory } from '../../engine/figures/statistics.ts';
import type { ServerSocket } from '../../engine/query.ts';
import { poolSeries } from '../../engine/subnets/pool-series.ts';
import type { ShardTask } from '../../shard/dhcp4/context.ts';
import type { HandedQuery } from '../../shard/dhcp4/handed-query.ts';
import { allocateSocketTable, writeSocketTable } from '../../shard/dhcp4/socket-table.ts';
import type { CommonTask } from '../../shard/task.ts';
import type { DataPlane, ShardFamily } from '../data-plane.ts';
import { listeningOf } from '../libraries/lease-events.ts';
import type { PingCheck } from '../libraries/ping-check.ts';
import type { ServerMemory } from '../memory.ts';

export interface ShardKinds4 {
  readonly config: ServerConfig;
  readonly task: ShardTask;
  readonly socket: ServerSocket;
  readonly handed: HandedQuery;
}

export type DataPlane4 = DataPlane<ShardKinds4>;

export class ShardFamily4 implements ShardFamily<ShardKinds4> {
  readonly #memory: ServerMemory;
  readonly #pingCheck: PingCheck;
  readonly #durations: () => DurationMemory | null;

  /** @param durations where is measured how long answers take, or null */
  constructor(memory: ServerMemory, pingCheck: PingCheck, durations: () => DurationMemory | null) {
    this.#memory = memory;
    this.#pingCheck = pingCheck;
    this.#durations = durations;
  }

  allocateSocketTable(): SharedArrayBuffer {
    return allocateSocketTable();
  }

  writeSocketTable(table: SharedArrayBuffer, sockets: readonly ServerSocket[]): void {
    writeSocketTable(table, sockets);
  }

  addressOf({ address }: ServerSocket): string {
    return formatIpv4(address);
  }

  allocateStatistics({ subnets }: ServerConfig, rows: number): StatisticsMemory {
    const ids = subnets.map((subnet) => subnet.id);
    return allocateStatistics(rows, ids, poolSeries(subnets).series);
  }

  tasksOf(config: ServerConfig): (common: CommonTask, handed: HandedQuery[]) => ShardTask {
    const listening = listeningOf(config);
    // [Kea] With another configuration the periods begin anew.
    const rates = allocateRateLimits(config.hooks.limits);
    const { book, limited, events, dns } = this.#memory;
    return (common, handed) => ({
      ...common,
      handed,
      config,
      book,
      limited,
      rates,
      ping: this.#pingCheck.taskOf(common.shard),
      durations: this.#durations(),
      events,
      listening,
      dns,
    });
  }
}
