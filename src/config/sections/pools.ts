/** The pools of addresses of one subnet. */
import type { DdnsConfig } from '../ddns-model.ts';
import type { OptionConfig, VendorOptionConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, type MapSchema, readMap, type Values } from '../schema/map.ts';
import { required, withDefault } from '../schema/rule.ts';
import { integer, UINT32_MAX } from '../schema/scalars.ts';
import { additionalClassRules, readAdditionalClasses } from './additional-classes.ts';
import {
  type AddressKind,
  formatPrefix,
  formatRange,
  IPV4,
  IPV6,
  isInside,
  type Prefix,
  type Range,
  rangeRule,
} from './addresses.ts';
import { poolDdnsRules, resolvePoolDdns } from './ddns.ts';
import { guardRules, readGuard } from './guard.ts';
import { readOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';

/** What pools of addresses and pools of prefixes have in common. */
export const anyPoolRules = {
  ...guardRules,
  ...additionalClassRules,
  'pool-id': withDefault(integer(0, UINT32_MAX), 0),
  'option-data': list(),
} as const;

const commonRules = { ...anyPoolRules, ...poolDdnsRules } as const;

export const poolSchema = defineMap('pools[]', { ...commonRules, pool: required(rangeRule(IPV4)) });
export const poolSchema6 = defineMap('pools[]', { ...commonRules, pool: required(rangeRule(IPV6)) });

/** The pools of a family. */
export interface PoolKind<A> {
  readonly addresses: AddressKind<A>;
  readonly schema: MapSchema;
}
export const POOLS_4: PoolKind<number> = { addresses: IPV4, schema: poolSchema };
export const POOLS_6: PoolKind<Uint8Array> = { addresses: IPV6, schema: poolSchema6 };

type PoolValues<A> = Values<typeof commonRules> & { readonly pool: Range<A> | undefined };

/** PoolConfig of DHCPv4, PoolConfig6 of DHCPv6. */
export interface PoolOf<A> extends Range<A> {
  readonly poolId: number;
  readonly clientClasses: readonly string[];
  readonly additionalClasses: readonly string[];
  readonly ddns: DdnsConfig | null;
  readonly options: readonly OptionConfig[];
  readonly vendorOptions: readonly VendorOptionConfig[];
}

export interface PlacedRange<A> extends Range<A> {
  readonly at: Path;
}

/**
 * Reads the pools of a subnet.
 * @returns in the order of their addresses, which is that in which they are given [Kea]
 * @param subnet null when the subnet's own prefix is wrong
 * @param ddns the settings of the subnet
 */
export function readPools<A>(
  { addresses, schema }: PoolKind<A>,
  entries: readonly unknown[],
  subnet: Prefix<A> | null,
  ddns: DdnsConfig,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): readonly PoolOf<A>[] {
  const pools: PoolOf<A>[] = [];
  const ranges: PlacedRange<A>[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(schema, entry, place, report) as PoolValues<A> | undefined;
    if (values === undefined) continue;
    const common = readAnyPool(values, surroundings, place, report);
    if (values.pool === undefined) continue;
    const { first, last } = values.pool;
    const range = { first, last, at: child(place, 'pool') };
    if (subnet !== null && !isInside(addresses, range, subnet))
      report.error(
        range.at,
        formatRange(addresses, range),
        `addresses inside the subnet ${formatPrefix(addresses, subnet)}`,
      );
    ranges.push(range);
    pools.push({ ...common, first, last, ddns: resolvePoolDdns(values, ddns, place, report) });
  }
  checkOverlaps(addresses, ranges, formatRange, report);
  return pools.sort((a, b) => addresses.compare(a.first, b.first));
}

/** The part that pools of addresses and pools of prefixes have in common. */
export function readAnyPool(
  values: Values<typeof anyPoolRules>,
  { classes, spaces }: Surroundings,
  at: Path,
  report: Report,
): Omit<PoolOf<never>, 'first' | 'last' | 'ddns'> {
  return {
    poolId: values['pool-id'],
    clientClasses: readGuard(values, classes, at, report),
    additionalClasses: readAdditionalClasses(values, at, report),
    ...readOptions(values['option-data'], spaces, child(at, 'option-data'), report),
  };
}

/** @param format how a pool is called */
export function checkOverlaps<A, R extends PlacedRange<A>>(
  addresses: AddressKind<A>,
  ranges: readonly R[],
  format: (addresses: AddressKind<A>, range: R) => string,
  report: Report,
): void {
  const ascending = [...ranges].sort((a, b) => addresses.compare(a.first, b.first));
  let highest: R | null = null;
  for (const range of ascending) {
    if (highest !== null && addresses.compare(range.first, highest.last) <= 0)
      report.error(
        range.at,
        format(addresses, range),
        `no overlap with the pool ${format(addresses, highest)}`,
      );
    if (highest === null || addresses.compare(range.last, highest.last) > 0) highest = range;
  }
}
