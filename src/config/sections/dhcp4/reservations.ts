/** `reservations` of a subnet or of the Dhcp4 map: what single clients get. */
import { formatIpv4 } from '../../../base/ipv4.ts';
import type { OptionSpaces } from '../../../options/spaces.ts';
import { HOST_IDENTIFIERS, type HostConfig } from '../../host-model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { list, listOf } from '../../schema/collections.ts';
import { defineMap, readMap, type Values } from '../../schema/map.ts';
import { ipv4, orEmpty, text } from '../../schema/scalars.ts';
import { formatPrefix, IPV4, lastOf, type Prefix } from '../addresses.ts';
import { HOSTNAME_OCTETS_MAX, IdentifierSet, identifierOf, identifierRules } from '../host-identity.ts';
import { readOptions } from '../options.ts';
import { BOOT_FILE_NAME_OCTETS_MAX, SERVER_HOSTNAME_OCTETS_MAX } from './network.ts';

const ALL_ONES = 0xffffffff;

export const reservationSchema = defineMap('reservations[]', {
  ...identifierRules,
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
  const identifiers = new IdentifierSet();
  const addresses = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const host = readReservation(entry, scope, spaces, place, report);
    if (host === null) continue;
    identifiers.add(host.identifier, host.identifierBytes, place, report);
    if (scope.areAddressesUnique) checkUnique(host, addresses, place, report);
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
  const identifier = identifierOf(values, HOST_IDENTIFIERS, at, report);
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

function checkAddresses(values: ReservationValues, prefix: Prefix | null, at: Path, report: Report): void {
  const address = values['ip-address'];
  const place = child(at, 'ip-address');
  if (address === 0 || address === ALL_ONES)
    report.error(place, formatIpv4(address), 'the address of a host');
  else if (
    address !== undefined &&
    prefix !== null &&
    (address < prefix.prefix || address > lastOf(IPV4, prefix))
  )
    report.error(place, formatIpv4(address), `an address of the subnet ${formatPrefix(IPV4, prefix)}`);
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

function checkUnique({ address }: HostConfig, addresses: Set<number>, at: Path, report: Report): void {
  if (address === null) return;
  if (addresses.has(address))
    report.error(
      child(at, 'ip-address'),
      `${formatIpv4(address)} a second time`,
      'each address once in a subnet, or "ip-reservations-unique": false',
    );
  addresses.add(address);
}
