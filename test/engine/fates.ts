/** What became of datagrams, by the counters: every one of them is in exactly one place. */
import { GLOBAL_STATISTICS, type GlobalStatistic } from '../../src/engine/figures/statistics.ts';
import type { BenchServer } from './bench-server.ts';

/** Counters one of which, and only one, grows with each datagram once it is through. */
const FATES = GLOBAL_STATISTICS.filter(
  (name) => name === 'pkt4-sent' || /^tandem-(drop|done|ignored)-/.test(name),
);

export type Fates = ReadonlyMap<GlobalStatistic, number>;

export function fatesOf(server: BenchServer): Fates {
  return new Map(FATES.map((name) => [name, server.statistic(name)]));
}

/** Names of the counters that have grown, each as often as it did. */
export function grown(before: Fates, after: Fates): GlobalStatistic[] {
  return FATES.flatMap((name) => new Array<GlobalStatistic>(after.get(name)! - before.get(name)!).fill(name));
}
