/**
 * The pools of a DHCPv6 configuration as the lease book needs them: each has a number and gives units of one size, which
 * are addresses or prefixes. Plain data, so that it can be handed to other threads.
 */
import { ADDRESS_BITS } from '../model.ts';

/**
 * In which order a pool gives what is free. `iterative`: the next one after the last. `random`: any. `flq`: what has been
 * free for the longest time, which is about the next one after the last; so it is given in that order, and Kea's choice of
 * any pool for each lease is the caller's.
 */
export type PoolOrder = 'iterative' | 'random' | 'flq';

/** What of a subnet's configuration says which pools it has. Addresses and prefixes are 16 octets. */
export interface PooledSubnet {
  readonly id: number;
  readonly pools: readonly { readonly first: Uint8Array; readonly last: Uint8Array }[];
  readonly pdPools: readonly {
    readonly prefix: Uint8Array;
    readonly prefixLength: number;
    readonly delegatedLength: number;
  }[];
  readonly allocator: PoolOrder;
  readonly pdAllocator: PoolOrder;
}

/** Pool of units `first` to `last`, each named by its first address. */
export interface PoolShape {
  readonly first: bigint;
  readonly last: bigint;
  /** Prefix length of a unit, 1..128; 128 = addresses. */
  readonly unitLength: number;
  readonly order: PoolOrder;
}

/** Numbers of a subnet's pools: those of addresses, then those of prefixes, each in the order of the configuration. */
export interface PoolNumbers {
  readonly addressPools: number;
  readonly prefixPools: number;
  /** Behind the last one. */
  readonly end: number;
}

export interface PoolPlan6 {
  /** By number. */
  readonly pools: readonly PoolShape[];
  /** By subnet id. */
  readonly numbers: ReadonlyMap<number, PoolNumbers>;
}

/** Numbers the pools of all subnets from 0 on. @param subnets ascending by id */
export function planPools6(subnets: readonly PooledSubnet[]): PoolPlan6 {
  const pools: PoolShape[] = [];
  const numbers = new Map<number, PoolNumbers>();
  for (const subnet of subnets) {
    const addressPools = pools.length;
    for (const { first, last } of subnet.pools) {
      const order = subnet.allocator;
      pools.push({ first: numberOf(first), last: numberOf(last), unitLength: ADDRESS_BITS, order });
    }
    const prefixPools = pools.length;
    for (const pool of subnet.pdPools) pools.push(prefixPool(pool, subnet.pdAllocator));
    numbers.set(subnet.id, { addressPools, prefixPools, end: pools.length });
  }
  return { pools, numbers };
}

function prefixPool(
  { prefix, prefixLength, delegatedLength }: PooledSubnet['pdPools'][number],
  order: PoolOrder,
): PoolShape {
  const hostBits = BigInt(ADDRESS_BITS - prefixLength);
  const first = (numberOf(prefix) >> hostBits) << hostBits;
  const last = first + (1n << hostBits) - unitSize(delegatedLength);
  return { first, last, unitLength: delegatedLength, order };
}

/** Numbers of the pools of a subnet of the plan. */
export function poolNumbersOf({ numbers }: PoolPlan6, subnetId: number): PoolNumbers {
  const found = numbers.get(subnetId);
  if (found === undefined) throw new Error(`the plan has no subnet ${subnetId}`);
  return found;
}

/** How many addresses a unit has. */
export function unitSize(unitLength: number): bigint {
  return 1n << BigInt(ADDRESS_BITS - unitLength);
}

/** How many units a pool has, 1..2^128. */
export function unitsOf({ first, last, unitLength }: PoolShape): bigint {
  return (last - first) / unitSize(unitLength) + 1n;
}

/** The number that 16 octets are. */
function numberOf(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return value;
}
