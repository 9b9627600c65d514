/**
 * Metrics for Prometheus. Nothing is counted here: the counters live in shared memory, and each scrape copies them into
 * a registry of this module's own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { poolNames, type StatisticNames, seriesPrefix } from '../../engine/figures/statistic-names.ts';
import type { StatisticsReader } from '../../engine/figures/statistics-reader.ts';
import { POOL_METRICS_MAX, SUBNET_METRICS_MAX } from '../limits.ts';
import { figureMetrics } from './figure-metrics.ts';
import type { ServerFigures } from './figures.ts';
import { globalMetric, type MetricName, type PoolFill, poolMetric, subnetMetric } from './metric-names.ts';

export interface MetricsSources {
  readonly version: string;
  /** What the family counts, and which of it says how full the pools of a subnet are. */
  readonly names: StatisticNames;
  readonly fills: readonly PoolFill[];
  /** Read at each scrape, as all of these: a reload brings new counters. */
  readonly reader: () => StatisticsReader<StatisticNames>;
  /** The total of each fill of each subnet and of its pools (`subnet[ID].total-addresses`) by complete name, as for statistic-get. */
  readonly totals: () => ReadonlyMap<string, number>;
  readonly subnetIds: () => readonly number[];
  /** Whether each subnet and each pool is shown, while there are not too many. */
  readonly showsSubnets: () => boolean;
  readonly figures: () => ServerFigures;
}

export interface Metrics {
  readonly contentType: string;
  /** The text of one scrape. Rejects only when a source throws. */
  scrape(): Promise<string>;
}

/** How often the lag of the event loop is sampled; at prom-client's own 10 ms that alone is half of what an idle server does. */
const LAG_SAMPLE_MS = 50;

/** One series by which to see that some subnet runs out of addresses, whatever their number. */
const FULLEST = 'tandem_fullest_subnet_ratio';

/** 0 without pools; above 1 where leases lie outside of them. @param sizes what is in each subnet's pools */
function fullest(
  statistics: StatisticsReader<StatisticNames>,
  assigned: string,
  sizes: readonly number[],
): number {
  let ratio = 0;
  sizes.forEach((size, index) => {
    if (size > 0) ratio = Math.max(ratio, statistics.subnet(index, assigned) / size);
  });
  return ratio;
}

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const families = new Families(registry, sources);
  let processMetrics: Promise<void> | null = null;
  return {
    contentType: registry.contentType,
    scrape: async () => {
      processMetrics ??= addProcessMetrics(registry);
      await processMetrics;
      families.fill();
      return registry.metrics();
    },
  };
}

/**
 * Memory, CPU, event-loop delay and garbage collection of the process, under the names that dashboards expect. Only from the
 * first scrape on: a server that nobody scrapes is not to wake up 20 times a second for the delay.
 */
async function addProcessMetrics(register: Registry): Promise<void> {
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: LAG_SAMPLE_MS });
  // Of no sample nothing can be said.
  await sleep(LAG_SAMPLE_MS * 3);
}

/** Every metric of the server, by name. */
class Families {
  readonly #families = new Map<string, Counter | Gauge>();
  readonly #sources: MetricsSources;
  readonly #globals: readonly { readonly statistic: string; readonly name: MetricName }[];

  constructor(registry: Registry, sources: MetricsSources) {
    const { names, fills } = sources;
    this.#sources = sources;
    this.#globals = names.global.map((statistic) => ({ statistic, name: globalMetric(statistic) }));
    const add = (metric: string, help: string, kind: 'counter' | 'gauge', labelNames: readonly string[]) => {
      if (this.#families.has(metric)) return;
      const configuration = { name: metric, help, labelNames: [...labelNames], registers: [registry] };
      this.#families.set(metric, kind === 'counter' ? new Counter(configuration) : new Gauge(configuration));
    };
    add('tandem_build_info', 'The version, in a label; always 1', 'gauge', ['version']);
    add('tandem_subnets', 'Subnets in the configuration', 'gauge', []);
    add(FULLEST, 'Assigned leases of the fullest subnet, against what is in its pools', 'gauge', []);
    const statistics = [
      ...this.#globals.map(({ name }) => name),
      ...[...names.subnet, ...fills.map(({ total }) => total)].map((statistic) => subnetMetric(statistic, 0)),
      ...fills.flatMap(({ kind, total }) =>
        [...poolNames(names, kind), total].map((statistic) =>
          poolMetric(statistic, { subnetId: 0, kind, poolId: 0 }),
        ),
      ),
    ];
    for (const { metric, help, kind, labels } of statistics) add(metric, help, kind, Object.keys(labels));
    for (const { metric, help, kind, labelNames } of figureMetrics) add(metric, help, kind, labelNames);
  }

  fill(): void {
    for (const family of this.#families.values()) {
      family.reset();
      // A reset leaves a metric without labels at 0; what has no value in this scrape is to be absent.
      family.remove({});
    }
    this.#set('tandem_build_info', { version: this.#sources.version }, 1);
    this.#fillStatistics(this.#sources);
    const figures = this.#sources.figures();
    for (const { metric, read } of figureMetrics) {
      for (const [labels, value] of read(figures)) this.#set(metric, labels, value);
    }
  }

  #fillStatistics({ names, fills, reader, totals, subnetIds, showsSubnets }: MetricsSources): void {
    const statistics = reader();
    for (const { statistic, name } of this.#globals) this.#setStatistic(name, statistics.global(statistic));
    const ids = subnetIds();
    this.#set('tandem_subnets', {}, ids.length);
    const sizes = fills.map(({ total }) => ids.map((id) => totals().get(`subnet[${id}].${total}`) ?? 0));
    const ratios = fills.map(({ assigned }, fill) => fullest(statistics, assigned, sizes[fill]!));
    this.#set(FULLEST, {}, Math.max(...ratios));
    if (!showsSubnets()) return;
    this.#fillPools(this.#sources, statistics);
    if (ids.length > SUBNET_METRICS_MAX) return;
    ids.forEach((id, index) => {
      for (const statistic of names.subnet)
        this.#setStatistic(subnetMetric(statistic, id), statistics.subnet(index, statistic));
      fills.forEach(({ total }, fill) => {
        this.#setStatistic(subnetMetric(total, id), sizes[fill]![index]!);
      });
    });
  }

  #fillPools({ names, fills, totals }: MetricsSources, statistics: StatisticsReader<StatisticNames>): void {
    const { pools } = statistics.cells;
    if (pools.length > POOL_METRICS_MAX) return;
    for (const [index, series] of pools.entries()) {
      for (const statistic of poolNames(names, series.kind))
        this.#setStatistic(poolMetric(statistic, series), statistics.pool(index, statistic));
      for (const { kind, total } of fills)
        if (kind === series.kind)
          this.#setStatistic(poolMetric(total, series), totals().get(seriesPrefix(series) + total) ?? 0);
    }
  }

  #setStatistic({ metric, labels }: MetricName, value: number): void {
    this.#set(metric, labels, value);
  }

  /** Adds to an emptied family, which sets it. */
  #set(metric: string, labels: Readonly<Record<string, string>>, value: number): void {
    const family = this.#families.get(metric)!;
    // prom-client throws at a counter below zero: one wrong cell must not cost the whole scrape.
    family.inc(labels, family instanceof Counter ? Math.max(0, value) : value);
  }
}
