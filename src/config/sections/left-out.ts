/**
 * Sections of Kea that Tandem leaves out. What stands in them must still be Kea's: a slip of the pen is an error whether the
 * section is ignored or not. And what they define does exist: who refers to it is told that it was left out, not that it is
 * unknown.
 */
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, isMap, listOf } from '../schema/collections.ts';
import { defineMap, mapOf, withoutContext } from '../schema/map.ts';
import { required } from '../schema/rule.ts';
import { flag, fraction, integer, name, oneOf, text, UINT32_MAX } from '../schema/scalars.ts';

const maps = listOf(freeMap(), 'a list');
const names = listOf(text(), 'a list');
const seconds = integer(0, UINT32_MAX);

const bootRules = { 'next-server': text(), 'server-hostname': text(), 'boot-file-name': text() };
const lifetimeRules = {
  'valid-lifetime': seconds,
  'min-valid-lifetime': seconds,
  'max-valid-lifetime': seconds,
};

export const reservation = mapOf(
  defineMap('reservations[]', {
    ...bootRules,
    'hw-address': text(),
    duid: text(),
    'circuit-id': text(),
    'client-id': text(),
    'flex-id': text(),
    'ip-address': text(),
    hostname: text(),
    'client-classes': names,
    'option-data': maps,
  }),
);

export const clientClass = mapOf(
  defineMap('client-classes[]', {
    ...bootRules,
    ...lifetimeRules,
    name: required(name()),
    test: text(),
    'template-test': text(),
    'only-if-required': flag(),
    'only-in-additional-list': flag(),
    'option-def': maps,
    'option-data': maps,
    'offer-lifetime': seconds,
  }),
);

export const optionDefinition = mapOf(
  defineMap('option-def[]', {
    name: required(name()),
    code: required(integer(0, 255)),
    type: required(name()),
    'record-types': text(),
    space: text(),
    encapsulate: text(),
    array: flag(),
  }),
);

export const sharedNetwork = mapOf(
  defineMap('shared-networks[]', {
    ...bootRules,
    ...lifetimeRules,
    name: required(name()),
    subnet4: maps,
    interface: text(),
    relay: freeMap(),
    'option-data': maps,
    'client-class': text(),
    'client-classes': names,
    'require-client-classes': names,
    'evaluate-additional-classes': names,
    'renew-timer': seconds,
    'rebind-timer': seconds,
    'calculate-tee-times': flag(),
    't1-percent': fraction(true),
    't2-percent': fraction(true),
    'match-client-id': flag(),
    authoritative: flag(),
    'cache-threshold': fraction(true),
    'cache-max-age': seconds,
    'offer-lifetime': seconds,
    allocator: text(),
    'store-extended-info': flag(),
    'reservation-mode': text(),
    'reservations-global': flag(),
    'reservations-in-subnet': flag(),
    'reservations-out-of-pool': flag(),
    'ddns-send-updates': flag(),
    'ddns-override-no-update': flag(),
    'ddns-override-client-update': flag(),
    'ddns-replace-client-name': text(),
    'ddns-generated-prefix': text(),
    'ddns-qualifying-suffix': text(),
    'ddns-update-on-renew': flag(),
    'ddns-use-conflict-resolution': flag(),
    'ddns-conflict-resolution-mode': text(),
    'ddns-ttl': seconds,
    'ddns-ttl-min': seconds,
    'ddns-ttl-max': seconds,
    'ddns-ttl-percent': fraction(true),
    'hostname-char-set': text(),
    'hostname-char-replacement': text(),
  }),
);

export const database = mapOf(
  withoutContext(
    defineMap(
      'hosts-databases[]',
      { type: required(oneOf('memfile', 'mysql', 'postgresql')), name: text(), readonly: flag() },
      'warning',
    ),
  ),
);

/** Notes the classes and options that a Dhcp4 map defines, before anything refers to them. */
export function noteDefinitions(dhcp4: unknown, at: Path, report: Report): void {
  if (!isMap(dhcp4)) return;
  each(dhcp4['client-classes'], child(at, 'client-classes'), (item, place) => {
    report.noteLeftOut(`the class ${quote(String(item['name']))}`, place);
  });
  each(dhcp4['option-def'], child(at, 'option-def'), (item, place) => {
    if ((item['space'] ?? 'dhcp4') !== 'dhcp4') return;
    report.noteLeftOut(`the option ${quote(String(item['name']))}`, place);
    report.noteLeftOut(`the option ${String(item['code'])}`, place);
  });
}

function each(
  items: unknown,
  at: Path,
  visit: (item: Readonly<Record<string, unknown>>, place: Path) => void,
): void {
  if (!Array.isArray(items)) return;
  for (const [index, item] of items.entries()) if (isMap(item)) visit(item, child(at, index));
}
