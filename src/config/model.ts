/**
 * The configuration as the rest of the program sees it: complete, validated, defaults filled in, deeply frozen, and
 * made of plain objects and Uint8Arrays only, so that it can be handed to a worker thread as it is.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import type { ClientClassConfig } from './class-model.ts';
import type { CommandLibrary, ControlSocketConfig, StatisticSamplesConfig } from './control-model.ts';
import type { DdnsConfig, DdnsServerConfig } from './ddns-model.ts';
import type { HaRelationshipConfig } from './ha-model.ts';
import type { HooksConfig } from './hook-model.ts';
import type { HostConfig, HostIdentifier, HostModes } from './host-model.ts';

/** What both families have. */
export interface CommonConfig {
  readonly serviceSockets: ServiceSocketsConfig;
  readonly leaseDatabase: LeaseDatabaseConfig;
  readonly multiThreading: {
    readonly enabled: boolean;
    readonly threadPoolSize: number;
    readonly packetQueueSize: number;
  };
  /** Replies parked at once over all shards; null when the file does not set it (Tandem's own bound applies), 0 = that bound too. */
  readonly parkedPacketLimit: number | null;
  readonly declineProbationPeriodSec: number;
  readonly expiredLeases: ExpiredLeasesConfig;
  /** Options at global scope, ascending by code. */
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
  /** Global reservations are looked up before the subnet is selected, so that their classes take part. */
  readonly earlyGlobalHosts: boolean;
  /** Several hosts may not reserve one address. */
  readonly uniqueHostAddresses: boolean;
  readonly ddns: DdnsServerConfig;
  readonly controlSockets: readonly ControlSocketConfig[];
  readonly loggers: readonly LoggerConfig[];
  /** lease_cmds is loaded: the commands for leases exist. */
  readonly leaseCommands: boolean;
  readonly hooks: HooksConfig;
  /** Other libraries of commands that are loaded: the commands exist. */
  readonly commandLibraries: readonly CommandLibrary[];
  readonly statisticSamples: StatisticSamplesConfig;
  /** Empty when the HA hook is not loaded; several on the hub of several hot-standby pairs, in the order of the file. */
  readonly relationships: readonly HaRelationshipConfig[];
  readonly tandem: TandemSettings;
}

export interface ServerConfig extends CommonConfig {
  readonly interfaces: readonly InterfaceConfig[];
  /** raw: packet sockets, by which clients without an address are reached; udp: what the kernel's UDP can do. */
  readonly socketType: 'raw' | 'udp';
  readonly echoClientId: boolean;
  /** The value at global scope: used when no subnet is selected. */
  readonly authoritative: boolean;
  /** In the order of the file, which is the order of evaluation. */
  readonly clientClasses: readonly ClientClassConfig[];
  readonly sharedNetworks: readonly SharedNetworkConfig[];
  /** Those of shared networks too, ascending by id. Every inheritable key is resolved to its final value, but for options. */
  readonly subnets: readonly SubnetConfig[];
  /** All reservations, of subnets and global ones. */
  readonly hosts: readonly HostConfig[];
  /** In which order the identifiers of a client are tried. */
  readonly hostIdentifiers: readonly HostIdentifier[];
  readonly compatibility: CompatibilityConfig;
  /** Option 82 is kept with the lease, and used where a renewal comes without it. */
  readonly stashAgentOptions: boolean;
}

export interface InterfaceConfig {
  /** Interface name, or "*" for every interface but loopback. */
  readonly name: string;
  /** From "eth0/10.0.0.1": only this address of it; null = all its IPv4 addresses. */
  readonly address: Ipv4 | null;
}

/** What becomes of interfaces that cannot be served. */
export interface ServiceSocketsConfig {
  /** False: interfaces that appear while the server runs are not taken. */
  readonly reDetect: boolean;
  /** The server ends when one interface cannot be served after the retries. */
  readonly requireAll: boolean;
  readonly maxRetries: number;
  readonly retryWaitMs: number;
}

export interface LeaseDatabaseConfig {
  readonly persist: boolean;
  /** Absolute path of the lease file. */
  readonly path: string;
  /** Seconds between two clean-ups, 0 = never. */
  readonly lfcIntervalSec: number;
  /** Bad rows tolerated at load, 0 = any number. */
  readonly maxRowErrors: number;
  readonly leaseChecks: LeaseChecks;
  /** What is done with leases whose user context says something wrong of their relay. */
  readonly extendedInfoChecks: ExtendedInfoChecks;
}

/** What becomes of a lease at load whose address is not in its subnet; Kea's `sanity-checks.lease-checks`. */
export type ExtendedInfoChecks = 'none' | 'fix' | 'strict' | 'pedantic';
export type LeaseChecks = 'none' | 'warn' | 'fix' | 'fix-del' | 'del';

/** Kea's expired-leases-processing; all times and counts as there. */
export interface ExpiredLeasesConfig {
  readonly reclaimTimerWaitSec: number;
  readonly flushReclaimedTimerWaitSec: number;
  readonly holdReclaimedSec: number;
  readonly maxReclaimLeases: number;
  readonly maxReclaimMs: number;
}

export interface LifetimeConfig {
  readonly minSec: number;
  readonly defaultSec: number;
  readonly maxSec: number;
}

export interface SubnetConfig {
  readonly id: number;
  readonly prefix: Ipv4;
  readonly prefixLength: number;
  /** The shared network that it belongs to; null = it stands alone. */
  readonly networkName: string | null;
  /** In the order of their addresses. */
  readonly pools: readonly PoolConfig[];
  /** Its own, or else those of its network. */
  readonly relayAddresses: readonly Ipv4[];
  /** Its own, or else that of its network. */
  readonly interfaceName: string | null;
  /** Classes of which a query needs at least one; empty = open to every query. The guard of its network holds beside it. */
  readonly clientClasses: readonly string[];
  /** Classes that are looked at once the lease is known. */
  readonly additionalClasses: readonly string[];
  readonly hostModes: HostModes;
  readonly allocator: Allocator;
  /** The share of taken addresses from which on leases of the allocator `flq` are short; null = they never are. */
  readonly adaptiveThreshold: number | null;
  readonly validLifetime: LifetimeConfig;
  /** Above 0: an OFFER writes a lease of so many seconds. */
  readonly offerLifetimeSec: number;
  /** The relay's options are kept in the user context of the lease. */
  readonly storeExtendedInfo: boolean;
  readonly renewTimerSec: number | null;
  readonly rebindTimerSec: number | null;
  readonly calculateTeeTimes: boolean;
  readonly t1Percent: number;
  readonly t2Percent: number;
  readonly matchClientId: boolean;
  readonly authoritative: boolean;
  readonly nextServer: Ipv4;
  readonly serverHostname: string;
  readonly bootFileName: string;
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

/** What addresses are tried in which order. */
export type Allocator = 'iterative' | 'random' | 'flq';

/** Subnets on one link. What they inherit from it is resolved in them, but for what stands here. */
export interface SharedNetworkConfig {
  readonly name: string;
  /** Classes of which a query needs at least one; empty = open to every query. */
  readonly clientClasses: readonly string[];
  readonly additionalClasses: readonly string[];
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

/** Kea's `compatibility`. */
export interface CompatibilityConfig {
  readonly lenientOptionParsing: boolean;
  readonly ignoreServerIdentifier: boolean;
  readonly ignoreLinkSelection: boolean;
  /** The addresses .0 and .255 of pools of a /24 or larger are not given. */
  readonly excludeFirstLast24: boolean;
}

export interface PoolConfig {
  readonly first: Ipv4;
  readonly last: Ipv4;
  readonly poolId: number;
  /** Classes of which a query needs at least one; empty = open to every query. */
  readonly clientClasses: readonly string[];
  /** Classes that are looked at once the lease is known to be of this pool. */
  readonly additionalClasses: readonly string[];
  /** What holds for DNS updates of its leases; null = what holds for its subnet. */
  readonly ddns: DdnsConfig | null;
  /** Options of the pool alone; they win over the subnet's. */
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

/** An option of the space dhcp4. Sub-options of the spaces that it encapsulates stand in its data already. */
export interface OptionConfig {
  readonly code: number;
  /** The payload as it goes on the wire; longer than 255 octets is split on encoding (RFC 3396). */
  readonly data: Uint8Array;
  /** Octets of each part in which it goes out, where these end with sub-options; null = parts of 255 octets. */
  readonly parts: readonly number[] | null;
  readonly alwaysSend: boolean;
  readonly neverSend: boolean;
  /** Classes of which a query needs at least one to get it; empty = everybody. */
  readonly clientClasses: readonly string[];
}

/** An option of a space vendor-N: a sub-option of option 125 (RFC 3925). */
export interface VendorOptionConfig extends OptionConfig {
  readonly enterprise: number;
}

export interface LoggerConfig {
  /** One of LOGGER_NAMES, or one that nothing is written through. */
  readonly name: string;
  readonly severity: 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'NONE';
  readonly debugLevel: number;
  /** Empty = those of the logger above, at the top standard output. */
  readonly outputs: readonly LoggerOutputConfig[];
}

export interface LoggerOutputConfig {
  readonly target:
    | { readonly kind: 'stdout' }
    | { readonly kind: 'stderr' }
    | { readonly kind: 'syslog'; readonly facility: keyof typeof SyslogFacility }
    | {
        readonly kind: 'file';
        /** Absolute. */
        readonly path: string;
        /** Octets beyond which the file is rotated, 0 = never. */
        readonly maxSize: number;
        /** Old files that are kept, at least 1. */
        readonly maxVersions: number;
      };
  /** Null = a JSON map a line. */
  readonly pattern: string | null;
}

/** The loggers of Kea that the program speaks through: the first one for all of it, the others for its parts. */
export const LOGGER_NAMES = [
  'kea-dhcp4',
  'kea-dhcp4.dhcp4',
  'kea-dhcp4.dhcpsrv',
  'kea-dhcp4.commands',
  'kea-dhcp4.http',
  'kea-dhcp4.ha-hooks',
  'kea-dhcp4.perfmon-hooks',
] as const;

/** RFC 3164 section 4.1.1, by the names that a configuration uses. */
export const SyslogFacility = {
  KERN: 0,
  USER: 1,
  MAIL: 2,
  DAEMON: 3,
  AUTH: 4,
  SYSLOG: 5,
  LPR: 6,
  NEWS: 7,
  UUCP: 8,
  CRON: 9,
  AUTHPRIV: 10,
  FTP: 11,
  LOCAL0: 16,
  LOCAL1: 17,
  LOCAL2: 18,
  LOCAL3: 19,
  LOCAL4: 20,
  LOCAL5: 21,
  LOCAL6: 22,
  LOCAL7: 23,
} as const;

/** `"user-context": { "tandem": { ... } }` of the Dhcp4 map: what Kea has no key for. */
export interface TandemSettings {
  /** An answer leaves only after fdatasync of its lease record. Default true. */
  readonly fdatasync: boolean;
  /** Seconds that an offered address is kept for the client it was offered to. Default 10. */
  readonly offerHoldSec: number;
  /** Upper bound of leases in memory; 0 = twice the addresses of all pools, at least 65,536. */
  readonly maxLeases: number;
  /** Seconds that SIGTERM waits for parked replies. Default 2. */
  readonly shutdownGraceSec: number;
  /** Whether each subnet has metrics of its own. */
  readonly subnetMetrics: boolean;
  /** Whether replies to one relay leave as one message that is cut on the way; auto = where it is known to be cut. */
  readonly joinReplies: 'auto' | 'always' | 'never';
  /** Where to listen for peers instead of at the address of this server's own url; null = there. */
  readonly peerListenAddress: string | null;
}
