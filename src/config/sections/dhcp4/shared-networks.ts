/** `shared-networks`: subnets that lie on one link. */
import type { SharedNetworkConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { list } from '../../schema/collections.ts';
import { defineMap, readMap } from '../../schema/map.ts';
import { withDefault } from '../../schema/rule.ts';
import { readAdditionalClasses } from '../additional-classes.ts';
import { IPV4 } from '../addresses.ts';
import { readGuard } from '../guard.ts';
import { checkInterfaces, networkNameRule, readNetworks } from '../links.ts';
import { readRelay } from '../relay.ts';
import type { Surroundings } from '../surroundings.ts';
import { resolveNetwork } from './network.ts';
import { type PlacedSubnet, placeRules, readSubnets, type Scope } from './subnets.ts';

export const sharedNetworkSchema = defineMap('shared-networks[]', {
  ...placeRules,
  name: networkNameRule,
  subnet4: withDefault(list(), []),
});

export interface SharedNetworks {
  readonly networks: readonly SharedNetworkConfig[];
  /** Those of all networks, in the order of the file. */
  readonly subnets: readonly PlacedSubnet[];
}

/** @param global what the networks inherit */
export function readSharedNetworks(
  entries: readonly unknown[],
  global: Scope,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): SharedNetworks {
  const read = (entry: unknown, place: Path) => readNetwork(entry, global, surroundings, place, report);
  const networks = readNetworks(entries, read, at, report);
  return {
    networks: networks.map(({ config }) => config),
    subnets: networks.flatMap(({ subnets }) => subnets),
  };
}

function readNetwork(
  entry: unknown,
  global: Scope,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): { readonly config: SharedNetworkConfig; readonly subnets: readonly PlacedSubnet[] } | null {
  const values = readMap(sharedNetworkSchema, entry, at, report);
  if (values === undefined) return null;
  const settings = resolveNetwork(values, global.settings, surroundings.spaces, at, report);
  const scope: Scope = {
    ...global,
    settings,
    networkName: values.name ?? '',
    relayAddresses: readRelay(IPV4, values.relay, child(at, 'relay'), report),
    interfaceName: values.interface ?? null,
  };
  const subnets = readSubnets(values.subnet4, scope, surroundings, child(at, 'subnet4'), report);
  checkInterfaces(IPV4, subnets, scope.interfaceName, report);
  checkAuthority(subnets, values.authoritative ?? false, report);
  const config = {
    name: values.name ?? '',
    clientClasses: readGuard(values, surroundings.classes, at, report),
    additionalClasses: readAdditionalClasses(values, at, report),
    options: settings.options,
    vendorOptions: settings.vendorOptions,
  };
  return { config, subnets };
}

/** Kea compares with the network's own setting, which is false where it is not set, whatever the Dhcp4 map says. */
function checkAuthority(subnets: readonly PlacedSubnet[], ofNetwork: boolean, report: Report): void {
  for (const { authoritative, at } of subnets)
    if (authoritative !== undefined && authoritative !== ofNetwork)
      report.error(
        child(at, 'authoritative'),
        String(authoritative),
        `${ofNetwork}, as the network itself has it`,
      );
}
