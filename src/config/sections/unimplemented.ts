/**
 * The keys of Kea that Tandem has no code for. Each is accepted with the values that ask for nothing, so that a file in which
 * somebody spelled out Kea's defaults loads as it is; any other value of Kea is refused by name, and what is none of Kea's is
 * wrong here too.
 */
import { describe } from '../problem.ts';
import { freeMap, isMap, listOf } from '../schema/collections.ts';
import { defineMap, mapOf, type Rules, withoutContext } from '../schema/map.ts';
import { accepted, notImplemented, ofKind, type Rule, required } from '../schema/rule.ts';
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
import { clientClass, database, optionDefinition, reservation, sharedNetwork } from './left-out.ts';

/** Accepts exactly these values; others of their kind ask for something. */
export function only(...values: readonly (string | number | boolean)[]): Rule<undefined, undefined> {
  const names = values.map((value) => JSON.stringify(value)).join(' or ');
  return ofKind(
    kindOf(values[0]),
    notImplemented(names, (value) => values.some((each) => each === value)),
  );
}

function kindOf(value: unknown): Rule {
  if (typeof value === 'number') return integer(0, UINT32_MAX);
  return typeof value === 'boolean' ? flag() : text();
}

/**
 * @param mayIgnore false for lists that restrict access
 * @param items what the list would hold
 */
export function emptyList(
  mayIgnore = true,
  items: Rule<unknown, undefined> = freeMap(),
): Rule<undefined, undefined> {
  const empty = notImplemented(
    'an empty list',
    (value) => (value as readonly unknown[]).length === 0,
    mayIgnore,
  );
  return ofKind(listOf(items, 'a list'), empty);
}

/** A list of names. */
export function noNames(mayIgnore = true): Rule<undefined, undefined> {
  return emptyList(mayIgnore, text());
}

/** A map without members, or one of a kind. */
function emptyOr(kind: Rule): Rule {
  return {
    ...kind,
    read: (value, at, report) =>
      isMap(value) && Object.keys(value).length === 0 ? undefined : kind.read(value, at, report),
  };
}

/** Decide how reservations are looked up; without reservations every value does the same. */
const reservationFlags = {
  'reservation-mode': accepted(oneOf('disabled', 'off', 'out-of-pool', 'global', 'all')),
  'reservations-global': accepted(flag()),
  'reservations-in-subnet': accepted(flag()),
  'reservations-out-of-pool': accepted(flag()),
} as const satisfies Rules;

/** Shape the updates sent to a DNS server; without updates every value does the same. */
const ddnsUpdates = {
  'ddns-send-updates': accepted(flag()),
  'ddns-update-on-renew': accepted(flag()),
  'ddns-use-conflict-resolution': accepted(flag()),
  'ddns-conflict-resolution-mode': accepted(
    oneOf('check-with-dhcid', 'no-check-with-dhcid', 'check-exists-with-dhcid', 'no-check-without-dhcid'),
  ),
  'ddns-ttl': accepted(integer(0, UINT32_MAX)),
  'ddns-ttl-min': accepted(integer(0, UINT32_MAX)),
  'ddns-ttl-max': accepted(integer(0, UINT32_MAX)),
} as const satisfies Rules;

/** Names are kept as they come: without a set of characters Kea does the same. */
const hostnameCharacters = {
  'hostname-char-set': only('[^A-Za-z0-9.-]', ''),
  'hostname-char-replacement': only(''),
} as const satisfies Rules;

const neverReplaced = ofKind(
  oneOfAnyCase('never', 'always', 'when-present', 'when-not-present'),
  notImplemented('"never"', (value) => String(value).toLowerCase() === 'never'),
);

/** Change the names in replies even when no DNS server is told. */
const ddnsNames = {
  'ddns-override-no-update': only(false),
  'ddns-override-client-update': only(false),
  'ddns-replace-client-name': neverReplaced,
  'ddns-generated-prefix': only('myhost'),
  'ddns-qualifying-suffix': only(''),
  ...hostnameCharacters,
} as const satisfies Rules;

/** Keys of global and subnet scope. */
export const networkUnimplemented = {
  ...reservationFlags,
  ...ddnsUpdates,
  ...ddnsNames,
  'ddns-ttl-percent': ofKind(
    fraction(true),
    notImplemented('nothing', () => false),
  ),
  'adaptive-lease-time-threshold': ofKind(
    fraction(true),
    notImplemented('nothing', () => false),
  ),
  allocator: ofKind(oneOf('iterative', 'random', 'flq'), only('iterative')),
  'offer-lifetime': only(0),
  reservations: emptyList(true, reservation),
  'stash-agent-options': only(false),
  'store-extended-info': only(false),
} as const satisfies Rules;

/** Keys of pools alone; subnets have them among the inherited ones. */
export const poolUnimplemented = { ...ddnsUpdates, ...ddnsNames } as const satisfies Rules;

/** Keys of pools and subnets. */
export const additionalClasses = {
  'require-client-classes': noNames(),
  'evaluate-additional-classes': noNames(),
} as const satisfies Rules;

export const compatibilitySchema = withoutContext(
  defineMap('compatibility', {
    'lenient-option-parsing': only(false),
    'ignore-dhcp-server-identifier': only(false),
    'ignore-rai-link-selection': only(false),
    'exclude-first-last-24': only(false),
  }),
);

/** The way to the server of DNS updates: without updates it leads nowhere, but it must be one. */
export const ddnsSchema = defineMap('dhcp-ddns', {
  'enable-updates': required(only(false)),
  'server-ip': accepted(ipAddress()),
  'server-port': accepted(integer(0, UINT32_MAX)),
  'sender-ip': accepted(orEmpty(ipAddress())),
  'sender-port': accepted(integer(0, UINT32_MAX)),
  'max-queue-size': accepted(integer(0, UINT32_MAX)),
  'ncr-protocol': accepted(oneOfAnyCase('UDP')),
  'ncr-format': accepted(oneOfAnyCase('JSON')),
  // The old places of the keys that begin with ddns-.
  'override-no-update': only(false),
  'override-client-update': only(false),
  'replace-client-name': neverReplaced,
  'generated-prefix': only('myhost'),
  'qualifying-suffix': only(''),
  ...hostnameCharacters,
});

/** Kinds of queues may have keys of their own, which Kea does not check either. */
export const queueSchema = defineMap(
  'dhcp-queue-control',
  {
    'enable-queue': required(only(false)),
    'queue-type': accepted(text()),
    capacity: accepted(integer(0, UINT32_MAX)),
  },
  'warning',
);

export const configControlSchema = withoutContext(
  defineMap('config-control', {
    'config-databases': emptyList(true, database),
    'config-fetch-wait-time': accepted(integer(0, 65535)),
  }),
);

/** No host is looked up, so the order of identifiers changes nothing. */
function hostIdentifiers(): Rule<readonly string[], undefined> {
  const identifiers = listOf(oneOf('circuit-id', 'hw-address', 'duid', 'client-id', 'flex-id'), 'a list');
  return {
    ...identifiers,
    read: (value, at, report) => {
      const read = identifiers.read(value, at, report);
      const twice = read?.find((each, index) => read.indexOf(each) < index);
      if (twice !== undefined) report.error(at, `${describe(twice)} a second time`, 'each identifier once');
      return read;
    },
  };
}

/** Keys of the Dhcp4 map alone. */
export const globalUnimplemented = {
  'client-classes': emptyList(true, clientClass),
  compatibility: mapOf(compatibilitySchema),
  'config-control': mapOf(configControlSchema),
  'dhcp-ddns': mapOf(ddnsSchema),
  'dhcp-queue-control': mapOf(queueSchema),
  'dhcp4o6-port': ofKind(integer(0, 65535), only(0)),
  'early-global-reservations-lookup': accepted(flag()),
  'host-reservation-identifiers': accepted(hostIdentifiers()),
  'hosts-database': ofKind(
    emptyOr(database),
    notImplemented('an empty map', (value) => Object.keys(value as object).length === 0),
  ),
  'hosts-databases': emptyList(true, database),
  'ip-reservations-unique': accepted(flag()),
  'option-def': emptyList(true, optionDefinition),
  'reservations-lookup-first': accepted(flag()),
  'server-tag': accepted(text()),
  'shared-networks': emptyList(true, sharedNetwork),
  'statistic-default-sample-age': accepted(integer(0, UINT32_MAX)),
  'statistic-default-sample-count': accepted(integer(0, UINT32_MAX)),
} as const satisfies Rules;
