/** The subnets against each other, wherever they stand. */
import type { SharedNetworkConfig } from '../model.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { type AddressKind, formatPrefix, lastOf, type Prefix } from './addresses.ts';

/** What the checks look at: SubnetConfig and SubnetConfig6 have it. */
interface Subnet<A> extends Prefix<A> {
  readonly id: number;
  readonly networkName: string | null;
  readonly clientClasses: readonly string[];
}

/** A subnet with what the checks of all of them need to know. */
export interface Placed<A, S extends Subnet<A> = Subnet<A>> {
  readonly config: S;
  /** The address that the prefix was written with. */
  readonly written: A;
  readonly at: Path;
}

export function checkSubnets<A>(
  addresses: AddressKind<A>,
  subnets: readonly Placed<A>[],
  networks: readonly SharedNetworkConfig[],
  report: Report,
): void {
  checkIds(addresses, subnets, report);
  checkPrefixes(addresses, subnets, report);
  warnOfOverlaps(addresses, subnets, networks, report);
}

function checkIds<A>(addresses: AddressKind<A>, subnets: readonly Placed<A>[], report: Report): void {
  const seen = new Map<number, Subnet<A>>();
  for (const { config, at } of subnets) {
    const other = seen.get(config.id);
    if (other === undefined) seen.set(config.id, config);
    else
      report.error(
        child(at, 'id'),
        String(config.id),
        `an id that no other subnet has; ${formatPrefix(addresses, other)} has it`,
      );
  }
}

/** As they are written: Kea tells 192.0.2.1/24 and 192.0.2.2/24 apart. */
function checkPrefixes<A>(addresses: AddressKind<A>, subnets: readonly Placed<A>[], report: Report): void {
  const seen = new Map<string, Subnet<A>>();
  for (const { config, written, at } of subnets) {
    const key = `${addresses.format(written)}/${config.prefixLength}`;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, config);
    else
      report.error(
        child(at, 'subnet'),
        formatPrefix(addresses, config),
        `a prefix that no other subnet has; that of id ${other.id} has it`,
      );
  }
}

/** Subnets that classes keep apart may have common addresses; where both are open it is probably a slip of the pen. */
function warnOfOverlaps<A>(
  addresses: AddressKind<A>,
  subnets: readonly Placed<A>[],
  networks: readonly SharedNetworkConfig[],
  report: Report,
): void {
  const guarded = new Set(networks.filter((each) => each.clientClasses.length > 0).map(({ name }) => name));
  const open = subnets.filter(
    ({ config }) => config.clientClasses.length === 0 && !guarded.has(config.networkName ?? ''),
  );
  const ascending = open.sort(
    (a, b) =>
      addresses.compare(a.config.prefix, b.config.prefix) || a.config.prefixLength - b.config.prefixLength,
  );
  let highest: Subnet<A> | null = null;
  for (const { config, at } of ascending) {
    if (highest !== null && addresses.compare(config.prefix, lastOf(addresses, highest)) <= 0)
      report.warn(
        child(at, 'subnet'),
        `${formatPrefix(addresses, config)}, which has addresses in common with ${formatPrefix(addresses, highest)}`,
        'subnets without common addresses, or a "client-class" that keeps them apart',
      );
    if (highest === null || addresses.compare(lastOf(addresses, config), lastOf(addresses, highest)) > 0)
      highest = config;
  }
}
