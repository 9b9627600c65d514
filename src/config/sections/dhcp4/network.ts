/** The keys that a subnet inherits from its shared network and that from the Dhcp4 map: those of DHCPv4 beside those of both families. */
import type { OptionSpaces } from '../../../options/spaces.ts';
import type { SubnetConfig } from '../../model.ts';
import type { Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import type { Rules, Values } from '../../schema/map.ts';
import { flag, integer, ipv4, orEmpty, text, UINT32_MAX } from '../../schema/scalars.ts';
import { part, resolveScope, type ScopeSettings, scopeDefaults, scopeRules } from '../scope.ts';

/** The header fields hold 64 and 128 octets, the last one of which is a NUL (RFC 2131 section 2). */
export const SERVER_HOSTNAME_OCTETS_MAX = 63;
export const BOOT_FILE_NAME_OCTETS_MAX = 127;

export const networkRules = {
  ...scopeRules,
  'match-client-id': flag(),
  authoritative: flag(),
  'next-server': orEmpty(ipv4()),
  'server-hostname': orEmpty(text(SERVER_HOSTNAME_OCTETS_MAX)),
  'boot-file-name': orEmpty(text(BOOT_FILE_NAME_OCTETS_MAX)),
  'adaptive-lease-time-threshold': part(),
  'offer-lifetime': integer(0, UINT32_MAX),
} as const satisfies Rules;

type NetworkValues = Values<typeof networkRules>;

/** What a scope hands down. */
export type NetworkSettings = ScopeSettings &
  Pick<
    SubnetConfig,
    | 'matchClientId'
    | 'authoritative'
    | 'nextServer'
    | 'serverHostname'
    | 'bootFileName'
    | 'adaptiveThreshold'
    | 'offerLifetimeSec'
  >;

/** What the Dhcp4 map inherits: Kea's defaults. */
export const networkDefaults: NetworkSettings = {
  ...scopeDefaults,
  matchClientId: true,
  authoritative: false,
  nextServer: 0,
  serverHostname: '',
  bootFileName: '',
  adaptiveThreshold: null,
  offerLifetimeSec: 0,
};

/** Combines the keys of a scope with what it inherits. */
export function resolveNetwork(
  values: NetworkValues,
  inherited: NetworkSettings,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): NetworkSettings {
  return {
    ...resolveScope(values, inherited, spaces, at, report),
    matchClientId: values['match-client-id'] ?? inherited.matchClientId,
    authoritative: values.authoritative ?? inherited.authoritative,
    nextServer: values['next-server'] ?? inherited.nextServer,
    serverHostname: values['server-hostname'] ?? inherited.serverHostname,
    bootFileName: values['boot-file-name'] ?? inherited.bootFileName,
    adaptiveThreshold: values['adaptive-lease-time-threshold'] ?? inherited.adaptiveThreshold,
    offerLifetimeSec: values['offer-lifetime'] ?? inherited.offerLifetimeSec,
  };
}
