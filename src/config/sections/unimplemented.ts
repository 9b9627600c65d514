/**
 * The keys of Kea that Tandem has no code for. Each is accepted with the values that ask for nothing, so that a file in which
 * somebody spelled out Kea's defaults loads as it is; any other value of Kea is refused by name, and what is none of Kea's is
 * wrong here too.
 */
import { freeMap, isMap, listOf } from '../schema/collections.ts';
import { defineMap, mapOf, type Rules, withoutContext } from '../schema/map.ts';
import { accepted, notImplemented, ofKind, type Rule, required } from '../schema/rule.ts';
import { flag, integer, oneOf, text, UINT32_MAX } from '../schema/scalars.ts';

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
