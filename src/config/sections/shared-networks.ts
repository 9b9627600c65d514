/** `shared-networks`: subnets that lie on one link. */
import type { SharedNetworkConfig } from '../model.ts';
import { child, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import { list } from '../schema/collections.ts';
import { defineMap, readMap } from '../schema/map.ts';
import { required, rule, withDefault } from '../schema/rule.ts';
import { readAdditionalClasses } from './additional-classes.ts';
import { formatPrefix } from './addresses.ts';
import { readGuard } from './guard.ts';
import { resolveNetwork } from './network.ts';
import { readRelay } from './relay.ts';
import { linkRules, type PlacedSubnet, readSubnets, type Scope } from './subnets.ts';
import type { Surroundings } from './surroundings.ts';

export const sharedNetworkSchema = defineMap('shared-networks[]', {
  ...linkRules,
  name: required(
    rule('a string that is not empty', (value) =>
      typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined,
    ),
  ),
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
  const networks: SharedNetworkConfig[] = [];
  const subnets: PlacedSubnet[] = [];
  const names = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const network = readNetwork(entry, global, surroundings, place, report);
    if (network === null) continue;
    subnets.push(...network.subnets);
    if (names.has(network.config.name))
      report.error(child(place, 'name'), quote(network.config.name), 'a name that no other network has');
    names.add(network.config.name);
    networks.push(network.config);
  }
  return { networks, subnets };
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
    relayAddresses: readRelay(values.relay, child(at, 'relay'), report),
    interfaceName: values.interface ?? null,
  };
  const subnets = readSubnets(values.subnet4, scope, surroundings, child(at, 'subnet4'), report);
  checkInterfaces(subnets, scope.interfaceName, report);
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

/** One link is heard on one interface. */
function checkInterfaces(subnets: readonly PlacedSubnet[], ofNetwork: string | null, report: Report): void {
  let first = ofNetwork;
  for (const { config, at } of subnets) {
    const { interfaceName } = config;
    if (interfaceName === null) continue;
    first ??= interfaceName;
    if (interfaceName !== first)
      report.error(
        child(at, 'interface'),
        `${quote(interfaceName)} for ${formatPrefix(config)}`,
        `${quote(first)}, as for the rest of the network`,
      );
  }
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
