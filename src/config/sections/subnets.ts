/** The maps of `subnet4`, those of shared networks too: each one resolved against the scope around it. */
import type { HostConfig } from '../host-model.ts';
import type { SubnetConfig } from '../model.ts';
import { child, describe, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { freeMap, list } from '../schema/collections.ts';
import { defineMap, mapOf, readMap } from '../schema/map.ts';
import { required, withDefault } from '../schema/rule.ts';
import { integer, name, orEmpty } from '../schema/scalars.ts';
import { additionalClassRules, readAdditionalClasses } from './additional-classes.ts';
import { prefixRule, type WrittenPrefix } from './addresses.ts';
import { guardRules, readGuard } from './guard.ts';
import { completeLifetime } from './lifetimes.ts';
import { effectiveCacheThreshold, type NetworkSettings, networkRules, resolveNetwork } from './network.ts';
import { readPools } from './pools.ts';
import { readRelay, relaySchema } from './relay.ts';
import { readReservations } from './reservations.ts';
import type { SubnetNumbers } from './subnet-ids.ts';
import type { Surroundings } from './surroundings.ts';
import { subnetUnimplemented } from './unimplemented.ts';

/** What a subnet and a shared network have in common beside what is inherited. */
export const linkRules = {
  ...networkRules,
  ...guardRules,
  ...additionalClassRules,
  relay: mapOf(relaySchema),
  interface: orEmpty(name()),
} as const;

export const subnetSchema = defineMap('subnet4[]', {
  ...linkRules,
  ...subnetUnimplemented,
  id: integer(0, 4294967294),
  subnet: required(prefixRule()),
  pools: withDefault(list(), []),
  reservations: list(),
  'user-context': freeMap(),
});

/** A subnet with what the checks of all of them need to know. */
export interface PlacedSubnet {
  readonly config: SubnetConfig;
  readonly hosts: readonly HostConfig[];
  /** The address that the prefix was written with. */
  readonly written: WrittenPrefix['written'];
  /** Its own setting; undefined when it inherits. */
  readonly authoritative: boolean | undefined;
  readonly at: Path;
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
  const pools = readPools(values.pools, prefix, settings.ddns, surroundings, child(at, 'pools'), report);
  const relayAddresses = readRelay(values.relay, child(at, 'relay'), report);
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

/** Kea finds out with the first query that the name is no name, and drops the query. */
function readHaServerName(
  context: Readonly<Record<string, unknown>> | undefined,
  at: Path,
  report: Report,
): string | null {
  if (context === undefined || !Object.hasOwn(context, 'ha-server-name')) return null;
  const value = context['ha-server-name'];
  if (typeof value === 'string' && value !== '') return value;
  report.error(child(at, 'ha-server-name'), describe(value), 'the name of a server of a relationship');
  return null;
}
