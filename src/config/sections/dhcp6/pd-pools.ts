/** `pd-pools`: the prefixes that routers are given (RFC 8415 section 21.21), and what is left out of them (RFC 6603). */
import type { PdPoolConfig } from '../../dhcp6/model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { defineMap, readMap, type Values } from '../../schema/map.ts';
import { required, withDefault } from '../../schema/rule.ts';
import { integer } from '../../schema/scalars.ts';
import { addressRule, formatPrefix, IPV6, type Prefix } from '../addresses.ts';
import { anyPoolRules, checkOverlaps, type PlacedRange, readAnyPool } from '../pools.ts';
import type { Surroundings } from '../surroundings.ts';

const address = addressRule(IPV6);

export const pdPoolSchema = defineMap('pd-pools[]', {
  ...anyPoolRules,
  prefix: required(address),
  'prefix-len': required(integer(1, IPV6.bits)),
  'delegated-len': required(integer(1, IPV6.bits)),
  'excluded-prefix': address,
  'excluded-prefix-len': withDefault(integer(0, IPV6.bits), 0),
});

type PdPoolValues = Values<typeof pdPoolSchema.rules>;

interface PlacedPrefix extends PlacedRange<Uint8Array>, Prefix<Uint8Array> {}

/** Reads the pools of prefixes of a subnet, which they need not lie in. @returns as `readPools` does */
export function readPdPools(
  entries: readonly unknown[],
  surroundings: Surroundings,
  at: Path,
  report: Report,
): readonly PdPoolConfig[] {
  const pools: PdPoolConfig[] = [];
  const prefixes: PlacedPrefix[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const values = readMap(pdPoolSchema, entry, place, report);
    if (values === undefined) continue;
    const common = readAnyPool(values, surroundings, place, report);
    const own = readPrefixes(values, place, report);
    if (own === null) continue;
    const { prefix, prefixLength } = own;
    const last = IPV6.last(prefix, prefixLength);
    prefixes.push({ prefix, prefixLength, first: prefix, last, at: child(place, 'prefix') });
    pools.push({ ...own, ...common });
  }
  checkOverlaps(IPV6, prefixes, formatPrefix, report);
  return pools.sort((a, b) => IPV6.compare(a.prefix, b.prefix));
}

/** @returns null when a length or a prefix is missing or wrong */
function readPrefixes(
  values: PdPoolValues,
  at: Path,
  report: Report,
): Pick<PdPoolConfig, 'prefix' | 'prefixLength' | 'delegatedLength' | 'excluded'> | null {
  const { prefix: written, 'prefix-len': prefixLength, 'delegated-len': delegatedLength } = values;
  if (written === undefined || prefixLength === undefined || delegatedLength === undefined) return null;
  const prefix = IPV6.first(written, prefixLength);
  if (IPV6.compare(prefix, written) !== 0)
    report.warn(
      child(at, 'prefix'),
      `${IPV6.format(written)} with "prefix-len": ${prefixLength}`,
      `${IPV6.format(prefix)}: the bits behind the length of the prefix count for nothing`,
    );
  if (delegatedLength < prefixLength)
    report.error(
      child(at, 'delegated-len'),
      String(delegatedLength),
      `at least "prefix-len", which is ${prefixLength}`,
    );
  return { prefix, prefixLength, delegatedLength, excluded: readExcluded(values, prefix, at, report) };
}

/** [RFC6603 4.2] It lies in the delegated prefix: the file gives that of the first one, the others follow it. */
function readExcluded(
  {
    'excluded-prefix': excluded,
    'excluded-prefix-len': length,
    'delegated-len': delegated = 0,
  }: PdPoolValues,
  prefix: Uint8Array,
  at: Path,
  report: Report,
): PdPoolConfig['excluded'] {
  if (length === 0) {
    if (excluded?.some((octet) => octet !== 0))
      report.error(child(at, 'excluded-prefix-len'), 'nothing', 'the length of "excluded-prefix"');
    return null;
  }
  const place = child(at, 'excluded-prefix-len');
  if (length <= delegated)
    report.error(place, String(length), `more than "delegated-len", which is ${delegated}`);
  const first = { prefix: IPV6.first(excluded ?? new Uint8Array(16), length), prefixLength: length };
  const around = { prefix: IPV6.first(prefix, delegated), prefixLength: delegated };
  if (IPV6.compare(IPV6.first(first.prefix, delegated), around.prefix) !== 0)
    report.error(
      child(at, 'excluded-prefix'),
      excluded === undefined ? 'nothing' : formatPrefix(IPV6, first),
      `a part of ${formatPrefix(IPV6, around)}, the first prefix of the pool`,
    );
  return first;
}
