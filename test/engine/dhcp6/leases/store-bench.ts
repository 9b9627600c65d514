/** Main's lease store of DHCPv6 over the engine of a server. */
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
}

export function storeBench6(options: Engine6Options = {}, config: ServerConfig6 = TWO_SUBNETS): StoreBench6 {
  const engine = new BenchEngine6(config, options);
  const { book, statistics, subnets } = engine.context;
  const awaited: number[] = [];
  const store = new MainLeaseStore6({
    book,
    counting: () => ({ book, statistics, subnets, subnet: null }),
    durability: { durable: async (change) => void awaited.push(change) },
    clock: engine.clock,
  });
  return { engine, store, awaited };
}
