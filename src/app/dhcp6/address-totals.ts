/** How many addresses and prefixes the pools of each subnet have, as statistics name it. */
import type { PdPoolConfig, PoolConfig6, ServerConfig6 } from '../../config/dhcp6/model.ts';

/** `subnet[ID].total-nas` and `subnet[ID].total-pds` by complete name. */
export function addressTotals6({ subnets }: Pick<ServerConfig6, 'subnets'>): ReadonlyMap<string, bigint> {
  return new Map(
    subnets.flatMap(({ id, pools, pdPools }) => [
      [`subnet[${id}].total-nas`, sum(pools.map(addressesOf))],
      [`subnet[${id}].total-pds`, sum(pdPools.map(prefixesOf))],
    ]),
  );
}

function addressesOf({ first, last }: PoolConfig6): bigint {
  return numberOf(last) - numberOf(first) + 1n;
}

function prefixesOf({ delegatedLength, prefixLength }: PdPoolConfig): bigint {
  return 1n << BigInt(delegatedLength - prefixLength);
}

function numberOf(address: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(address).toString('hex')}`);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
