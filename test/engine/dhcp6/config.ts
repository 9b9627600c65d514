/** Configurations of DHCPv6 servers, made by hand: complete, around what a test is about. */
import { parseIpv6 } from '../../../src/base/ipv6-text.ts';
import type {
  ClientClassConfig6,
  HostConfig6,
  PdPoolConfig,
  PoolConfig6,
  ServerConfig6,
  SubnetConfig6,
} from '../../../src/config/dhcp6/model.ts';
import type { OptionConfig, SharedNetworkConfig, VendorOptionConfig } from '../../../src/config/model.ts';
import { configOf } from '../bench-server.ts';

/** Octets of an address. */
export function ip6(text: string): Uint8Array {
  const address = parseIpv6(text);
  if (address === null) throw new Error(text);
  return address;
}

/** A prefix such as 2001:db8::/32. */
export function prefix6(text: string): { readonly prefix: Uint8Array; readonly prefixLength: number } {
  const [address, length] = text.split('/');
  return { prefix: ip6(address!), prefixLength: Number(length) };
}

const SCOPE = { clientClasses: [], additionalClasses: [], options: [], vendorOptions: [] };

export function option(code: number, data: Uint8Array, more: Partial<OptionConfig> = {}): OptionConfig {
  return { code, data, parts: null, alwaysSend: false, neverSend: false, clientClasses: [], ...more };
}

export function vendorOption(
  enterprise: number,
  code: number,
  data: Uint8Array,
  more: Partial<OptionConfig> = {},
): VendorOptionConfig {
  return { ...option(code, data, more), enterprise };
}

/** A pool of addresses. @param range "first - last" */
export function pool(range: string, more: Partial<PoolConfig6> = {}): PoolConfig6 {
  const [first, last] = range.split(' - ');
  return { first: ip6(first!), last: ip6(last!), poolId: 0, ddns: null, ...SCOPE, ...more };
}

/** A pool of prefixes. */
export function pdPool(
  prefix: string,
  delegatedLength: number,
  more: Partial<PdPoolConfig> = {},
): PdPoolConfig {
  return { ...prefix6(prefix), delegatedLength, excluded: null, poolId: 0, ...SCOPE, ...more };
}

/** Lifetimes that are the same with any wish. */
export function fixed(sec: number) {
  return { minSec: sec, defaultSec: sec, maxSec: sec };
}

export function subnet(id: number, prefix: string, more: Partial<SubnetConfig6> = {}): SubnetConfig6 {
  const { ddns, hostModes } = configOf({}).subnets[0]!;
  return {
    id,
    ...prefix6(prefix),
    networkName: null,
    pools: [],
    pdPools: [],
    relayAddresses: [],
    interfaceName: null,
    interfaceId: null,
    hostModes,
    allocator: 'iterative',
    pdAllocator: 'iterative',
    preferredLifetime: fixed(3000),
    validLifetime: fixed(4000),
    rapidCommit: false,
    storeExtendedInfo: false,
    renewTimerSec: null,
    rebindTimerSec: null,
    calculateTeeTimes: true,
    t1Percent: 0.5,
    t2Percent: 0.8,
    cacheThreshold: null,
    cacheMaxAgeSec: null,
    userContext: null,
    haServerName: null,
    ddns,
    ...SCOPE,
    ...more,
  };
}

export function network(name: string, more: Partial<SharedNetworkConfig> = {}): SharedNetworkConfig {
  return { name, ...SCOPE, ...more };
}

export function host(
  subnetId: number,
  identifier: HostConfig6['identifier'],
  identifierBytes: Uint8Array,
  more: Partial<HostConfig6> = {},
): HostConfig6 {
  return {
    subnetId,
    identifier,
    identifierBytes,
    addresses: [],
    prefixes: [],
    hostname: '',
    clientClasses: [],
    options: [],
    vendorOptions: [],
    ...more,
  };
}

export function clientClass(name: string, more: Partial<ClientClassConfig6> = {}): ClientClassConfig6 {
  return {
    name,
    test: null,
    templateTest: null,
    onlyInAdditionalList: false,
    options: [],
    vendorOptions: [],
    validLifetime: null,
    preferredLifetime: null,
    ...more,
  };
}

/** The subnet of clients on the link: some addresses, some prefixes. */
export const HOME = subnet(1, '2001:db8:1::/64', {
  interfaceName: 'eth0',
  pools: [pool('2001:db8:1::10 - 2001:db8:1::1f')],
  pdPools: [pdPool('2001:db8:8000::/36', 56)],
});

export function config6(more: Partial<ServerConfig6> = {}): ServerConfig6 {
  const common = configOf({ 'decline-probation-period': 600 });
  return {
    ...common,
    interfaces: [{ name: 'eth0', address: null }],
    clientClasses: [],
    sharedNetworks: [],
    subnets: [HOME],
    hosts: [],
    hostIdentifiers: ['hw-address', 'duid'],
    serverId: {
      type: 'LLT',
      htype: 0,
      identifier: new Uint8Array(0),
      time: 0,
      enterpriseId: 0,
      persist: true,
    },
    relaySuppliedOptions: [],
    macSources: ['any'],
    allowAddressRegistration: false,
    lenientOptionParsing: false,
    ...more,
  };
}
