/** Pools of DHCPv6 for tests, written as text. */
import { parseIpv6 } from '../../../../src/base/ipv6-text.ts';
import type { PoolPlan6 } from '../../../../src/lease/dhcp6/pools/plan.ts';
import { type PooledSubnet, type PoolOrder, planPools6 } from '../../../../src/lease/dhcp6/pools/plan.ts';

/** 16 octets of an address in text form. */
export const octets = (text: string): Uint8Array => parseIpv6(text)!;

/** The number that 16 octets are. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

/** The octets of a number below 2^128. */
export function octetsOf(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
}

/** A subnet with pools `first-last` of addresses and `prefix/length>delegated` of prefixes. */
export function subnetOf(id: number, pools: readonly string[], order: PoolOrder = 'iterative'): PooledSubnet {
  const ranges = pools.filter((text) => text.includes('-')).map((text) => text.split('-'));
  const prefixes = pools.filter((text) => text.includes('/')).map((text) => text.split(/[/>]/));
  return {
    id,
    pools: ranges.map(([first, last]) => ({ first: octets(first!), last: octets(last!) })),
    pdPools: prefixes.map(([prefix, length, delegated]) => ({
      prefix: octets(prefix!),
      prefixLength: Number(length),
      delegatedLength: Number(delegated),
    })),
    allocator: order,
    pdAllocator: order,
  };
}

/** One subnet with such pools. */
export function planOf(pools: readonly string[], order: PoolOrder = 'iterative'): PoolPlan6 {
  return planPools6([subnetOf(1, pools, order)]);
}
