/** The configuration in the form that the hot path reads: class guards as lists of numbers. */
import { SharedValues } from '../../base/shared-values.ts';
import { ClassIds } from '../../classes/class-ids.ts';
import { type Guard, guardOf } from '../../classes/class-set.ts';
import type { DdnsConfig } from '../../config/ddns-model.ts';
import type { HostConfig, HostModes } from '../../config/host-model.ts';
import type {
  Allocator,
  LifetimeConfig,
  PoolConfig,
  ServerConfig,
  SubnetConfig,
} from '../../config/model.ts';
import { type LeaseTimers, timersOf } from '../leases/lifetimes.ts';
import { type CompiledNames, compileNames } from '../names/names-settings.ts';
import { PlanRoots } from '../reply/plan-roots.ts';
import type { ReplyPlan, ReplyPlanNode } from '../reply/reply-plan.ts';
import { type CompiledNetwork, compileNetworks, groupOf } from '../subnets/network.ts';
import { poolSeries } from '../subnets/pool-series.ts';
import { relationshipOf } from '../subnets/relationship-of.ts';

export interface CompiledPool {
  readonly first: number;
  readonly last: number;
  readonly poolId: number;
  /** Number of the pool, in the order of `poolRanges`. */
  readonly index: number;
  /** Where its leases are counted, see pool-series.ts. */
  readonly series: number;
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known to be of this pool. */
  readonly additional: Guard;
  /** What a client of this pool gets beside its lease. */
  readonly plan: ReplyPlanNode;
}

/** A pool whose leases have names by other settings than those of its subnet. */
export interface NamedPool {
  readonly first: number;
  readonly last: number;
  readonly names: CompiledNames;
}

/** Which leases are answered again without a write. */
export type LeaseCaching = Pick<SubnetConfig, 'cacheThreshold' | 'cacheMaxAgeSec'>;

export interface CompiledSubnet {
  /** Position in the configuration. */
  readonly index: number;
  readonly id: number;
  readonly config: SubnetConfig;
  /** Its own; that of its network holds beside it. */
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known. */
  readonly additional: Guard;
  /** The shared network that it belongs to, or null. */
  readonly network: CompiledNetwork<CompiledSubnet> | null;
  /** Position among the subnets of its network. */
  readonly place: number;
  /** Number of the subnets of its network with the same guard, see `groupOf`. */
  readonly group: number;
  /** In the order of their addresses, for `poolAt`. */
  readonly pools: readonly CompiledPool[];
  /** What a client gets that has no address of a pool. */
  readonly plan: ReplyPlanNode;
  readonly mask: number;
  /** Index of the relationship that it belongs to, or NO_RELATIONSHIP. */
  readonly relationship: number;
  readonly matchClientId: boolean;
  readonly allocator: Allocator;
  /** The share of taken addresses from which on leases are short; null = they never are. */
  readonly adaptiveThreshold: number | null;
  readonly offerLifetimeSec: number;
  // Subnets that are set alike share these.
  readonly names: CompiledNames;
  /** The pools that have such settings of their own, for `poolAt`; null = none has. */
  readonly namedPools: readonly NamedPool[] | null;
  readonly hostModes: HostModes;
  readonly lifetime: LifetimeConfig;
  readonly timers: LeaseTimers;
  readonly caching: LeaseCaching;
}

/**
 * Compiles the subnets; the order of pools is the order of `poolRanges`.
 * @param classes gets the classes that guards name
 */
export function compileSubnets(config: ServerConfig, classes: ClassIds = new ClassIds()): CompiledSubnet[] {
  const { relationships } = config;
  const networks = compileNetworks<CompiledSubnet>(config.sharedNetworks, classes);
  const names = new SharedValues((ddns: DdnsConfig) => compileNames(ddns, config.ddns.enableUpdates));
  const hostModes = new SharedValues((modes: HostModes) => modes);
  const lifetimes = new SharedValues((lifetime: LifetimeConfig) => lifetime);
  const timers = new SharedValues((timers: LeaseTimers) => timers);
  const cachings = new SharedValues((caching: LeaseCaching) => caching);
  const roots = new PlanRoots<SubnetConfig, HostConfig, ReplyPlan>(saidBy);
  const counted = poolSeries(config.subnets).pools;
  let poolIndex = 0;
  const compilePool = (pool: PoolConfig, outer: ReplyPlanNode): CompiledPool => ({
    first: pool.first,
    last: pool.last,
    poolId: pool.poolId,
    series: counted[poolIndex]!.series,
    index: poolIndex++,
    guard: guardOf(pool.clientClasses, classes),
    additional: pool.additionalClasses.map((name) => classes.intern(name)),
    plan: roots.ofPool(pool, outer),
  });
  return config.subnets.map((subnet, index) => {
    const network = networks.get(subnet.networkName ?? '') ?? null;
    const plan = roots.ofSubnet(subnet, network?.config ?? null);
    const pools = subnet.pools.map((pool) => compilePool(pool, plan));
    const compiled = {
      index,
      id: subnet.id,
      config: subnet,
      guard: guardOf(subnet.clientClasses, classes),
      additional: subnet.additionalClasses.map((name) => classes.intern(name)),
      network,
      place: network?.subnets.length ?? 0,
      group: groupOf(network, subnet.clientClasses, index),
      relationship: relationshipOf(subnet, relationships),
      mask: subnet.prefixLength === 0 ? 0 : (-1 << (32 - subnet.prefixLength)) >>> 0,
      matchClientId: subnet.matchClientId,
      allocator: subnet.allocator,
      adaptiveThreshold: subnet.allocator === 'flq' ? subnet.adaptiveThreshold : null,
      offerLifetimeSec: subnet.offerLifetimeSec,
      names: names.of(subnet.ddns),
      namedPools: namedPools(subnet.pools, names),
      hostModes: hostModes.of(subnet.hostModes),
      lifetime: lifetimes.of(subnet.validLifetime),
      timers: timers.of(timersOf(subnet)),
      caching: cachings.of(cachingOf(subnet)),
      plan,
      pools,
    };
    network?.subnets.push(compiled);
    return compiled;
  });
}

/** All that a subnet says of replies. */
function saidBy({ options, vendorOptions, nextServer, serverHostname, bootFileName }: SubnetConfig) {
  return [options, vendorOptions, nextServer, serverHostname, bootFileName];
}

function cachingOf({ cacheThreshold, cacheMaxAgeSec }: LeaseCaching): LeaseCaching {
  return { cacheThreshold, cacheMaxAgeSec };
}

function namedPools(
  pools: readonly PoolConfig[],
  names: SharedValues<DdnsConfig, CompiledNames>,
): readonly NamedPool[] | null {
  const own = pools.flatMap(({ first, last, ddns }) =>
    ddns === null ? [] : [{ first, last, names: names.of(ddns) }],
  );
  return own.length === 0 ? null : own;
}
