/** Main's lease store of DHCPv6 over the engine of a server. */
import type { Clock } from '../../../../src/base/clock.ts';
import type { ServerConfig6 } from '../../../../src/config/dhcp6/model.ts';
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

export interface StoreOptions6 extends Engine6Options {
  /** Of the store; default: that of the engine. */
  readonly clock?: Clock;
}

export function storeBench6(options: StoreOptions6 = {}, config: ServerConfig6 = TWO_SUBNETS): StoreBench6 {
  const engine = new BenchEngine6(config, options);
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
    clock: options.clock ?? engine.clock,
  });
  const bench: StoreBench6 = { engine, store, awaited, durable: async () => {} };
  return bench;
}
