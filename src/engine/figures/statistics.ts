/**
 * Statistics in shared memory. Every thread that counts owns a row of cells and is their only writer, so an increment
 * is a plain add; whoever reads sums the rows. Cells are float64: exact up to 2^53, and 8-byte stores do not tear.
 * There is one row a writer (main, shard 0, shard 1, ...):
 *
 *     row = global cells | subnet 0 cells | subnet 1 cells | ... | pool series 0 cells | ...
 */
import { assert } from '../../base/assert.ts';
import {
  cellNames,
  cellsOf,
  type NamedCells,
  type NamedSeries,
  type StatisticNames,
  seriesCells,
} from './statistic-names.ts';

/** Kea's global statistics that this server keeps, then Tandem's own reasons for packets without an answer. */
export const GLOBAL_STATISTICS = [
  'pkt4-received',
  'pkt4-discover-received',
  'pkt4-offer-received',
  'pkt4-request-received',
  'pkt4-ack-received',
  'pkt4-nak-received',
  'pkt4-release-received',
  'pkt4-decline-received',
  'pkt4-inform-received',
  'pkt4-unknown-received',
  'pkt4-sent',
  'pkt4-offer-sent',
  'pkt4-ack-sent',
  'pkt4-nak-sent',
  'pkt4-parse-failed',
  'pkt4-receive-drop',
  'pkt4-service-disabled',
  'pkt4-queue-full',
  'pkt4-rfc-violation',
  'pkt4-not-for-us',
  'pkt4-processing-failed',
  'pkt4-admin-filtered',
  'pkt4-limit-exceeded',
  'declined-addresses',
  'reclaimed-declined-addresses',
  'reclaimed-leases',
  'assigned-addresses',
  'cumulative-assigned-addresses',
  'v4-allocation-fail',
  'v4-allocation-fail-shared-network',
  'v4-allocation-fail-subnet',
  'v4-allocation-fail-no-pools',
  'v4-allocation-fail-classes',
  'v4-reservation-conflicts',
  'v4-lease-reuses',
  // Each datagram that gets no answer and no lease change is in exactly one of these.
  'tandem-drop-frame-other-host',
  'tandem-drop-frame-too-short',
  'tandem-drop-frame-ip-header',
  'tandem-drop-frame-fragment',
  'tandem-drop-frame-udp-length',
  'tandem-drop-too-short',
  'tandem-drop-too-long',
  'tandem-drop-not-a-query',
  'tandem-drop-bad-hardware-length',
  'tandem-drop-no-magic-cookie',
  'tandem-drop-option-length',
  'tandem-drop-bad-fqdn',
  'tandem-drop-no-message-type',
  'tandem-drop-message-type',
  'tandem-drop-no-client',
  'tandem-drop-no-return-address',
  'tandem-drop-service-disabled',
  'tandem-drop-out-of-scope',
  'tandem-drop-other-server',
  'tandem-drop-no-relationship',
  'tandem-drop-class',
  'tandem-drop-class-reject',
  'tandem-drop-rate-limit',
  'tandem-drop-no-subnet',
  'tandem-drop-no-address',
  'tandem-drop-lease-limit',
  'tandem-drop-address-in-use',
  'tandem-drop-ping-pending',
  'tandem-drop-ping-full',
  'tandem-drop-ping-abandoned',
  'tandem-drop-unknown-client',
  'tandem-drop-address-unmanaged',
  'tandem-drop-bootp-refused',
  'tandem-drop-discover-shed',
  'tandem-drop-park-full',
  'tandem-drop-journal-full',
  'tandem-drop-updates-full',
  'tandem-drop-table-full',
  'tandem-drop-reply-too-large',
  'tandem-drop-partner-cannot-hold',
  'tandem-drop-send-failed',
  'tandem-drop-socket-gone',
  'tandem-drop-update-rejected',
  'tandem-drop-lease-over',
  'tandem-drop-parked-too-long',
  'tandem-repeated-parked',
  // A repeated query that is answered by what was sent before.
  'tandem-repeated-answered',
  // Sockets for which replies are not joined any more, because the kernel refused them.
  'tandem-join-refused',
  // Answers to BOOTP clients, which count as sent like all others.
  'tandem-bootp-sent',
  // ICMP echo requests, and how the checks ended that found nobody.
  'tandem-ping-sent',
  'tandem-ping-unanswered',
  'tandem-ping-unreachable',
  'tandem-ping-send-failed',
  // A REQUEST that is refused because its lease would be one too many.
  'tandem-nak-lease-limit',
  // Classes of templates whose queries were forgotten, because others came that have a rate too.
  'tandem-rate-limit-forgotten',
  // Expressions of classes that had an error: the class was not assigned.
  'tandem-class-errors',
  // What a relay said of a client for which a user context, or the table, has no room.
  'tandem-extended-info-lost',
  // Replies whose options flex_option could not change as configured: an expression had an error, or a value no room.
  'tandem-flex-option-errors',
  // Texts for the forensic log that could not be made: there is no line.
  'tandem-legal-log-errors',
  // Queries that are handled and need no answer.
  'tandem-done-release',
  'tandem-done-decline',
  'tandem-done-decline-offer',
  'tandem-ignored-release',
  'tandem-ignored-decline',
  'tandem-observations-lost',
  // Name change requests, see src/ddns.
  'tandem-ddns-sent',
  'tandem-ddns-send-failed',
  'tandem-ddns-lost',
  'tandem-ddns-not-a-name',
] as const;
export type GlobalStatistic = (typeof GLOBAL_STATISTICS)[number];

/** Statistics kept for each subnet, named `subnet[ID].NAME`. */
export const SUBNET_STATISTICS = [
  'assigned-addresses',
  'cumulative-assigned-addresses',
  'declined-addresses',
  'reclaimed-declined-addresses',
  'reclaimed-leases',
  'v4-allocation-fail',
  'v4-allocation-fail-shared-network',
  'v4-allocation-fail-subnet',
  'v4-allocation-fail-no-pools',
  'v4-allocation-fail-classes',
  'v4-reservation-conflicts',
  'v4-lease-reuses',
] as const;
export type SubnetStatistic = (typeof SUBNET_STATISTICS)[number];

/** Statistics kept for each series of pools, named `subnet[ID].pool[POOL ID].NAME`. */
export const POOL_STATISTICS = [
  'assigned-addresses',
  'cumulative-assigned-addresses',
  'declined-addresses',
  'reclaimed-declined-addresses',
  'reclaimed-leases',
] as const;
export type PoolStatistic = (typeof POOL_STATISTICS)[number];

// Statistic name -> cell number, for code that counts.
export const G = cellsOf(GLOBAL_STATISTICS);
export const S = cellsOf(SUBNET_STATISTICS);
export const P = cellsOf(POOL_STATISTICS);

/** What a DHCPv4 server counts. */
export const STATISTICS_4 = {
  global: GLOBAL_STATISTICS,
  subnet: SUBNET_STATISTICS,
  pool: POOL_STATISTICS,
  pdPool: [],
} as const satisfies StatisticNames;

export interface StatisticsMemory extends NamedCells {
  readonly cells: SharedArrayBuffer;
  readonly writers: number;
}

const CELL_BYTES = 8;
/** @param writers rows: main is 0, shard n is n + 1; @param pools those of `poolSeries`, when pools are counted */
export function allocateStatistics(
  writers: number,
  subnetIds: readonly number[],
  pools: readonly NamedSeries[] = [],
  names: StatisticNames = STATISTICS_4,
): StatisticsMemory {
  const rowCells = seriesCells({ names, subnetIds, pools })[pools.length]!;
  return { cells: new SharedArrayBuffer(writers * rowCells * CELL_BYTES), writers, names, subnetIds, pools };
}

/** The cells of one writer. */
export function rowOf(memory: StatisticsMemory, writer: number): Float64Array {
  assert(writer >= 0 && writer < memory.writers, 'statistics row exists');
  const rowCells = memory.cells.byteLength / CELL_BYTES / memory.writers;
  return new Float64Array(memory.cells, writer * rowCells * CELL_BYTES, rowCells);
}

/** One thread's own cells. */
export class StatisticsWriter {
  readonly #memory: StatisticsMemory;
  readonly #row: Float64Array;
  readonly #firstSubnetCell: number;
  readonly #subnetCells: number;
  readonly #seriesCells: Float64Array;

  constructor(memory: StatisticsMemory, writer: number) {
    this.#memory = memory;
    this.#row = rowOf(memory, writer);
    const { names } = memory;
    this.#firstSubnetCell = names.global.length;
    this.#subnetCells = names.subnet.length;
    this.#seriesCells = seriesCells(memory);
  }

  /** Adds the values of another set of statistics, as far as names, subnets and pools are the same. */
  takeOver(before: { all(): ReadonlyMap<string, number> }): void {
    const values = before.all();
    cellNames(this.#memory).forEach((name, cell) => {
      this.add(cell, values.get(name) ?? 0);
    });
  }

  /** @param cell from `G` */
  add(cell: number, delta = 1): void {
    this.#row[cell]! += delta;
  }

  /** @param subnetIndex position of the subnet in the configuration; @param cell from `S` */
  addSubnet(subnetIndex: number, cell: number, delta = 1): void {
    this.#row[this.#firstSubnetCell + subnetIndex * this.#subnetCells + cell]! += delta;
  }

  /** @param series position of the series of pools; @param cell of its kind, from `P` */
  addPool(series: number, cell: number, delta = 1): void {
    this.#row[this.#seriesCells[series]! + cell]! += delta;
  }
}
