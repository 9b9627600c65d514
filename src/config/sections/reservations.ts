/** `reservations` of a subnet or of the Dhcp4 map: what single clients get. */
import { formatIpv4 } from '../../base/ipv4.ts';
import { decodeHexText } from '../../options/hex.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import { HOST_IDENTIFIERS, type HostConfig, type HostIdentifier } from '../host-model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { list, listOf } from '../schema/collections.ts';
import { defineMap, readMap, type Values } from '../schema/map.ts';
import { type Rule, rule } from '../schema/rule.ts';
import { ipv4, orEmpty, text } from '../schema/scalars.ts';
import { formatPrefix, lastOf, type Prefix } from './addresses.ts';
import { BOOT_FILE_NAME_OCTETS_MAX, SERVER_HOSTNAME_OCTETS_MAX } from './network.ts';
import { readOptions } from './options.ts';

/** The longest identifier that a query can hold: an option in several parts, or all of them (RFC 3396). */
const IDENTIFIER_OCTETS_MAX = 1024;
/** As in Kea, whose chaddr may come from other places than the 16 octets of the header. */
const HARDWARE_OCTETS_MAX = 20;
/** RFC 8415 section 11.1. */
const DUID_OCTETS_MAX = 128;
/** A host name is a domain name, or a label of it. */
const HOSTNAME_OCTETS_MAX = 255;

const ALL_ONES = 0xffffffff;

function identifierRule(octetsMax: number): Rule<Uint8Array, undefined> {
  const expected = `1 to ${octetsMax} octets such as "0x0102", "01:02", "01 02", "0102", or "'text'"`;
  return rule(expected, (value) => {
    const bytes = typeof value === 'string' ? decodeIdentifier(value) : null;
    return bytes !== null && bytes.length > 0 && bytes.length <= octetsMax ? bytes : undefined;
  });
}

/**
 * The octets of an identifier: hexadecimal digits, or a text in single quotes. Blanks may stand around quoted text only.
 * @returns null when it is neither
 */
function decodeIdentifier(value: string): Uint8Array | null {
  const trimmed = value.trim();
  if (trimmed.startsWith("'")) return trimmed.length > 2 ? decodeHexText(trimmed) : null;
  return value.startsWith('0X') || value !== trimmed ? null : decodeHexText(value);
}

export const reservationSchema = defineMap('reservations[]', {
  'hw-address': identifierRule(HARDWARE_OCTETS_MAX),
  duid: identifierRule(DUID_OCTETS_MAX),
  'circuit-id': identifierRule(IDENTIFIER_OCTETS_MAX),
  'client-id': identifierRule(IDENTIFIER_OCTETS_MAX),
  'flex-id': identifierRule(IDENTIFIER_OCTETS_MAX),
  'ip-address': ipv4(),
  hostname: text(HOSTNAME_OCTETS_MAX),
  'client-classes': listOf(text(), 'a list of class names'),
  'option-data': list(),
  'next-server': ipv4(),
  'server-hostname': orEmpty(text(SERVER_HOSTNAME_OCTETS_MAX)),
  'boot-file-name': orEmpty(text(BOOT_FILE_NAME_OCTETS_MAX)),
});

type ReservationValues = Values<typeof reservationSchema.rules>;

/** Where a list of reservations stands. */
export interface HostScope {
  /** 0 = in the Dhcp4 map. */
  readonly subnetId: number;
  /** Null = any address may be reserved. */
  readonly prefix: Prefix | null;
  readonly areAddressesUnique: boolean;
}

/** Most subnets have no reservations, and most reservations no classes: they share one list. */
const NO_HOSTS: readonly HostConfig[] = [];
const NO_CLASSES: readonly string[] = [];

export function readReservations(
  entries: readonly unknown[] | undefined,
  scope: HostScope,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): readonly HostConfig[] {
  if (entries === undefined || entries.length === 0) return NO_HOSTS;
  const hosts: HostConfig[] = [];
  const identifiers = new Set<string>();
  const addresses = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const host = readReservation(entry, scope, spaces, place, report);
    if (host === null) continue;
    checkUnique(host, identifiers, scope.areAddressesUnique ? addresses : null, place, report);
    hosts.push(host);
  }
  return hosts;
}

function readReservation(
  entry: unknown,
  scope: HostScope,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): HostConfig | null {
  const errorsBefore = report.errorCount;
  const values = readMap(reservationSchema, entry, at, report);
  if (values === undefined) return null;
  const options = readOptions(values['option-data'], spaces, child(at, 'option-data'), report);
  checkAddresses(values, scope.prefix, at, report);
  // Without the value that is wrong an identifier would be missing, or everything.
  if (report.errorCount > errorsBefore) return null;
  const identifier = identifierOf(values, at, report);
  if (identifier === null) return null;
  const nextServer = values['next-server'] ?? 0;
  const host = {
    subnetId: scope.subnetId,
    identifier,
    identifierBytes: values[identifier]!,
    address: values['ip-address'] ?? null,
    hostname: values.hostname ?? '',
    clientClasses: values['client-classes'] ?? NO_CLASSES,
    ...options,
    nextServer: nextServer === 0 ? null : nextServer,
    serverHostname: values['server-hostname'] ?? null,
    bootFileName: values['boot-file-name'] ?? null,
  };
  checkContent(host, at, report);
  return host;
}

function identifierOf(values: ReservationValues, at: Path, report: Report): HostIdentifier | null {
  const [identifier, another] = HOST_IDENTIFIERS.filter((each) => values[each] !== undefined);
  if (another !== undefined)
    report.error(
      child(at, another),
      `"${another}" beside "${identifier}"`,
      'one identifier for each reservation',
      'key',
    );
  if (identifier === undefined)
    report.error(at, 'no identifier', `one of ${HOST_IDENTIFIERS.map((each) => `"${each}"`).join(', ')}`);
  return identifier ?? null;
}

function checkAddresses(values: ReservationValues, prefix: Prefix | null, at: Path, report: Report): void {
  const address = values['ip-address'];
  const place = child(at, 'ip-address');
  if (address === 0 || address === ALL_ONES)
    report.error(place, formatIpv4(address), 'the address of a host');
  else if (address !== undefined && prefix !== null && (address < prefix.prefix || address > lastOf(prefix)))
    report.error(place, formatIpv4(address), `an address of the subnet ${formatPrefix(prefix)}`);
  if (values['next-server'] === ALL_ONES)
    report.error(child(at, 'next-server'), formatIpv4(ALL_ONES), 'the address of a server');
}

/** A reservation of nothing is probably a slip of the pen. */
function checkContent(host: HostConfig, at: Path, report: Report): void {
  const { address, hostname, clientClasses, options, vendorOptions } = host;
  const hasLists = clientClasses.length > 0 || options.length > 0 || vendorOptions.length > 0;
  const hasBoot = host.nextServer !== null || host.serverHostname !== null || host.bootFileName !== null;
  if (address === null && hostname === '' && !hasLists && !hasBoot)
    report.error(at, 'a reservation of nothing', 'an address, a name, classes, options or boot fields');
}

function checkUnique(
  host: HostConfig,
  identifiers: Set<string>,
  addresses: Set<number> | null,
  at: Path,
  report: Report,
): void {
  const { identifier, identifierBytes, address } = host;
  const key = `${identifier} ${Buffer.from(identifierBytes.buffer, identifierBytes.byteOffset, identifierBytes.length).toString('latin1')}`;
  if (identifiers.has(key))
    report.error(child(at, identifier), 'an identifier a second time', 'each client once in a subnet');
  identifiers.add(key);
  if (address === null || addresses === null) return;
  if (addresses.has(address))
    report.error(
      child(at, 'ip-address'),
      `${formatIpv4(address)} a second time`,
      'each address once in a subnet, or "ip-reservations-unique": false',
    );
  addresses.add(address);
}
