/**
 * The keys that a subnet inherits from its shared network and that from the Dhcp4 map: their table, their defaults and the
 * inheritance itself.
 */
import type { OptionSpaces } from '../../options/spaces.ts';
import { DDNS_DEFAULTS } from '../ddns-model.ts';
import type { SubnetConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { type Rule, rule } from '../schema/rule.ts';
import { flag, fraction, integer, ipv4, oneOf, orEmpty, text, UINT32_MAX } from '../schema/scalars.ts';
import { ddnsRules, resolveDdns } from './ddns.ts';
import { hostModeRules, readHostModes } from './host-modes.ts';
import { checkTimers, type Lifetime, readLifetime } from './lifetimes.ts';
import { readOptions } from './options.ts';

/** The header fields hold 64 and 128 octets, the last one of which is a NUL (RFC 2131 section 2). */
export const SERVER_HOSTNAME_OCTETS_MAX = 63;
export const BOOT_FILE_NAME_OCTETS_MAX = 127;

export const networkRules = {
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
  'match-client-id': flag(),
  authoritative: flag(),
  'next-server': orEmpty(ipv4()),
  'server-hostname': orEmpty(text(SERVER_HOSTNAME_OCTETS_MAX)),
  'boot-file-name': orEmpty(text(BOOT_FILE_NAME_OCTETS_MAX)),
  'cache-threshold': part(),
  'cache-max-age': integer(0, UINT32_MAX),
  allocator: oneOf('iterative', 'random', 'flq'),
  'adaptive-lease-time-threshold': part(),
  'offer-lifetime': integer(0, UINT32_MAX),
  'store-extended-info': flag(),
  'option-data': list(),
} as const satisfies Rules;

type NetworkValues = Values<typeof networkRules>;

/** What a scope hands down. `cacheThreshold` 0 is off here, so that an inner scope can switch it on again. */
export type NetworkSettings = Omit<
  SubnetConfig,
  | 'id'
  | 'prefix'
  | 'prefixLength'
  | 'networkName'
  | 'clientClasses'
  | 'additionalClasses'
  | 'pools'
  | 'relayAddresses'
  | 'interfaceName'
  | 'userContext'
  | 'haServerName'
  | 'cacheThreshold'
  | 'validLifetime'
> & { readonly cacheThreshold: number; readonly lifetime: Lifetime };

/** From nothing to all of it. */
function part(): Rule<number, undefined> {
  return rule('a number from 0 to 1', (value) =>
    typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined,
  );
}

const DEFAULT_VALID_LIFETIME_SEC = 7200;

/** What the Dhcp4 map inherits: Kea's defaults. */
export const networkDefaults: NetworkSettings = {
  lifetime: { minSec: null, defaultSec: DEFAULT_VALID_LIFETIME_SEC, maxSec: null },
  renewTimerSec: null,
  rebindTimerSec: null,
  calculateTeeTimes: false,
  t1Percent: 0.5,
  t2Percent: 0.875,
  matchClientId: true,
  authoritative: false,
  nextServer: 0,
  serverHostname: '',
  bootFileName: '',
  cacheThreshold: 0.25,
  cacheMaxAgeSec: null,
  hostModes: { global: false, inSubnet: true, outOfPool: false },
  allocator: 'iterative',
  adaptiveThreshold: null,
  offerLifetimeSec: 0,
  storeExtendedInfo: false,
  ddns: DDNS_DEFAULTS,
  options: [],
  vendorOptions: [],
};

/** Combines the keys of a scope with what it inherits. */
export function resolveNetwork(
  values: NetworkValues,
  inherited: NetworkSettings,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): NetworkSettings {
  const settings = {
    ...inherited,
    lifetime: readLifetime(values, inherited.lifetime, at, report),
    renewTimerSec: values['renew-timer'] ?? inherited.renewTimerSec,
    rebindTimerSec: values['rebind-timer'] ?? inherited.rebindTimerSec,
    calculateTeeTimes: values['calculate-tee-times'] ?? inherited.calculateTeeTimes,
    t1Percent: values['t1-percent'] ?? inherited.t1Percent,
    t2Percent: values['t2-percent'] ?? inherited.t2Percent,
    matchClientId: values['match-client-id'] ?? inherited.matchClientId,
    authoritative: values.authoritative ?? inherited.authoritative,
    nextServer: values['next-server'] ?? inherited.nextServer,
    serverHostname: values['server-hostname'] ?? inherited.serverHostname,
    bootFileName: values['boot-file-name'] ?? inherited.bootFileName,
    cacheThreshold: values['cache-threshold'] ?? inherited.cacheThreshold,
    cacheMaxAgeSec: values['cache-max-age'] ?? inherited.cacheMaxAgeSec,
    ddns: resolveDdns(values, inherited.ddns, at, report),
    hostModes: readHostModes(values, inherited.hostModes, at, report),
    allocator: values.allocator ?? inherited.allocator,
    adaptiveThreshold: values['adaptive-lease-time-threshold'] ?? inherited.adaptiveThreshold,
    offerLifetimeSec: values['offer-lifetime'] ?? inherited.offerLifetimeSec,
    storeExtendedInfo: values['store-extended-info'] ?? inherited.storeExtendedInfo,
    ...readOptions(values['option-data'], spaces, child(at, 'option-data'), report),
  };
  checkTimers(values, settings.renewTimerSec, settings.rebindTimerSec, at, report);
  checkPercents(values, settings, at, report);
  return settings;
}

/** The percents matter only where times are computed from them. */
function checkPercents(
  values: NetworkValues,
  { calculateTeeTimes, t1Percent, t2Percent }: NetworkSettings,
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
  settings: Pick<NetworkSettings, 'cacheThreshold' | 'cacheMaxAgeSec'>,
): number | null {
  return settings.cacheThreshold === 0 || settings.cacheMaxAgeSec === 0 ? null : settings.cacheThreshold;
}
