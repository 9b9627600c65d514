/** The pools of one subnet. */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { DdnsConfig } from '../ddns-model.ts';
import type { PoolConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { required, withDefault } from '../schema/rule.ts';
import { integer, UINT32_MAX } from '../schema/scalars.ts';
import { additionalClassRules, readAdditionalClasses } from './additional-classes.ts';
import { formatPrefix, lastOf, type Prefix, type Range, rangeRule } from './addresses.ts';
import { poolDdnsRules, resolvePoolDdns } from './ddns.ts';
import { guardRules, readGuard } from './guard.ts';
import { readOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';

export const poolSchema = defineMap('pools[]', {
  ...guardRules,
  ...additionalClassRules,
  ...poolDdnsRules,
  pool: required(rangeRule()),
  'pool-id': withDefault(integer(0, UINT32_MAX), 0),
  'option-data': list(),
});

interface PlacedRange extends Range {
  readonly at: Path;
}

/**
 * Reads the pools of a subnet, in the order of the file.
 * @param subnet null when the subnet's own prefix is wrong
 * @param ddns the settings of the subnet
 */
export function readPools(
  entries: readonly unknown[],
  subnet: Prefix | null,
  ddns: DdnsConfig,
  { classes, spaces }: Surroundings,
  at: Path,
  report: Report,
): readonly PoolConfig[] {
  const pools: PoolConfig[] = [];
  const ranges: PlacedRange[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(poolSchema, entry, place, report);
    if (values === undefined) continue;
    const clientClasses = readGuard(values, classes, place, report);
    const additional = readAdditionalClasses(values, place, report);
    const options = readOptions(values['option-data'], spaces, child(place, 'option-data'), report);
    if (values.pool === undefined) continue;
    checkInside(values.pool, subnet, child(place, 'pool'), report);
    const { first, last } = values.pool;
    ranges.push({ first, last, at: child(place, 'pool') });
    pools.push({
      first,
      last,
      poolId: values['pool-id'],
      clientClasses,
      additionalClasses: additional,
      ddns: resolvePoolDdns(values, ddns, place, report),
      ...options,
    });
  }
  checkOverlaps(ranges, report);
  return pools;
}

function checkInside(pool: Range, subnet: Prefix | null, at: Path, report: Report): void {
  if (subnet === null || (pool.first >= subnet.prefix && pool.last <= lastOf(subnet))) return;
  report.error(at, formatRange(pool), `addresses inside the subnet ${formatPrefix(subnet)}`);
}

function checkOverlaps(ranges: readonly PlacedRange[], report: Report): void {
  const ascending = [...ranges].sort((a, b) => a.first - b.first);
  let highest: PlacedRange | null = null;
  for (const range of ascending) {
    if (highest !== null && range.first <= highest.last)
      report.error(range.at, formatRange(range), `no overlap with the pool ${formatRange(highest)}`);
    if (highest === null || range.last > highest.last) highest = range;
  }
}

function formatRange({ first, last }: Range): string {
  return `${formatIpv4(first)} - ${formatIpv4(last)}`;
}
