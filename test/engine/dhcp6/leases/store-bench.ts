/** Main's lease store of DHCPv6 over the engine of a server. */
import type { Clock } from '../../../../src/base/clock.ts';
import { MainLeaseStore6 } from '../../../../src/engine/dhcp6/leases/main-lease-store.ts';
import { BenchEngine6, type Engine6Options } from '../bench-engine.ts';
import { config6, HOME, pool, subnet } from '../config.ts';

/** A subnet on the link, and one elsewhere. */
export const TWO_SUBNETS = config6({
  subnets: [HOME, subnet(2, '2001:db8:2::/64', { pools: [pool('2001:db8:2::10 - 2001:db8:2::1f')] })],
});

export interface StoreBench6 {
  readonly engine: BenchEngine6;
  readonly store: MainLeaseStore6;
  /** Change numbers that somebody waited for. */
  readonly awaited: number[];
  /** Called for each wait for durability; default: everything is durable at once. */
  durable: () => Promise<void>;
}

/** @param clock of the store, default: that of the engine */
export function storeBench6(options: Engine6Options = {}, clock?: Clock): StoreBench6 {
  const engine = new BenchEngine6(TWO_SUBNETS, options);
  const { book, statistics, subnets } = engine.context;
  const awaited: number[] = [];
  const durable = async (change: number): Promise<void> => {
    awaited.push(change);
    await bench.durable();
  };
  const store = new MainLeaseStore6({
    book,
    counting: () => ({ book, statistics, subnets, subnet: null }),
    durability: { durable },
    clock: clock ?? engine.clock,
  });
  const bench: StoreBench6 = { engine, store, awaited, durable: async () => {} };
  return bench;
}
