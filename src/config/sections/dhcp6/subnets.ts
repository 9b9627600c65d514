/** The maps of `subnet6`, those of shared networks too: each one resolved against the scope around it. */
import type { HostConfig6, SubnetConfig6 } from '../../dhcp6/model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { freeMap, list } from '../../schema/collections.ts';
import { defineMap, mapOf, readMap, type Values } from '../../schema/map.ts';
import { required, withDefault } from '../../schema/rule.ts';
import { flag, integer } from '../../schema/scalars.ts';
import { readAdditionalClasses } from '../additional-classes.ts';
import { IPV6, prefixRule } from '../addresses.ts';
import { readGuard } from '../guard.ts';
import { completeLifetime } from '../lifetimes.ts';
import { linkRules, readHaServerName } from '../links.ts';
import { POOLS_6, readPools } from '../pools.ts';
import { readRelay, relaySchema6 } from '../relay.ts';
import { effectiveCacheThreshold } from '../scope.ts';
import type { Placed } from '../subnet-checks.ts';
import type { SubnetNumbers } from '../subnet-ids.ts';
import type { Surroundings } from '../surroundings.ts';
import { interfaceIdRule } from './interface-id.ts';
import { type NetworkSettings6, networkRules6, resolveNetwork6 } from './network.ts';
import { readPdPools } from './pd-pools.ts';
import { completePreferred } from './preferred-lifetime.ts';
import { readReservations6 } from './reservations.ts';

/** What a subnet and a shared network have in common. */
export const placeRules6 = {
  ...networkRules6,
  ...linkRules,
  relay: mapOf(relaySchema6),
  'interface-id': interfaceIdRule(),
  'rapid-commit': flag(),
} as const;

export const subnetSchema6 = defineMap('subnet6[]', {
  ...placeRules6,
  id: integer(0, 4294967294),
  subnet: required(prefixRule(IPV6)),
  pools: withDefault(list(), []),
  'pd-pools': withDefault(list(), []),
  reservations: list(),
  'user-context': freeMap(),
});

/** A subnet with what the checks of all of them need to know. */
export interface PlacedSubnet6 extends Placed<Uint8Array, SubnetConfig6> {
  readonly hosts: readonly HostConfig6[];
}

/** Where a scope lies, and how its clients are served: what is inherited of a shared network alone. */
export type Place6 = Pick<SubnetConfig6, 'relayAddresses' | 'interfaceName' | 'interfaceId' | 'rapidCommit'>;

/** That of the Dhcp6 map. */
export const NO_PLACE: Place6 = {
  relayAddresses: [],
  interfaceName: null,
  interfaceId: null,
  rapidCommit: false,
};

/** The scope around a subnet: the Dhcp6 map, or a shared network. */
export interface Scope6 {
  readonly settings: NetworkSettings6;
  readonly networkName: string | null;
  readonly place: Place6;
  readonly numbers: SubnetNumbers;
  readonly areAddressesUnique: boolean;
}

/**
 * Reads a list `subnet6`.
 * @returns the subnets that could be read, in the order of the file
 */
export function readSubnets6(
  entries: readonly unknown[],
  scope: Scope6,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): PlacedSubnet6[] {
  return entries
    .map((entry, index) => readSubnet(entry, scope, surroundings, child(at, index), report))
    .filter((subnet) => subnet !== null);
}

function readSubnet(
  entry: unknown,
  scope: Scope6,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): PlacedSubnet6 | null {
  const values = readMap(subnetSchema6, entry, at, report);
  if (values === undefined) return null;
  const { spaces, classes } = surroundings;
  const id = scope.numbers.idOf(values.id, entry, at, report);
  const { lifetime, preferred, ...settings } = resolveNetwork6(values, scope.settings, spaces, at, report);
  const prefix = values.subnet ?? null;
  const hostScope = { subnetId: id ?? 0, prefix, areAddressesUnique: scope.areAddressesUnique };
  const config = {
    networkName: scope.networkName,
    pools: readPools(POOLS_6, values.pools, prefix, settings.ddns, surroundings, child(at, 'pools'), report),
    pdPools: readPdPools(values['pd-pools'], surroundings, child(at, 'pd-pools'), report),
    ...readPlace6(values, scope.place, at, report),
    clientClasses: readGuard(values, classes, at, report),
    additionalClasses: readAdditionalClasses(values, at, report),
    userContext: values['user-context'] ?? null,
    haServerName: readHaServerName(values['user-context'], child(at, 'user-context'), report),
    ...settings,
    preferredLifetime: completePreferred(preferred),
    validLifetime: completeLifetime(lifetime),
    cacheThreshold: effectiveCacheThreshold(settings),
  };
  const hostsAt = child(at, 'reservations');
  const hosts = readReservations6(values.reservations, hostScope, spaces, hostsAt, report);
  if (id === undefined || prefix === null) return null;
  const { written, ...range } = prefix;
  return { config: { id, ...range, ...config }, hosts, written, at };
}

/** The keys of a scope over those of the network around it. */
export function readPlace6(
  values: Pick<Values<typeof placeRules6>, 'relay' | 'interface' | 'interface-id' | 'rapid-commit'>,
  outer: Place6,
  at: Path,
  report: Report,
): Place6 {
  if (values.interface !== undefined && values['interface-id'] !== undefined)
    report.error(
      child(at, 'interface-id'),
      '"interface-id" beside "interface"',
      'one of the two: clients come by a relay or directly',
      'key',
    );
  const relayAddresses = readRelay(IPV6, values.relay, child(at, 'relay'), report);
  return {
    relayAddresses: relayAddresses.length > 0 ? relayAddresses : outer.relayAddresses,
    interfaceName: values.interface ?? outer.interfaceName,
    interfaceId: values['interface-id'] ?? outer.interfaceId,
    rapidCommit: values['rapid-commit'] ?? outer.rapidCommit,
  };
}
