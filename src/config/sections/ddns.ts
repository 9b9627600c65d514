/** Host names and DNS updates: the `dhcp-ddns` map, and the ddns-* and hostname-* keys that subnets inherit. */
import { isIP } from 'node:net';
import { compileCharacterSet, EXPRESSION_BYTES_MAX } from '../../classes/character-set.ts';
import {
  type ConflictResolution,
  DDNS_SERVER_DEFAULTS,
  type DdnsConfig,
  type DdnsServerConfig,
} from '../ddns-model.ts';
import { child, describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { defineMap, type Rules, type Values } from '../schema/map.ts';
import { accepted, type Rule, required } from '../schema/rule.ts';
import {
  flag,
  fraction,
  integer,
  ipAddress,
  oneOf,
  oneOfAnyCase,
  orEmpty,
  text,
  UINT32_MAX,
} from '../schema/scalars.ts';

/** A domain name in text form has no more. */
const NAME_OCTETS_MAX = 255;

const modes = oneOf(
  'check-with-dhcid',
  'no-check-with-dhcid',
  'check-exists-with-dhcid',
  'no-check-without-dhcid',
);

/** A set of characters; that it can be worked by is checked where it is known which replacement belongs to it. */
function characterSet(): Rule<string, undefined> {
  return { ...text(EXPRESSION_BYTES_MAX), expected: 'a regular expression such as "[^A-Za-z0-9.-]", or ""' };
}

/** The keys that stood in `dhcp-ddns` once, by the names that they had there. */
const formerRules = {
  'override-no-update': flag(),
  'override-client-update': flag(),
  'replace-client-name': oneOfAnyCase('never', 'always', 'when-present', 'when-not-present'),
  'generated-prefix': text(NAME_OCTETS_MAX),
  'qualifying-suffix': text(NAME_OCTETS_MAX),
  'hostname-char-set': characterSet(),
  'hostname-char-replacement': text(EXPRESSION_BYTES_MAX),
} as const satisfies Rules;

/** Keys of global, network and subnet scope. */
export const ddnsRules = {
  'ddns-send-updates': flag(),
  'ddns-override-no-update': formerRules['override-no-update'],
  'ddns-override-client-update': formerRules['override-client-update'],
  'ddns-replace-client-name': formerRules['replace-client-name'],
  'ddns-generated-prefix': formerRules['generated-prefix'],
  'ddns-qualifying-suffix': formerRules['qualifying-suffix'],
  'ddns-update-on-renew': flag(),
  'ddns-use-conflict-resolution': flag(),
  'ddns-conflict-resolution-mode': modes,
  'ddns-ttl-percent': fraction(true),
  'ddns-ttl': integer(0, UINT32_MAX),
  'ddns-ttl-min': integer(0, UINT32_MAX),
  'ddns-ttl-max': integer(0, UINT32_MAX),
  'hostname-char-set': formerRules['hostname-char-set'],
  'hostname-char-replacement': formerRules['hostname-char-replacement'],
} as const satisfies Rules;

/** Keys of pools: all but the older one of two, and the characters of names, which Kea 3.0 takes of the subnet alone. */
const { 'ddns-use-conflict-resolution': _, ...rulesOfPools } = ddnsRules;
export const poolDdnsRules = {
  ...rulesOfPools,
  'hostname-char-set': accepted(ddnsRules['hostname-char-set']),
  'hostname-char-replacement': accepted(ddnsRules['hostname-char-replacement']),
} as const satisfies Rules;

export const ddnsSchema = defineMap('dhcp-ddns', {
  'enable-updates': required(flag()),
  'server-ip': ipAddress(),
  'server-port': integer(0, 65535),
  'sender-ip': orEmpty(ipAddress()),
  'sender-port': integer(0, 65535),
  'max-queue-size': integer(0, UINT32_MAX),
  'ncr-protocol': accepted(oneOfAnyCase('UDP')),
  'ncr-format': accepted(oneOfAnyCase('JSON')),
  ...formerRules,
});

type DdnsValues = Values<typeof ddnsRules>;
type ServerValues = Values<typeof ddnsSchema.rules>;

/** Combines the keys of a scope with what it inherits. */
export function resolveDdns(values: DdnsValues, inherited: DdnsConfig, at: Path, report: Report): DdnsConfig {
  const resolved: DdnsConfig = {
    sendUpdates: values['ddns-send-updates'] ?? inherited.sendUpdates,
    overrideNoUpdate: values['ddns-override-no-update'] ?? inherited.overrideNoUpdate,
    overrideClientUpdate: values['ddns-override-client-update'] ?? inherited.overrideClientUpdate,
    replaceClientName: values['ddns-replace-client-name'] ?? inherited.replaceClientName,
    generatedPrefix: values['ddns-generated-prefix'] ?? inherited.generatedPrefix,
    qualifyingSuffix: values['ddns-qualifying-suffix'] ?? inherited.qualifyingSuffix,
    updateOnRenew: values['ddns-update-on-renew'] ?? inherited.updateOnRenew,
    conflictResolution: conflictResolution(values, at, report) ?? inherited.conflictResolution,
    ttlSec: values['ddns-ttl'] ?? inherited.ttlSec,
    ttlPercent: values['ddns-ttl-percent'] ?? inherited.ttlPercent,
    ttlMinSec: values['ddns-ttl-min'] ?? inherited.ttlMinSec,
    ttlMaxSec: values['ddns-ttl-max'] ?? inherited.ttlMaxSec,
    hostnameCharSet: values['hostname-char-set'] ?? inherited.hostnameCharSet,
    hostnameCharReplacement: values['hostname-char-replacement'] ?? inherited.hostnameCharReplacement,
  };
  if (isSame(resolved, inherited)) return inherited;
  checkCharacters(resolved, inherited, values, at, report);
  return resolved;
}

/** What a pool says beside its subnet, null = nothing. */
export function resolvePoolDdns(
  values: Values<typeof poolDdnsRules>,
  subnet: DdnsConfig,
  at: Path,
  report: Report,
): DdnsConfig | null {
  const own = {
    ...values,
    'ddns-use-conflict-resolution': undefined,
    'hostname-char-set': undefined,
    'hostname-char-replacement': undefined,
  };
  const resolved = resolveDdns(own, subnet, at, report);
  return resolved === subnet ? null : resolved;
}

/** Ten thousand subnets that say nothing of names share one object. */
function isSame(a: DdnsConfig, b: DdnsConfig): boolean {
  return (Object.keys(a) as (keyof DdnsConfig)[]).every((key) => a[key] === b[key]);
}

/** The old key knew two of the four modes. */
function conflictResolution(values: DdnsValues, at: Path, report: Report): ConflictResolution | undefined {
  const former = values['ddns-use-conflict-resolution'];
  const mode = values['ddns-conflict-resolution-mode'];
  if (former === undefined) return mode;
  const meant = former ? 'check-with-dhcid' : 'no-check-with-dhcid';
  if (mode !== undefined && mode !== meant)
    report.error(
      child(at, 'ddns-use-conflict-resolution'),
      `${former} beside "ddns-conflict-resolution-mode": "${mode}"`,
      'one of the two keys',
    );
  return mode ?? meant;
}

function checkCharacters(
  { hostnameCharSet, hostnameCharReplacement }: DdnsConfig,
  inherited: DdnsConfig,
  values: DdnsValues,
  at: Path,
  report: Report,
): void {
  if (
    hostnameCharSet === inherited.hostnameCharSet &&
    hostnameCharReplacement === inherited.hostnameCharReplacement
  )
    return;
  if (hostnameCharSet === '') return;
  const compiled = compileCharacterSet(hostnameCharSet, hostnameCharReplacement);
  if (compiled.ok) return;
  const isReplacement = compiled.of === 'replacement';
  const key =
    isReplacement && values['hostname-char-replacement'] !== undefined
      ? 'hostname-char-replacement'
      : 'hostname-char-set';
  const value = isReplacement ? hostnameCharReplacement : hostnameCharSet;
  if (isReplacement) report.unsupported(child(at, key), value, compiled.expected);
  else
    report.error(
      child(at, key),
      describe(value),
      `a POSIX extended regular expression: ${compiled.expected}`,
    );
}

/**
 * The global scope's values with those of the old places in `dhcp-ddns` where it has none of its own.
 * @param server the values of `dhcp-ddns`
 */
export function withFormerPlaces<V extends DdnsValues>(values: V, server: ServerValues | undefined): V {
  if (server === undefined) return values;
  const merged = Object.create(values) as Record<string, unknown>;
  for (const key of Object.keys(formerRules) as (keyof typeof formerRules)[]) {
    const now = key.startsWith('hostname-') ? key : `ddns-${key}`;
    if (merged[now] === undefined) merged[now] = server[key];
  }
  return merged as V;
}

/** Where name change requests go. */
export function readDdnsServer(values: ServerValues | undefined, at: Path, report: Report): DdnsServerConfig {
  if (values === undefined) return DDNS_SERVER_DEFAULTS;
  const server: DdnsServerConfig = {
    enableUpdates: values['enable-updates'] ?? false,
    serverIp: values['server-ip'] ?? DDNS_SERVER_DEFAULTS.serverIp,
    serverPort: values['server-port'] ?? DDNS_SERVER_DEFAULTS.serverPort,
    // Any address is none in particular.
    senderIp: values['sender-ip'] === '0.0.0.0' ? '' : (values['sender-ip'] ?? ''),
    senderPort: values['sender-port'] ?? 0,
    maxQueueSize: values['max-queue-size'] ?? DDNS_SERVER_DEFAULTS.maxQueueSize,
  };
  const { serverIp, serverPort, senderIp, senderPort } = server;
  if (senderIp !== '' && isIP(senderIp) !== isIP(serverIp))
    report.error(
      child(at, 'sender-ip'),
      describe(senderIp),
      `an address of the family of "server-ip", ${serverIp}`,
    );
  if (senderIp === serverIp && senderPort === serverPort)
    report.error(
      child(at, 'sender-port'),
      describe(senderPort),
      'another port than "server-port" at the same address',
    );
  return server;
}
