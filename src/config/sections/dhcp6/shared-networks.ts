/** `shared-networks` of DHCPv6: subnets that lie on one link. */
import type { SharedNetworkConfig } from '../../model.ts';
import { child, type Path } from '../../problem.ts';
import type { Report } from '../../report.ts';
import { list } from '../../schema/collections.ts';
import { defineMap, readMap } from '../../schema/map.ts';
import { withDefault } from '../../schema/rule.ts';
import { readAdditionalClasses } from '../additional-classes.ts';
import { formatPrefix, IPV6 } from '../addresses.ts';
import { readGuard } from '../guard.ts';
import { checkInterfaces, networkNameRule, readNetworks } from '../links.ts';
import type { Surroundings } from '../surroundings.ts';
import { resolveNetwork6 } from './network.ts';
import { type PlacedSubnet6, placeRules6, readPlace6, readSubnets6, type Scope6 } from './subnets.ts';

export const sharedNetworkSchema6 = defineMap('shared-networks[]', {
  ...placeRules6,
  name: networkNameRule,
  subnet6: withDefault(list(), []),
});

export interface SharedNetworks6 {
  readonly networks: readonly SharedNetworkConfig[];
  /** Those of all networks, in the order of the file. */
  readonly subnets: readonly PlacedSubnet6[];
}

/** @param global what the networks inherit */
export function readSharedNetworks6(
  entries: readonly unknown[],
  global: Scope6,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): SharedNetworks6 {
  const read = (entry: unknown, place: Path) => readNetwork(entry, global, surroundings, place, report);
  const networks = readNetworks(entries, read, at, report);
  return {
    networks: networks.map(({ config }) => config),
    subnets: networks.flatMap(({ subnets }) => subnets),
  };
}

function readNetwork(
  entry: unknown,
  global: Scope6,
  surroundings: Surroundings,
  at: Path,
  report: Report,
): { readonly config: SharedNetworkConfig; readonly subnets: readonly PlacedSubnet6[] } | null {
  const values = readMap(sharedNetworkSchema6, entry, at, report);
  if (values === undefined) return null;
  const settings = resolveNetwork6(values, global.settings, surroundings.spaces, at, report);
  const place = readPlace6(values, global.place, at, report);
  const name = values.name ?? '';
  const scope = { ...global, settings, networkName: name, place };
  const subnets = readSubnets6(values.subnet6, scope, surroundings, child(at, 'subnet6'), report);
  checkInterfaces(IPV6, subnets, place.interfaceName, report);
  checkRapidCommit(subnets, report);
  const config = {
    name,
    clientClasses: readGuard(values, surroundings.classes, at, report),
    additionalClasses: readAdditionalClasses(values, at, report),
    options: settings.options,
    vendorOptions: settings.vendorOptions,
  };
  return { config, subnets };
}

/** [Kea] Which subnet a client of the link gets an address of is known too late to choose the kind of exchange by. */
function checkRapidCommit(subnets: readonly PlacedSubnet6[], report: Report): void {
  const [first] = subnets;
  for (const { config, at } of subnets)
    if (first !== undefined && config.rapidCommit !== first.config.rapidCommit)
      report.error(
        child(at, 'rapid-commit'),
        `${config.rapidCommit} for ${formatPrefix(IPV6, config)}`,
        `${first.config.rapidCommit}, as for the rest of the network`,
      );
}
