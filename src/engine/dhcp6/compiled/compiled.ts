/** The subnets and pools of DHCPv6 in the form that the hot path reads: class guards as lists of numbers. */
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import { SharedValues } from '../../../base/shared-values.ts';
import type { ClassIds } from '../../../classes/class-ids.ts';
import { type Guard, guardOf } from '../../../classes/class-set.ts';
import type { DdnsConfig } from '../../../config/ddns-model.ts';
import type {
  HostConfig6,
  PdPoolConfig,
  PoolConfig6,
  ServerConfig6,
  SubnetConfig6,
} from '../../../config/dhcp6/model.ts';
import type { HostModes } from '../../../config/host-model.ts';
import { ADDRESS_BITS } from '../../../lease/dhcp6/model.ts';
import { type CompiledNames, compileNames } from '../../names/names-settings.ts';
import { PlanRoots } from '../../reply/plan-roots.ts';
import { type CompiledNetwork, compileNetworks } from '../../subnets/network.ts';
import { relationshipOf } from '../../subnets/relationship-of.ts';
import type { ReplyPlan6, ReplyPlanNode6 } from '../reply/reply-plan.ts';
import { poolSeries6 } from '../subnets/pool-series.ts';

/** Addresses or prefixes that clients are given. */
export interface CompiledPool6 {
  /** Number of the pool, in the order of `planPools6`. */
  readonly index: number;
  /** 128 = it gives addresses. */
  readonly unitLength: number;
  readonly poolId: number;
  /** Position of its series of pools, see `poolSeries6`. */
  readonly series: number;
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known. */
  readonly additional: Guard;
  /** What a client of this pool gets beside its lease. */
  readonly plan: ReplyPlanNode6;
  /** Payload of option 67 of its prefixes, or null. */
  readonly excluded: Uint8Array | null;
  /** What holds for the names of its leases; null = what holds for its subnet. */
  readonly names: CompiledNames | null;
}

export interface CompiledSubnet6 {
  /** Position in the configuration. */
  readonly index: number;
  readonly id: number;
  readonly config: SubnetConfig6;
  /** Its own; that of its network holds beside it. */
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known. */
  readonly additional: Guard;
  /** The shared network that it belongs to, or null. */
  readonly network: CompiledNetwork<CompiledSubnet6> | null;
  /** Position among the subnets of its network. */
  readonly place: number;
  /** In the order of their addresses, for `poolAround`. */
  readonly pools: readonly CompiledPool6[];
  readonly pdPools: readonly CompiledPool6[];
  /** What a client gets that has no lease of a pool. */
  readonly plan: ReplyPlanNode6;
  readonly hostModes: HostModes;
  /** Index of the relationship that it belongs to, or NO_RELATIONSHIP. */
  readonly relationship: number;
  readonly names: CompiledNames;
}

/** What pools of addresses have otherwise than those of prefixes. */
type OfKind = Pick<CompiledPool6, 'unitLength' | 'excluded' | 'names'>;

/** Compiles the subnets. @param classes gets the classes that guards name */
export function compileSubnets6(config: ServerConfig6, classes: ClassIds): CompiledSubnet6[] {
  const networks = compileNetworks<CompiledSubnet6>(config.sharedNetworks, classes);
  const roots = new PlanRoots<SubnetConfig6, HostConfig6, ReplyPlan6>(saidBy);
  const names = new SharedValues((ddns: DdnsConfig) => compileNames(ddns, config.ddns.enableUpdates));
  const { seriesOfPool } = poolSeries6(config.subnets);
  let index = 0;
  return config.subnets.map((subnet, position) => {
    const network = networks.get(subnet.networkName ?? '') ?? null;
    const plan = roots.ofSubnet(subnet, network?.config ?? null);
    const compilePool = (pool: PoolConfig6 | PdPoolConfig, own: OfKind): CompiledPool6 => ({
      series: seriesOfPool[index]!,
      index: index++,
      unitLength: own.unitLength,
      poolId: pool.poolId,
      guard: guardOf(pool.clientClasses, classes),
      additional: pool.additionalClasses.map((name) => classes.intern(name)),
      plan: roots.ofPool(pool, plan),
      excluded: own.excluded,
      names: own.names,
    });
    const pools = subnet.pools.map((pool) =>
      compilePool(pool, {
        unitLength: ADDRESS_BITS,
        excluded: null,
        names: pool.ddns === null ? null : names.of(pool.ddns),
      }),
    );
    const pdPools = subnet.pdPools.map((pool) =>
      compilePool(pool, { unitLength: pool.delegatedLength, excluded: excludedOf(pool), names: null }),
    );
    const compiled: CompiledSubnet6 = {
      index: position,
      id: subnet.id,
      config: subnet,
      guard: guardOf(subnet.clientClasses, classes),
      additional: subnet.additionalClasses.map((name) => classes.intern(name)),
      network,
      place: network?.subnets.length ?? 0,
      pools,
      pdPools,
      plan,
      hostModes: subnet.hostModes,
      relationship: relationshipOf(subnet, config.relationships),
      names: names.of(subnet.ddns),
    };
    network?.subnets.push(compiled);
    return compiled;
  });
}

/** All that a subnet says of replies. */
function saidBy({ options, vendorOptions }: SubnetConfig6) {
  return [options, vendorOptions];
}

function excludedOf({ excluded, delegatedLength }: PdPoolConfig): Uint8Array | null {
  return excluded === null ? null : encodeExcluded(excluded.prefix, excluded.prefixLength, delegatedLength);
}

/**
 * The payload of option 67: the length of the prefix that is left out, and what of it stands behind the delegated one.
 * [RFC6603 4.2]
 * @param length of the prefix that is left out, above `delegatedLength`, up to 128
 */
export function encodeExcluded(prefix: Uint8Array, length: number, delegatedLength: number): Uint8Array {
  const bits = length - delegatedLength;
  const payload = new Uint8Array(1 + Math.ceil(bits / 8));
  payload[0] = length;
  for (let bit = 0; bit < bits; bit++) {
    const at = delegatedLength + bit;
    if (at < IPV6_BYTES * 8 && ((prefix[at >>> 3]! >>> (7 - (at & 7))) & 1) === 1)
      payload[1 + (bit >>> 3)]! |= 0x80 >>> (bit & 7);
  }
  return payload;
}
