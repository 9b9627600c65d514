/**
 * The keys of both families that a subnet inherits from its shared network and that from the map of the server: their table and
 * the inheritance itself.
 */
import type { OptionSpaces } from '../../options/spaces.ts';
import { DDNS_DEFAULTS, type DdnsConfig } from '../ddns-model.ts';
import type { HostModes } from '../host-model.ts';
import type { Allocator } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { type Rule, rule } from '../schema/rule.ts';
import { flag, fraction, integer, oneOf, UINT32_MAX } from '../schema/scalars.ts';
import { ddnsRules, resolveDdns } from './ddns.ts';
import { hostModeRules, readHostModes } from './host-modes.ts';
import { checkTimers, type Lifetime, readLifetime } from './lifetimes.ts';
import { readOptions, type ScopeOptions } from './options.ts';

export const scopeRules = {
  ...hostModeRules,
  ...ddnsRules,
  // A lease of no seconds is a deleted lease in the lease file.
  'valid-lifetime': integer(1, UINT32_MAX),
  'min-valid-lifetime': integer(0, UINT32_MAX),
  'max-valid-lifetime': integer(1, UINT32_MAX),
  'renew-timer': integer(0, UINT32_MAX),
  'rebind-timer': integer(0, UINT32_MAX),
  'calculate-tee-times': flag(),
  't1-percent': fraction(false),
  't2-percent': fraction(false),
  'cache-threshold': part(),
  'cache-max-age': integer(0, UINT32_MAX),
  allocator: oneOf('iterative', 'random', 'flq'),
  'store-extended-info': flag(),
  'option-data': list(),
} as const satisfies Rules;

export type ScopeValues = Values<typeof scopeRules>;

/** What a scope hands down. `cacheThreshold` 0 is off here, so that an inner scope can switch it on again. */
export interface ScopeSettings extends ScopeOptions {
  readonly lifetime: Lifetime;
  readonly renewTimerSec: number | null;
  readonly rebindTimerSec: number | null;
  readonly calculateTeeTimes: boolean;
  readonly t1Percent: number;
  readonly t2Percent: number;
  readonly cacheThreshold: number;
  readonly cacheMaxAgeSec: number | null;
  readonly ddns: DdnsConfig;
  readonly hostModes: HostModes;
  readonly allocator: Allocator;
  readonly storeExtendedInfo: boolean;
}

/** From nothing to all of it. */
export function part(): Rule<number, undefined> {
  return rule('a number from 0 to 1', (value) =>
    typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined,
  );
}

const DEFAULT_VALID_LIFETIME_SEC = 7200;

/** What the map of the server inherits: Kea's defaults, those of DHCPv4 where the families differ. */
export const scopeDefaults: ScopeSettings = {
  lifetime: { minSec: null, defaultSec: DEFAULT_VALID_LIFETIME_SEC, maxSec: null },
  renewTimerSec: null,
  rebindTimerSec: null,
  calculateTeeTimes: false,
  t1Percent: 0.5,
  t2Percent: 0.875,
  cacheThreshold: 0.25,
  cacheMaxAgeSec: null,
  hostModes: { global: false, inSubnet: true, outOfPool: false },
  allocator: 'iterative',
  storeExtendedInfo: false,
  ddns: DDNS_DEFAULTS,
  options: [],
  vendorOptions: [],
};

/**
 * Combines the keys of a scope with what it inherits.
 * @param inherited may have more than is said here, which is handed on: a copy is made faster than an object is filled
 */
export function resolveScope<S extends ScopeSettings>(
  values: ScopeValues,
  inherited: S,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): S {
  const settings = {
    ...inherited,
    lifetime: readLifetime(values, inherited.lifetime, at, report),
    renewTimerSec: values['renew-timer'] ?? inherited.renewTimerSec,
    rebindTimerSec: values['rebind-timer'] ?? inherited.rebindTimerSec,
    calculateTeeTimes: values['calculate-tee-times'] ?? inherited.calculateTeeTimes,
    t1Percent: values['t1-percent'] ?? inherited.t1Percent,
    t2Percent: values['t2-percent'] ?? inherited.t2Percent,
    cacheThreshold: values['cache-threshold'] ?? inherited.cacheThreshold,
    cacheMaxAgeSec: values['cache-max-age'] ?? inherited.cacheMaxAgeSec,
    ddns: resolveDdns(values, inherited.ddns, at, report),
    hostModes: readHostModes(values, inherited.hostModes, at, report),
    allocator: values.allocator ?? inherited.allocator,
    storeExtendedInfo: values['store-extended-info'] ?? inherited.storeExtendedInfo,
    ...readOptions(values['option-data'], spaces, child(at, 'option-data'), report),
  };
  checkTimers(values, settings.renewTimerSec, settings.rebindTimerSec, at, report);
  checkPercents(values, settings, at, report);
  return settings;
}

/** The percents matter only where times are computed from them. */
function checkPercents(
  values: ScopeValues,
  { calculateTeeTimes, t1Percent, t2Percent }: ScopeSettings,
  at: Path,
  report: Report,
): void {
  const keys = ['t1-percent', 't2-percent', 'calculate-tee-times'] as const;
  const key = keys.find((each) => values[each] !== undefined);
  if (key === undefined || !calculateTeeTimes || t1Percent < t2Percent) return;
  report.error(
    child(at, key),
    `${t1Percent} as "t1-percent" and ${t2Percent} as "t2-percent"`,
    '"t1-percent" below "t2-percent"',
  );
}

/** The threshold as the engine reads it: null = every renewal is written. */
export function effectiveCacheThreshold(
  settings: Pick<ScopeSettings, 'cacheThreshold' | 'cacheMaxAgeSec'>,
): number | null {
  return settings.cacheThreshold === 0 || settings.cacheMaxAgeSec === 0 ? null : settings.cacheThreshold;
}
