/**
 * The keys of Kea that Tandem has no code for. Each is accepted with the values that ask for nothing, so that a file in which
 * somebody spelled out Kea's defaults loads as it is; any other value of Kea is refused by name, and what is none of Kea's is
 * wrong here too.
 */
import { freeMap, isMap, listOf } from '../schema/collections.ts';
import { defineMap, mapOf, type Rules, withoutContext } from '../schema/map.ts';
import { accepted, notImplemented, ofKind, type Rule, required } from '../schema/rule.ts';
import { flag, integer, oneOf, oneOfAnyCase, text, UINT32_MAX } from '../schema/scalars.ts';

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

/** A map without members, or one of a kind. */
function emptyOr(kind: Rule): Rule {
  return {
    ...kind,
    read: (value, at, report) =>
      isMap(value) && Object.keys(value).length === 0 ? undefined : kind.read(value, at, report),
  };
}

/** Shape the updates sent to a DNS server: those of a subnet hold for its pools too. */
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

/** Keys of pools alone; subnets have them among the inherited ones. */
export const poolUnimplemented = { ...ddnsUpdates, ...ddnsNames } as const satisfies Rules;

/** Keys of subnets alone, for clients of DHCPv4 over DHCPv6. */
export const subnetUnimplemented = {
  '4o6-interface': only(''),
  '4o6-interface-id': only(''),
  '4o6-subnet': only(''),
} as const satisfies Rules;

/** A database of Kea in which configuration or hosts would stand. */
const database = mapOf(
  withoutContext(
    defineMap(
      'hosts-databases[]',
      { type: required(oneOf('memfile', 'mysql', 'postgresql')), name: text(), readonly: flag() },
      'warning',
    ),
  ),
);

export const configControlSchema = withoutContext(
  defineMap('config-control', {
    'config-databases': emptyList(true, database),
    'config-fetch-wait-time': accepted(integer(0, 65535)),
  }),
);

/** Keys of the Dhcp4 map alone. */
export const globalUnimplemented = {
  'config-control': mapOf(configControlSchema),
  'dhcp4o6-port': ofKind(integer(0, 65535), only(0)),
  'hosts-database': ofKind(
    emptyOr(database),
    notImplemented('an empty map', (value) => Object.keys(value as object).length === 0),
  ),
  'hosts-databases': emptyList(true, database),
} as const satisfies Rules;
