/** The keys that a subnet inherits from the Dhcp4 map: their table, their defaults and the inheritance itself. */
import type { SubnetConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import type { Rules, Values } from '../schema/map.ts';
import { flag, fraction, integer, ipv4, text, UINT32_MAX } from '../schema/scalars.ts';
import { checkTimers, readLifetime } from './lifetimes.ts';
import { readOptions } from './options.ts';
import { networkUnimplemented } from './unimplemented.ts';

/** The header fields hold 64 and 128 octets, the last one of which is a NUL (RFC 2131 section 2). */
const SERVER_HOSTNAME_OCTETS_MAX = 63;
const BOOT_FILE_NAME_OCTETS_MAX = 127;

export const networkRules = {
  ...networkUnimplemented,
  // A lease of no seconds is a deleted lease in the lease file.
  'valid-lifetime': integer(1, UINT32_MAX),
  'min-valid-lifetime': integer(1, UINT32_MAX),
  'max-valid-lifetime': integer(1, UINT32_MAX),
  'renew-timer': integer(0, UINT32_MAX),
  'rebind-timer': integer(0, UINT32_MAX),
  'calculate-tee-times': flag(),
  't1-percent': fraction(false),
  't2-percent': fraction(false),
  'match-client-id': flag(),
  authoritative: flag(),
  'next-server': ipv4(),
  'server-hostname': text(SERVER_HOSTNAME_OCTETS_MAX),
  'boot-file-name': text(BOOT_FILE_NAME_OCTETS_MAX),
  'cache-threshold': fraction(true),
  'cache-max-age': integer(0, UINT32_MAX),
  'option-data': list(),
} as const satisfies Rules;

type NetworkValues = Values<typeof networkRules>;

/** What a scope hands down. `cacheThreshold` 0 is off here, so that an inner scope can switch it on again. */
export type NetworkSettings = Omit<
  SubnetConfig,
  | 'id'
  | 'prefix'
  | 'prefixLength'
  | 'pools'
  | 'relayAddresses'
  | 'interfaceName'
  | 'haServerName'
  | 'cacheThreshold'
> & { readonly cacheThreshold: number };

const DEFAULT_VALID_LIFETIME_SEC = 7200;

/** What the Dhcp4 map inherits: Kea's defaults. */
export const networkDefaults: NetworkSettings = {
  validLifetime: {
    minSec: DEFAULT_VALID_LIFETIME_SEC,
    defaultSec: DEFAULT_VALID_LIFETIME_SEC,
    maxSec: DEFAULT_VALID_LIFETIME_SEC,
  },
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
  options: [],
};

/** Combines the keys of a scope with what it inherits. */
export function resolveNetwork(
  values: NetworkValues,
  inherited: NetworkSettings,
  at: Path,
  report: Report,
): NetworkSettings {
  checkTimers(values['renew-timer'], values['rebind-timer'], at, report);
  const settings = {
    validLifetime: readLifetime(values, at, report) ?? inherited.validLifetime,
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
    options: readScopeOptions(values['option-data'], inherited.options, at, report),
  };
  const setsPercent = values['t1-percent'] !== undefined || values['t2-percent'] !== undefined;
  if (setsPercent && settings.t1Percent >= settings.t2Percent) {
    const key = values['t1-percent'] === undefined ? 't2-percent' : 't1-percent';
    report.error(
      child(at, key),
      `${settings.t1Percent} as "t1-percent" and ${settings.t2Percent} as "t2-percent"`,
      '"t1-percent" below "t2-percent"',
    );
  }
  return settings;
}

/** The threshold as the engine reads it: null = every renewal is written. */
export function effectiveCacheThreshold(settings: NetworkSettings): number | null {
  return settings.cacheThreshold === 0 || settings.cacheMaxAgeSec === 0 ? null : settings.cacheThreshold;
}

/** Options of a scope over inherited ones; a flag set in either scope counts, as in Kea. */
function readScopeOptions(
  entries: readonly unknown[] | undefined,
  inherited: SubnetConfig['options'],
  at: Path,
  report: Report,
): SubnetConfig['options'] {
  if (entries === undefined || entries.length === 0) return inherited;
  const merged = new Map(inherited.map((option) => [option.code, option]));
  for (const option of readOptions(entries, child(at, 'option-data'), report)) {
    const outer = merged.get(option.code);
    merged.set(option.code, {
      ...option,
      alwaysSend: option.alwaysSend || outer?.alwaysSend === true,
      neverSend: option.neverSend || outer?.neverSend === true,
    });
  }
  return [...merged.values()].sort((a, b) => a.code - b.code);
}
