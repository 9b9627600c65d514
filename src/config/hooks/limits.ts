/**
 * libdhcp_limits: its settings stand in the user context of classes and subnets, `{ "limits": { ... } }`. Without the library
 * nobody looks there, as in Kea.
 */
import type { LimitsConfig, RateLimit, ScopeLimits } from '../hook-model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { isMap } from '../schema/collections.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { rule } from '../schema/rule.ts';
import { integer, UINT32_MAX } from '../schema/scalars.ts';

/** [Kea] A month has 30 days and a year 365. */
const UNITS_SEC: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

/** Each lease is counted once for each of them at most: memory for that is set aside. */
const TEMPLATES_MAX = 16;

const LEASE_LIMITS = [
  ['address-limit', 'addressLimit'],
  ['prefix-limit', 'prefixLimit'],
] as const;

const RATE = new RegExp(`^(\\d{1,10}) packets? per (${Object.keys(UNITS_SEC).join('|')})$`);

function rateLimit() {
  const expected =
    'a rate such as "10 packets per second", of second, minute, hour, day, week, month or year';
  return rule(expected, (value): RateLimit | undefined => {
    const [, packets, unit] = (typeof value === 'string' && RATE.exec(value)) || [];
    if (packets === undefined || unit === undefined || Number(packets) > UINT32_MAX) return undefined;
    return { packets: Number(packets), periodSec: UNITS_SEC[unit]! };
  });
}

export const limitsSchema = defineMap(
  'user-context/limits',
  {
    'rate-limit': rateLimit(),
    'address-limit': integer(0, UINT32_MAX),
    // Clients of DHCPv4 have no prefixes.
    'prefix-limit': integer(0, UINT32_MAX),
  },
  'warning',
);

/** What may have limits, and where it stands in the document. */
export interface LimitedScope<T> {
  readonly key: T;
  readonly userContext: unknown;
  readonly at: Path;
}

/** What has limits in the file. */
export interface LimitedScopes {
  readonly classes: readonly LimitedScope<string>[];
  /** Classes with a "template-test". */
  readonly templates: readonly LimitedScope<string>[];
  readonly subnets: readonly LimitedScope<number>[];
}

/** What stands in the list of classes; a class without a name is an error elsewhere. @param at of the list */
export function limitedClasses(
  entries: readonly unknown[],
  at: Path,
): Pick<LimitedScopes, 'classes' | 'templates'> {
  const scopesOf = (areTemplates: boolean): LimitedScope<string>[] =>
    entries.flatMap((entry, index) => {
      if (!isMap(entry) || typeof entry['name'] !== 'string') return [];
      if (Object.hasOwn(entry, 'template-test') !== areTemplates) return [];
      return [{ key: entry['name'], userContext: entry['user-context'], at: child(at, index) }];
    });
  return { classes: scopesOf(false), templates: scopesOf(true) };
}

/** A subnet of either family. */
interface SubnetOfFile {
  readonly config: { readonly id: number; readonly userContext: unknown };
  readonly at: Path;
}

export function limitedSubnet({ config: { id, userContext }, at }: SubnetOfFile): LimitedScope<number> {
  return { key: id, userContext, at };
}

export function readLimits(
  { classes, templates, subnets }: LimitedScopes,
  family: 4 | 6,
  report: Report,
): LimitsConfig {
  const ofTemplates = readScopes(templates, family, report);
  for (const [key, limit] of LEASE_LIMITS)
    for (const { at } of ofTemplates.filter((each) => each[limit] !== null).slice(TEMPLATES_MAX))
      report.error(
        child(at, key),
        `more than ${TEMPLATES_MAX} classes with a "template-test" and "${key}"`,
        `at most ${TEMPLATES_MAX}`,
      );
  return {
    classes: readScopes(classes, family, report).map(limitsOf),
    templates: ofTemplates.map(limitsOf),
    subnets: readScopes(subnets, family, report).map(limitsOf),
  };
}

type PlacedLimits<T> = ScopeLimits<T> & { readonly at: Path };

function limitsOf<T>({ key, rate, addressLimit, prefixLimit }: PlacedLimits<T>): ScopeLimits<T> {
  return { key, rate, addressLimit, prefixLimit };
}

function readScopes<T>(scopes: readonly LimitedScope<T>[], family: 4 | 6, report: Report): PlacedLimits<T>[] {
  return scopes.flatMap(({ key, userContext, at: scopeAt }) => {
    if (!isMap(userContext) || !Object.hasOwn(userContext, 'limits')) return [];
    const at = child(child(scopeAt, 'user-context'), 'limits');
    const values = readMap(limitsSchema, userContext['limits'], at, report);
    if (values === undefined) return [];
    const limits = {
      rate: values['rate-limit'] ?? null,
      addressLimit: values['address-limit'] ?? null,
      prefixLimit: family === 6 ? (values['prefix-limit'] ?? null) : null,
    };
    return [{ key, ...limits, at }];
  });
}
