/**
 * The keys of Kea that Tandem has no code for. Each is accepted with the values that ask for nothing, so that a file in which
 * somebody spelled out Kea's defaults loads as it is; any other value is refused by name.
 */
import { isMap, list } from '../schema/collections.ts';
import { defineMap, mapOf, type Rules } from '../schema/map.ts';
import { accepted, notImplemented, type Rule } from '../schema/rule.ts';
import { flag, integer, oneOf, text, UINT32_MAX } from '../schema/scalars.ts';

/** Accepts exactly these values. */
export function only(...values: readonly (string | number | boolean)[]): Rule<undefined, undefined> {
  const names = values.map((value) => JSON.stringify(value)).join(' or ');
  return notImplemented(names, (value) => values.some((each) => each === value));
}

/** @param mayIgnore false for lists that restrict access */
export function emptyList(mayIgnore = true): Rule<undefined, undefined> {
  return notImplemented('an empty list', (value) => Array.isArray(value) && value.length === 0, mayIgnore);
}

/** A map in which the switch `key` is off or absent. */
function switchedOff(key: string): Rule<undefined, undefined> {
  return notImplemented(
    `a map with "${key}": false`,
    (value) => isMap(value) && (value[key] ?? false) === false,
  );
}

function emptyMap(): Rule<undefined, undefined> {
  return notImplemented('an empty map', (value) => isMap(value) && Object.keys(value).length === 0);
}

/** Decide how reservations are looked up; without reservations every value does the same. */
const reservationFlags = {
  'reservation-mode': accepted(oneOf('disabled', 'out-of-pool', 'global', 'all')),
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

/** Change the names in replies even when no DNS server is told. */
const ddnsNames = {
  'ddns-override-no-update': only(false),
  'ddns-override-client-update': only(false),
  'ddns-replace-client-name': only('never'),
  'ddns-generated-prefix': only('myhost'),
  'ddns-qualifying-suffix': only(''),
  'hostname-char-set': only('[^A-Za-z0-9.-]'),
  'hostname-char-replacement': only(''),
} as const satisfies Rules;

/** Keys of global and subnet scope. */
export const networkUnimplemented = {
  ...reservationFlags,
  ...ddnsUpdates,
  ...ddnsNames,
  'ddns-ttl-percent': notImplemented('nothing', () => false),
  'adaptive-lease-time-threshold': notImplemented('nothing', () => false),
  allocator: only('iterative'),
  'offer-lifetime': only(0),
  reservations: emptyList(),
  'stash-agent-options': only(false),
  'store-extended-info': only(false),
} as const satisfies Rules;

/** Keys of pools and subnets. */
export const additionalClasses = {
  'require-client-classes': emptyList(),
  'evaluate-additional-classes': emptyList(),
} as const satisfies Rules;

export const sanityChecksSchema = defineMap('sanity-checks', {
  'lease-checks': only('warn'),
  'extended-info-checks': only('fix'),
});

export const compatibilitySchema = defineMap('compatibility', {
  'lenient-option-parsing': only(false),
  'ignore-dhcp-server-identifier': only(false),
  'ignore-rai-link-selection': only(false),
  'exclude-first-last-24': only(false),
});

/** Keys of the Dhcp4 map alone. */
export const globalUnimplemented = {
  'client-classes': emptyList(),
  compatibility: mapOf(compatibilitySchema),
  'config-control': emptyMap(),
  'dhcp-ddns': switchedOff('enable-updates'),
  'dhcp-queue-control': switchedOff('enable-queue'),
  'dhcp4o6-port': only(0),
  'early-global-reservations-lookup': accepted(flag()),
  'host-reservation-identifiers': accepted(list()),
  'hosts-database': emptyMap(),
  'hosts-databases': emptyList(),
  'ip-reservations-unique': accepted(flag()),
  'option-def': emptyList(),
  'reservations-lookup-first': accepted(flag()),
  'sanity-checks': mapOf(sanityChecksSchema),
  'server-tag': accepted(text()),
  'shared-networks': emptyList(),
  'statistic-default-sample-age': accepted(integer(0, UINT32_MAX)),
  'statistic-default-sample-count': accepted(integer(0, UINT32_MAX)),
} as const satisfies Rules;
