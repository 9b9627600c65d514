/** The maps of `subnet4`, those of shared networks too: each one resolved against the scope around it. */
import type { Ipv4 } from '../../../base/ipv4.ts';
import type { HostConfig } from '../../host-model.ts';
import type { SubnetConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { freeMap, list } from '../../schema/collections.ts';
import { defineMap, mapOf, readMap } from '../../schema/map.ts';
import { required, withDefault } from '../../schema/rule.ts';
import { integer } from '../../schema/scalars.ts';
import { readAdditionalClasses } from '../additional-classes.ts';
import { IPV4, prefixRule } from '../addresses.ts';
import { readGuard } from '../guard.ts';
import { completeLifetime } from '../lifetimes.ts';
import { linkRules, readHaServerName } from '../links.ts';
import { POOLS_4, readPools } from '../pools.ts';
import { readRelay, relaySchema } from '../relay.ts';
import { effectiveCacheThreshold } from '../scope.ts';
import type { Placed } from '../subnet-checks.ts';
import type { SubnetNumbers } from '../subnet-ids.ts';
import type { Surroundings } from '../surroundings.ts';
import { subnetUnimplemented } from '../unimplemented.ts';
import { type NetworkSettings, networkRules, resolveNetwork } from './network.ts';
import { readReservations } from './reservations.ts';

/** What a subnet and a shared network have in common. */
export const placeRules = { ...networkRules, ...linkRules, relay: mapOf(relaySchema) } as const;

export const subnetSchema = defineMap('subnet4[]', {
  ...placeRules,
  ...subnetUnimplemented,
  id: integer(0, 4294967294),
  subnet: required(prefixRule(IPV4)),
  pools: withDefault(list(), []),
  reservations: list(),
  'user-context': freeMap(),
});

/** A subnet with what the checks of all of them need to know. */
export interface PlacedSubnet extends Placed<Ipv4, SubnetConfig> {
  readonly hosts: readonly HostConfig[];
  /** Its own setting; undefined when it inherits. */
  readonly authoritative: boolean | undefined;
}

/** The scope around a subnet: the Dhcp4 map, or a shared network. */
export interface Scope {
  readonly settings: NetworkSettings;
  readonly networkName: string | null;
  readonly relayAddresses: SubnetConfig['relayAddresses'];
  readonly interfaceName: string | null;
  readonly numbers: SubnetNumbers;
  readonly areAddressesUnique: boolean;
}

/**
 * Reads a list `subnet4`.
 * @returns the subnets that could be read, in the order of the file
 */
export function readSubnets(
  entries: readonly unknown[],
  scope: Scope,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): PlacedSubnet[] {
  const subnets: PlacedSubnet[] = [];
  for (const [index, entry] of entries.entries()) {
    const subnet = readSubnet(entry, scope, surroundings, child(at, index), report);
    if (subnet !== null) subnets.push(subnet);
  }
  return subnets;
}

function readSubnet(
  entry: unknown,
  scope: Scope,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): PlacedSubnet | null {
  const values = readMap(subnetSchema, entry, at, report);
  if (values === undefined) return null;
  const id = scope.numbers.idOf(values.id, entry, at, report);
  const { lifetime, ...settings } = resolveNetwork(values, scope.settings, surroundings.spaces, at, report);
  const prefix = values.subnet ?? null;
  const pools = readPools(
    POOLS_4,
    values.pools,
    prefix,
    settings.ddns,
    surroundings,
    child(at, 'pools'),
    report,
  );
  const relayAddresses = readRelay(IPV4, values.relay, child(at, 'relay'), report);
  const hostScope = { subnetId: id ?? 0, prefix, areAddressesUnique: scope.areAddressesUnique };
  const hosts = readReservations(
    values.reservations,
    hostScope,
    surroundings.spaces,
    child(at, 'reservations'),
    report,
  );
  const config = {
    networkName: scope.networkName,
    clientClasses: readGuard(values, surroundings.classes, at, report),
    additionalClasses: readAdditionalClasses(values, at, report),
    pools,
    relayAddresses: relayAddresses.length > 0 ? relayAddresses : scope.relayAddresses,
    interfaceName: values.interface ?? scope.interfaceName,
    userContext: values['user-context'] ?? null,
    haServerName: readHaServerName(values['user-context'], child(at, 'user-context'), report),
    ...settings,
    validLifetime: completeLifetime(lifetime),
    cacheThreshold: effectiveCacheThreshold(settings),
  };
  if (id === undefined || prefix === null) return null;
  const { written, ...range } = prefix;
  return { config: { id, ...range, ...config }, hosts, written, authoritative: values.authoritative, at };
}
