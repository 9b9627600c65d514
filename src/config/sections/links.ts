/** What a subnet and a shared network have in common beside what is inherited: who may use them, and where they lie. */
import { child, describe, type Path, quote } from '../problem.ts';
import type { Report } from '../report.ts';
import type { Rules } from '../schema/map.ts';
import { required, rule } from '../schema/rule.ts';
import { name, orEmpty } from '../schema/scalars.ts';
import { additionalClassRules } from './additional-classes.ts';
import { type AddressKind, formatPrefix } from './addresses.ts';
import { guardRules } from './guard.ts';
import type { Placed } from './subnet-checks.ts';

export const linkRules = {
  ...guardRules,
  ...additionalClassRules,
  interface: orEmpty(name()),
} as const satisfies Rules;

/** The name of a shared network. */
export const networkNameRule = required(
  rule('a string that is not empty', (value) =>
    typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined,
  ),
);

/** Kea finds out with the first query that the name is no name, and drops the query. */
export function readHaServerName(
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

/** Reads the networks of a list by `read`; no two may have one name. */
export function readNetworks<N extends { readonly config: { readonly name: string } }>(
  entries: readonly unknown[],
  read: (entry: unknown, at: Path) => N | null,
  at: Path,
  report: Report,
): N[] {
  const networks: N[] = [];
  const names = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const place = child(at, index);
    const network = read(entry, place);
    if (network === null) continue;
    const { name: networkName } = network.config;
    if (names.has(networkName))
      report.error(child(place, 'name'), quote(networkName), 'a name that no other network has');
    names.add(networkName);
    networks.push(network);
  }
  return networks;
}

/** One link is heard on one interface. */
export function checkInterfaces<A>(
  addresses: AddressKind<A>,
  subnets: readonly (Placed<A> & { readonly config: { readonly interfaceName: string | null } })[],
  ofNetwork: string | null,
  report: Report,
): void {
  let first = ofNetwork;
  for (const { config, at } of subnets) {
    const { interfaceName } = config;
    if (interfaceName === null) continue;
    first ??= interfaceName;
    if (interfaceName !== first)
      report.error(
        child(at, 'interface'),
        `${quote(interfaceName)} for ${formatPrefix(addresses, config)}`,
        `${quote(first)}, as for the rest of the network`,
      );
  }
}
