/** `reservations` of a subnet or of the Dhcp6 map: what single clients get. */
import type { OptionSpaces } from '../../../options/spaces.ts';
import { HOST_IDENTIFIERS_6, type HostConfig6, type HostPrefix } from '../../dhcp6/model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { list, listOf } from '../../schema/collections.ts';
import { defineMap, readMap, type Values } from '../../schema/map.ts';
import { rule } from '../../schema/rule.ts';
import { text } from '../../schema/scalars.ts';
import { addressRule, formatPrefix, IPV6, lastOf, type Prefix, parsePrefix } from '../addresses.ts';
import { HOSTNAME_OCTETS_MAX, IdentifierSet, identifierOf, identifierRules } from '../host-identity.ts';
import { readOptions } from '../options.ts';

/** A client asks for so many addresses or prefixes at most. */
const RESOURCES_MAX = 255;

const prefix = rule('a prefix such as "2001:db8:1::/48"', (value) => {
  const parsed = typeof value === 'string' ? parsePrefix(IPV6, value) : null;
  return parsed === null || parsed.prefixLength === 0 ? undefined : parsed;
});

export const reservationSchema6 = defineMap('reservations[]', {
  'hw-address': identifierRules['hw-address'],
  duid: identifierRules.duid,
  'flex-id': identifierRules['flex-id'],
  'ip-addresses': listOf(addressRule(IPV6), 'a list of IPv6 addresses'),
  prefixes: listOf(prefix, 'a list of prefixes'),
  'excluded-prefixes': listOf(
    { ...prefix, read: (value, at, report) => (value === '' ? null : prefix.read(value, at, report)) },
    'a list of prefixes, "" where nothing is excluded',
  ),
  hostname: text(HOSTNAME_OCTETS_MAX),
  'client-classes': listOf(text(), 'a list of class names'),
  'option-data': list(),
});

type ReservationValues = Values<typeof reservationSchema6.rules>;

/** Where a list of reservations stands. */
export interface HostScope6 {
  /** 0 = in the Dhcp6 map. */
  readonly subnetId: number;
  /** Null = any address may be reserved. */
  readonly prefix: Prefix<Uint8Array> | null;
  readonly areAddressesUnique: boolean;
}

/** Most subnets have no reservations, and most reservations little: they share one list. */
const NONE: readonly never[] = [];

export function readReservations6(
  entries: readonly unknown[] | undefined,
  scope: HostScope6,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): readonly HostConfig6[] {
  if (entries === undefined || entries.length === 0) return NONE;
  const hosts: HostConfig6[] = [];
  const identifiers = new IdentifierSet();
  const resources = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const host = readReservation(entry, scope, spaces, place, report);
    if (host === null) continue;
    identifiers.add(host.identifier, host.identifierBytes, place, report);
    if (scope.areAddressesUnique) checkUnique(host, resources, place, report);
    hosts.push(host);
  }
  return hosts;
}

function readReservation(
  entry: unknown,
  scope: HostScope6,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): HostConfig6 | null {
  const errorsBefore = report.errorCount;
  const values = readMap(reservationSchema6, entry, at, report);
  if (values === undefined) return null;
  const options = readOptions(values['option-data'], spaces, child(at, 'option-data'), report);
  // Without the value that is wrong an identifier would be missing, or everything.
  if (report.errorCount > errorsBefore) return null;
  checkAddresses(values['ip-addresses'] ?? NONE, scope.prefix, child(at, 'ip-addresses'), report);
  const identifier = identifierOf(values, HOST_IDENTIFIERS_6, at, report);
  if (identifier === null) return null;
  const host = {
    subnetId: scope.subnetId,
    identifier,
    identifierBytes: values[identifier]!,
    addresses: values['ip-addresses'] ?? NONE,
    prefixes: readPrefixes(values, at, report),
    hostname: values.hostname ?? '',
    clientClasses: values['client-classes'] ?? NONE,
    ...options,
  };
  checkContent(host, at, report);
  return host;
}

function checkAddresses(
  addresses: readonly Uint8Array[],
  subnet: Prefix<Uint8Array> | null,
  at: Path,
  report: Report,
): void {
  if (addresses.length > RESOURCES_MAX)
    report.error(at, `${addresses.length} addresses`, `at most ${RESOURCES_MAX} for one client`);
  if (subnet === null) return;
  const last = lastOf(IPV6, subnet);
  for (const [index, address] of addresses.entries())
    if (IPV6.compare(address, subnet.prefix) < 0 || IPV6.compare(address, last) > 0)
      report.error(
        child(at, index),
        IPV6.format(address),
        `an address of the subnet ${formatPrefix(IPV6, subnet)}`,
      );
}

/** Prefixes with what each of them leaves out (RFC 6603), which stands at the same place of a list of its own. */
function readPrefixes(values: ReservationValues, at: Path, report: Report): readonly HostPrefix[] {
  const prefixes = values.prefixes ?? NONE;
  const excluded = values['excluded-prefixes'];
  const place = child(at, 'excluded-prefixes');
  if (prefixes.length > RESOURCES_MAX)
    report.error(
      child(at, 'prefixes'),
      `${prefixes.length} prefixes`,
      `at most ${RESOURCES_MAX} for one client`,
    );
  if (excluded !== undefined && excluded.length !== prefixes.length)
    report.error(
      place,
      `${excluded.length} excluded prefixes`,
      `one for each of the ${prefixes.length} prefixes, "" where nothing is excluded`,
    );
  return prefixes.map(({ prefix: own, prefixLength }, index) => {
    const { prefix: inner, prefixLength: length } = excluded?.[index] ?? { prefix: null, prefixLength: 0 };
    if (inner === null) return { prefix: own, prefixLength, excluded: null };
    const isInside = length > prefixLength && IPV6.compare(IPV6.first(inner, prefixLength), own) === 0;
    if (!isInside)
      report.error(
        child(place, index),
        formatPrefix(IPV6, { prefix: inner, prefixLength: length }),
        `a part of ${formatPrefix(IPV6, { prefix: own, prefixLength })}`,
      );
    return { prefix: own, prefixLength, excluded: { prefix: inner, prefixLength: length } };
  });
}

/** A reservation of nothing is probably a slip of the pen. */
function checkContent(host: HostConfig6, at: Path, report: Report): void {
  const { addresses, prefixes, hostname, clientClasses, options, vendorOptions } = host;
  const lists = [addresses, prefixes, clientClasses, options, vendorOptions];
  if (hostname === '' && lists.every(({ length }) => length === 0))
    report.error(at, 'a reservation of nothing', 'addresses, prefixes, a name, classes or options');
}

function checkUnique(
  { addresses, prefixes }: HostConfig6,
  resources: Set<string>,
  at: Path,
  report: Report,
): void {
  const expected = 'each of them once in a subnet, or "ip-reservations-unique": false';
  const check = (key: string, index: number, resource: string): void => {
    if (resources.has(resource))
      report.error(child(child(at, key), index), `${resource} a second time`, expected);
    resources.add(resource);
  };
  for (const [index, address] of addresses.entries()) check('ip-addresses', index, IPV6.format(address));
  for (const [index, each] of prefixes.entries()) check('prefixes', index, formatPrefix(IPV6, each));
}
