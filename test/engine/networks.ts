/** Configurations with networks, subnets that overlap and hosts, for tests of what the engine makes of them. */
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { HostConfig } from '../../src/config/host-model.ts';
import type { PoolConfig, ServerConfig, SubnetConfig } from '../../src/config/model.ts';
import { allocateServerPools } from '../../src/engine/subnets/pool-plan.ts';
import type { BenchServer } from './bench-server.ts';

/** Beside the id and the prefix, e.g. '10.0.0.0/24'; pools as 'first - last' with an optional ' of CLASS' behind. */
export interface SubnetParts extends Partial<Omit<SubnetConfig, 'id' | 'prefix' | 'prefixLength' | 'pools'>> {
  readonly id: number;
  readonly subnet: string;
  readonly pools?: readonly string[];
}

const RELAY = parseIpv4('127.0.0.1')!;

function poolOf(text: string, poolId: number): PoolConfig {
  const [range, guard] = text.split(' of ');
  const [first, last] = range!.split(' - ').map((each) => parseIpv4(each)!);
  const classes = { clientClasses: guard === undefined ? [] : [guard], additionalClasses: [] };
  return { first: first!, last: last!, poolId, ...classes, ddns: null, options: [], vendorOptions: [] };
}

/**
 * Puts subnets in the place of the configuration's own. What is not said is as there, but for the relay list, which holds
 * the address of the tests' relay where the subnet is in a network.
 */
export function withSubnets(
  config: ServerConfig,
  subnets: readonly SubnetParts[],
  networkGuards: Readonly<Record<string, readonly string[]>> = {},
): ServerConfig {
  const names = new Set(subnets.flatMap(({ networkName }) => networkName ?? []));
  return {
    ...config,
    sharedNetworks: [...names].map((name) => ({
      name,
      clientClasses: networkGuards[name] ?? [],
      additionalClasses: [],
      options: [],
      vendorOptions: [],
    })),
    subnets: subnets
      .map(({ subnet, pools = [], ...parts }) => {
        const [prefix, length] = subnet.split('/');
        return {
          ...config.subnets[0]!,
          relayAddresses: parts.networkName === undefined ? [] : [RELAY],
          ...parts,
          prefix: parseIpv4(prefix!)!,
          prefixLength: Number(length),
          pools: pools.map((text, index) => poolOf(text, index)),
        };
      })
      .sort((a, b) => a.id - b.id),
  };
}

/** Goes on with another configuration on the same leases, as a reload does. */
export function reload(server: BenchServer, config: ServerConfig, nowSec: number): void {
  const pools = allocateServerPools(config);
  server.book.replacePools(pools, nowSec);
  server.restart({ config, book: { ...server.bookMemory, pools } });
}

/** A host; `hw` is the number of a client of the tests. */
export interface HostParts extends Partial<Omit<HostConfig, 'address'>> {
  readonly hw?: number;
  readonly address?: string;
}

export function hostOf({ hw = 0, address, ...parts }: HostParts): HostConfig {
  return {
    subnetId: 1,
    identifier: 'hw-address',
    identifierBytes: Uint8Array.of(2, 0, 0, hw >>> 16, (hw >>> 8) & 255, hw & 255),
    address: address === undefined ? null : parseIpv4(address)!,
    hostname: '',
    clientClasses: [],
    options: [],
    vendorOptions: [],
    nextServer: null,
    serverHostname: null,
    bootFileName: null,
    ...parts,
  };
}
