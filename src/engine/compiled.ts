/** The configuration in the form that the hot path reads: class guards as lists of numbers, options encoded once. */
import { ClassIds, NO_CLASS } from '../classes/class-ids.ts';
import { type Guard, guardOf } from '../classes/class-set.ts';
import type { HaRelationshipConfig } from '../config/ha-model.ts';
import type { OptionConfig, PoolConfig, ServerConfig, SubnetConfig } from '../config/model.ts';
import { OptionCode } from '../dhcp4/codes.ts';
import { encodedLength, OPTION_PART_BYTES, replyBytesFor } from '../dhcp4/reply-size.ts';
import { type CompiledNames, compileNames } from './names-settings.ts';
import { type CompiledNetwork, compileNetworks, groupOf } from './network.ts';
import { relationshipOf } from './relationship-of.ts';

/** One configured option with its complete encoding: one TLV, or several when it is longer than 255 octets. */
export interface CompiledOption {
  readonly code: number;
  readonly encoded: Uint8Array;
  /** Sent without being asked for: always-send, and routers, DNS servers, domain name as Kea does. */
  readonly unasked: boolean;
}

export interface CompiledPool {
  readonly first: number;
  readonly last: number;
  readonly poolId: number;
  /** Number of the pool, in the order of `poolRanges`. */
  readonly index: number;
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known to be of this pool. */
  readonly additional: Guard;
  /** What a client of this pool gets: pool over subnet over global, ascending by code, never-send left out. */
  readonly options: readonly CompiledOption[];
}

export interface CompiledSubnet {
  /** Position in the configuration. */
  readonly index: number;
  readonly config: SubnetConfig;
  /** Its own; that of its network holds beside it. */
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known. */
  readonly additional: Guard;
  /** The shared network that it belongs to, or null. */
  readonly network: CompiledNetwork | null;
  /** Position among the subnets of its network. */
  readonly place: number;
  /** Number of the subnets of its network with the same guard, see `groupOf`. */
  readonly group: number;
  readonly pools: readonly CompiledPool[];
  readonly options: readonly CompiledOption[];
  readonly mask: number;
  /** Index of the relationship that it belongs to, or NO_RELATIONSHIP. */
  readonly relationship: number;
  /** Option 54 from the configuration, 0 = the address that the query came in on. */
  readonly serverIdentifier: number;
  readonly names: CompiledNames;
}

/** RFC 3396: an option above 255 octets goes into consecutive TLVs of the same code. */
export function encodeOption(code: number, data: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(encodedLength(data.length));
  let at = 0;
  for (let done = 0; at < encoded.length; done += OPTION_PART_BYTES) {
    const chunk = data.subarray(done, done + OPTION_PART_BYTES);
    encoded[at] = code;
    encoded[at + 1] = chunk.length;
    encoded.set(chunk, at + 2);
    at += chunk.length + 2;
  }
  return encoded;
}

/** In every reply, whatever the configuration says about them. All others that a reply has already win as well. */
const SERVER_MADE: ReadonlySet<number> = new Set([OptionCode.messageType, OptionCode.serverIdentifier]);

const SENT_UNASKED: ReadonlySet<number> = new Set([
  OptionCode.routers,
  OptionCode.domainNameServers,
  OptionCode.domainName,
]);

/** Merges option scopes, the first one wins, and encodes the outcome. */
export function compileOptions(...scopes: readonly (readonly OptionConfig[])[]): CompiledOption[] {
  const merged = new Map<number, OptionConfig>();
  // never-send and always-send count at any scope, also at one that another scope overrides.
  const never = new Set<number>();
  const always = new Set<number>();
  for (const scope of scopes) {
    for (const option of scope) {
      if (option.neverSend) never.add(option.code);
      if (option.alwaysSend) always.add(option.code);
      if (!merged.has(option.code)) merged.set(option.code, option);
    }
  }
  return [...merged.values()]
    .filter((option) => !never.has(option.code) && !SERVER_MADE.has(option.code))
    .sort((a, b) => a.code - b.code)
    .map((option) => ({
      code: option.code,
      encoded: encodeOption(option.code, option.data),
      unasked: always.has(option.code) || SENT_UNASKED.has(option.code),
    }));
}

/** Names of the servers that share the queries by hash: the primary, and in load-balancing the secondary. */
function activeServerNames(ha: HaRelationshipConfig): string[] {
  const roles = ha.mode === 'load-balancing' ? ['primary', 'secondary'] : ['primary'];
  return roles.map((role) => ha.peers.find((peer) => peer.role === role)?.name ?? '');
}

function configuredServerIdentifier(scopes: readonly (readonly OptionConfig[])[]): number {
  for (const scope of scopes) {
    const option = scope.find((each) => each.code === OptionCode.serverIdentifier);
    if (option === undefined || option.data.length !== 4) continue;
    return new DataView(option.data.buffer, option.data.byteOffset, 4).getUint32(0);
  }
  return 0;
}

const WITHOUT_RELATIONSHIP = [[NO_CLASS, NO_CLASS]];

/**
 * The class that a query of each active server is in, by relationship and server; NO_CLASS when nothing refers to it.
 * @param classes holds the classes of everything that was compiled
 */
export function haClasses(
  relationships: readonly HaRelationshipConfig[],
  classes: ClassIds,
): readonly (readonly number[])[] {
  if (relationships.length === 0) return WITHOUT_RELATIONSHIP;
  return relationships.map((each) => activeServerNames(each).map((name) => classes.find(`HA_${name}`)));
}

/**
 * Compiles the subnets; the order of pools is the order of `poolRanges`.
 * @param classes gets the classes that guards name
 */
export function compileSubnets(config: ServerConfig, classes: ClassIds = new ClassIds()): CompiledSubnet[] {
  const { relationships } = config;
  const networks = compileNetworks(config.sharedNetworks, classes);
  let poolIndex = 0;
  const compilePool = (pool: PoolConfig, subnet: SubnetConfig): CompiledPool => ({
    first: pool.first,
    last: pool.last,
    poolId: pool.poolId,
    index: poolIndex++,
    guard: guardOf(pool.clientClasses, classes),
    additional: pool.additionalClasses.map((name) => classes.intern(name)),
    options: compileOptions(pool.options, subnet.options, config.options),
  });
  return config.subnets.map((subnet, index) => {
    const network = networks.get(subnet.networkName ?? '') ?? null;
    const compiled = {
      index,
      config: subnet,
      guard: guardOf(subnet.clientClasses, classes),
      additional: subnet.additionalClasses.map((name) => classes.intern(name)),
      network,
      place: network?.subnets.length ?? 0,
      group: groupOf(network, subnet.clientClasses, index),
      relationship: relationshipOf(subnet, relationships),
      mask: subnet.prefixLength === 0 ? 0 : (-1 << (32 - subnet.prefixLength)) >>> 0,
      serverIdentifier: configuredServerIdentifier([subnet.options, config.options]),
      options: compileOptions(subnet.options, config.options),
      names: compileNames(subnet.ddns, config.ddns.enableUpdates),
      pools: subnet.pools.map((pool) => compilePool(pool, subnet)),
    };
    network?.subnets.push(compiled);
    return compiled;
  });
}

/** Every value of option 54 that means this server: addresses of its sockets, and what subnets are configured with. */
export function serverIdentifiersOf(
  subnets: readonly CompiledSubnet[],
  sockets: readonly { readonly address: number }[],
): ReadonlySet<number> {
  const identifiers = new Set(sockets.map(({ address }) => address));
  for (const { serverIdentifier } of subnets) if (serverIdentifier !== 0) identifiers.add(serverIdentifier);
  return identifiers;
}

function bytesOf(options: readonly CompiledOption[]): number {
  return options.reduce((sum, option) => sum + option.encoded.length, 0);
}

/** Octets of the longest reply to a client of these subnets, with all options asked for. */
export function longestReplyBytes(subnets: readonly CompiledSubnet[]): number {
  const scopes = subnets.flatMap((subnet) => [subnet, ...subnet.pools]);
  return replyBytesFor(scopes.reduce((most, { options }) => Math.max(most, bytesOf(options)), 0));
}
