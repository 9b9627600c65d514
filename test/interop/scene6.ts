/** Networks of DHCPv6: the addresses of the hosts, and the wait until they may be used. */
import { isIpv6LinkLocal } from '../../src/base/ipv6.ts';
import { listInterfaces6, type NetworkInterface6 } from '../../src/io/interfaces.ts';
import { SERVERS_SEGMENT } from './configuration.ts';
import type { Network } from './network.ts';
import { BEGIN_MS } from './programs.ts';
import { until } from './waiting.ts';

/** Addresses of the hosts, their subnets behind them. */
export const ADDRESS6 = {
  server1: '2001:db8:1::1/64',
  load: '2001:db8:1::10/64',
  relayOnServers: '2001:db8:1::20/64',
  relay: '2001:db8:2::1/64',
} as const;

/** The subnet of the interface. @param more replaces members */
export function nearSubnet6(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 1,
    subnet: '2001:db8:1::/64',
    interface: SERVERS_SEGMENT,
    pools: [{ pool: '2001:db8:1::1000 - 2001:db8:1::1fff' }],
    'pd-pools': [{ prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56 }],
    ...more,
  };
}

/** The subnet behind the relay. @param more replaces members */
export function farSubnet6(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 2,
    subnet: '2001:db8:2::/64',
    pools: [{ pool: '2001:db8:2::1000 - 2001:db8:2::1fff' }],
    'pd-pools': [{ prefix: '2001:db8:9000::', 'prefix-len': 40, 'delegated-len': 56 }],
    ...more,
  };
}

/** A host's interface as it sees it. */
export function interfaceOf(network: Network, host: string, name: string): NetworkInterface6 {
  return network.inside(host, listInterfaces6).find((each) => each.name === name)!;
}

export function linkLocalOf({ addresses }: NetworkInterface6): Uint8Array {
  return addresses.find(({ address }) => isIpv6LinkLocal(address, 0))!.address;
}

/** Resolves when no address of the hosts is still looked for on the link: until then it cannot be had. [RFC4862 5.4] */
export async function addressesUsable(
  network: Network,
  hosts: readonly (readonly [host: string, segment: string])[],
): Promise<void> {
  for (const [host, segment] of hosts)
    await until({ what: `the addresses of ${host}`, timeoutMs: BEGIN_MS }, () => {
      const { addresses } = interfaceOf(network, host, segment);
      return addresses.length > 0 && addresses.every(({ isUsable }) => isUsable) ? true : null;
    });
}
