/** The pools of a configuration as the lease book needs them. */
import type { Ipv4 } from '../../base/ipv4.ts';
import type { PoolConfig, ServerConfig, SubnetConfig } from '../../config/model.ts';
import { reservingHosts } from '../../hosts/reserved-addresses.ts';
import { allocatePools, type PoolMemory, type PoolRange } from '../../lease/pool.ts';
import { unionOf } from '../../lease/pool-blocks.ts';

/** [Kea] `exclude-first-last-24` spares the clients that take .0 and .255 of any network for no host's addresses. */
const EXCLUDED_PREFIX_LENGTH_MAX = 24;

/** Mark of a subnet, by its position: which of its pools gave the last address. */
export function poolMark(subnet: number): number {
  return subnet * 2;
}

/** Mark of a group of subnets (see network.ts): position + 1 of the one that gave the last address, 0 = none has. */
export function subnetMark(group: number): number {
  return group * 2 + 1;
}

/** The address ranges of all pools, in the order in which `compileSubnets` numbers them. */
export function poolRanges(config: ServerConfig): PoolRange[] {
  return config.subnets.flatMap((subnet) => subnet.pools.map(({ first, last }) => ({ first, last })));
}

/** Allocates the pools; addresses that the allocator must not give are set aside in them. */
export function allocateServerPools(config: ServerConfig): PoolMemory {
  const aside = reservingHosts(config.hosts, config.subnets).map(({ address }) => address!);
  return allocatePools(
    poolRanges(config),
    config.compatibility.excludeFirstLast24 ? aside.concat(firstAndLast(config.subnets)) : aside,
    poolMark(config.subnets.length),
  );
}

function firstAndLast(subnets: readonly SubnetConfig[]): Ipv4[] {
  return subnets
    .filter(({ prefixLength }) => prefixLength <= EXCLUDED_PREFIX_LENGTH_MAX)
    .flatMap(({ pools }) => pools.flatMap(firstAndLastOf));
}

/** The addresses of a pool that end in 0 or 255. */
function firstAndLastOf({ first, last }: PoolConfig): Ipv4[] {
  const addresses: Ipv4[] = [];
  for (let network = first - (first % 256); network <= last; network += 256)
    for (const address of [network, network + 255])
      if (address >= first && address <= last) addresses.push(address);
  return addresses;
}

/** Addresses that leases can have: those of the pools, each once, and reserved ones outside of them. */
export function leasableAddresses(config: ServerConfig): number {
  let addresses = config.hosts.length;
  for (const { first, last } of unionOf(poolRanges(config))) addresses += last - first + 1;
  return addresses;
}
