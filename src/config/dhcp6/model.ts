/**
 * The configuration of a DHCPv6 server as the rest of the program sees it: complete, validated, defaults filled in, deeply
 * frozen, and made of plain objects and Uint8Arrays only, so that it can be handed to a worker thread as it is. Addresses and
 * prefixes are 16 octets.
 */
import type { ClientClassConfig } from '../class-model.ts';
import type { DdnsConfig } from '../ddns-model.ts';
import type { HostModes } from '../host-model.ts';
import type {
  CommonConfig,
  LifetimeConfig,
  OptionConfig,
  SharedNetworkConfig,
  VendorOptionConfig,
} from '../model.ts';

export interface ServerConfig6 extends CommonConfig {
  readonly interfaces: readonly InterfaceConfig6[];
  readonly clientClasses: readonly ClientClassConfig6[];
  readonly sharedNetworks: readonly SharedNetworkConfig[];
  /** Those of shared networks too, ascending by id. Every inheritable key is resolved to its final value, but for options. */
  readonly subnets: readonly SubnetConfig6[];
  /** All reservations, of subnets and global ones. */
  readonly hosts: readonly HostConfig6[];
  /** In which order the identifiers of a client are tried. */
  readonly hostIdentifiers: readonly HostIdentifier6[];
  readonly serverId: ServerIdConfig;
  /** Codes of options that relays may supply for clients (RFC 6422), beside 65. */
  readonly relaySuppliedOptions: readonly number[];
  /** Where the hardware address of a client is looked for; the first that has one wins. */
  readonly macSources: readonly MacSource[];
  /** ADDR-REG-INFORM is answered (RFC 9686). */
  readonly allowAddressRegistration: boolean;
  /** A message with a domain name in option 39 that is none is served as if it had no option 39. */
  readonly lenientOptionParsing: boolean;
}

export interface InterfaceConfig6 {
  /** Interface name, or "*" for every interface but loopback. */
  readonly name: string;
  /** From "eth0/2001:db8::1": a unicast socket on this address too; null = link-local and multicast alone. */
  readonly address: Uint8Array | null;
}

export interface SubnetConfig6 {
  readonly id: number;
  readonly prefix: Uint8Array;
  /** 0..128. */
  readonly prefixLength: number;
  /** The shared network that it belongs to; null = it stands alone. */
  readonly networkName: string | null;
  /** In the order of their addresses, as those of prefixes. */
  readonly pools: readonly PoolConfig6[];
  readonly pdPools: readonly PdPoolConfig[];
  /** Its own, or else those of its network. */
  readonly relayAddresses: readonly Uint8Array[];
  /** Its own, or else that of its network. */
  readonly interfaceName: string | null;
  /** Option 18 of the relay (RFC 8415 21.18); its own, or else that of its network. */
  readonly interfaceId: Uint8Array | null;
  readonly clientClasses: readonly string[];
  readonly additionalClasses: readonly string[];
  readonly hostModes: HostModes;
  readonly allocator: Allocator6;
  readonly pdAllocator: Allocator6;
  /** As in the file, whatever the valid one is; all 0 = not set: five eighths of the valid one. */
  readonly preferredLifetime: LifetimeConfig;
  readonly validLifetime: LifetimeConfig;
  readonly rapidCommit: boolean;
  readonly storeExtendedInfo: boolean;
  readonly renewTimerSec: number | null;
  readonly rebindTimerSec: number | null;
  readonly calculateTeeTimes: boolean;
  readonly t1Percent: number;
  readonly t2Percent: number;
  /** Fraction of the valid lifetime within which an unchanged lease is answered without a write; null = off. */
  readonly cacheThreshold: number | null;
  readonly cacheMaxAgeSec: number | null;
  /** As in the file: hooks look into it. */
  readonly userContext: Readonly<Record<string, unknown>> | null;
  /** `user-context.ha-server-name`: a server of the relationship that the subnet belongs to; null = not said. */
  readonly haServerName: string | null;
  readonly ddns: DdnsConfig;
  /** Its own alone, ascending by code: those of network, classes and global scope come after them. */
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

export type Allocator6 = 'iterative' | 'random' | 'flq';

/** Addresses that clients are given (IA_NA). */
export interface PoolConfig6 {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly poolId: number;
  readonly clientClasses: readonly string[];
  readonly additionalClasses: readonly string[];
  /** What holds for DNS updates of its leases; null = what holds for its subnet. */
  readonly ddns: DdnsConfig | null;
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

/** Prefixes that routers are given (IA_PD). */
export interface PdPoolConfig {
  readonly prefix: Uint8Array;
  /** 1..128. */
  readonly prefixLength: number;
  /** prefixLength..128: the length of what a client gets. */
  readonly delegatedLength: number;
  /** Left out of what is delegated (RFC 6603); null = nothing is. */
  readonly excluded: { readonly prefix: Uint8Array; readonly prefixLength: number } | null;
  readonly poolId: number;
  readonly clientClasses: readonly string[];
  readonly additionalClasses: readonly string[];
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

export interface ClientClassConfig6
  extends Omit<ClientClassConfig, 'nextServer' | 'serverHostname' | 'bootFileName' | 'offerLifetimeSec'> {
  /** Null = the scope of the subnet decides. */
  readonly preferredLifetime: LifetimeConfig | null;
}

/** What a host is known by. */
export const HOST_IDENTIFIERS_6 = ['hw-address', 'duid', 'flex-id'] as const;
export type HostIdentifier6 = (typeof HOST_IDENTIFIERS_6)[number];

export interface HostConfig6 {
  /** Of its subnet; 0 = global. */
  readonly subnetId: number;
  readonly identifier: HostIdentifier6;
  readonly identifierBytes: Uint8Array;
  /** In the order of the file. */
  readonly addresses: readonly Uint8Array[];
  readonly prefixes: readonly HostPrefix[];
  /** As in the file; '' = none. */
  readonly hostname: string;
  readonly clientClasses: readonly string[];
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

export interface HostPrefix {
  readonly prefix: Uint8Array;
  readonly prefixLength: number;
  readonly excluded: { readonly prefix: Uint8Array; readonly prefixLength: number } | null;
}

/** The DUID of the server (RFC 8415 11); 0 or an empty `identifier` = as in the file, or made up once. */
export interface ServerIdConfig {
  readonly type: 'LLT' | 'EN' | 'LL';
  readonly htype: number;
  readonly identifier: Uint8Array;
  readonly time: number;
  readonly enterpriseId: number;
  /** False: it is not kept in the file. */
  readonly persist: boolean;
}

/** The loggers of Kea that the program speaks through: the first one for all of it, the others for its parts. */
export const LOGGER_NAMES_6 = [
  'kea-dhcp6',
  'kea-dhcp6.dhcp6',
  'kea-dhcp6.dhcpsrv',
  'kea-dhcp6.commands',
  'kea-dhcp6.http',
  'kea-dhcp6.ha-hooks',
  'kea-dhcp6.perfmon-hooks',
] as const;

export const MAC_SOURCES = [
  'any',
  'raw',
  'duid',
  'ipv6-link-local',
  'client-link-addr-option',
  'remote-id',
  'subscriber-id',
  'docsis-cmts',
  'docsis-modem',
] as const;
export type MacSource = (typeof MAC_SOURCES)[number];
