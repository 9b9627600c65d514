/** Shared networks: subnets on one link, among which a client may be moved. */
import type { ClassIds } from '../../classes/class-ids.ts';
import { type ClassSet, type Guard, guardOf, isOpen } from '../../classes/class-set.ts';
import type { SharedNetworkConfig } from '../../config/model.ts';

export interface CompiledNetwork<Subnet> {
  readonly config: SharedNetworkConfig;
  readonly guard: Guard;
  /** Classes that are looked at once the lease is known. */
  readonly additional: Guard;
  /** Ascending by id; filled while the subnets are compiled. */
  readonly subnets: Subnet[];
  /** Group of subnets by the names of their guard, filled in the same way. */
  readonly groups: Map<string, number>;
}

/** A subnet, as far as networks are concerned. */
export interface NetworkMember<Subnet> {
  /** Its own; that of its network holds beside it. */
  readonly guard: Guard;
  /** Null = it stands alone. */
  readonly network: CompiledNetwork<Subnet> | null;
  /** Position among the subnets of its network. */
  readonly place: number;
}

/** Compiles the networks, without their subnets, by name. @param classes gets the classes that guards name */
export function compileNetworks<Subnet>(
  networks: readonly SharedNetworkConfig[],
  classes: ClassIds,
): ReadonlyMap<string, CompiledNetwork<Subnet>> {
  const compiled = networks.map((config) => ({
    config,
    guard: guardOf(config.clientClasses, classes),
    additional: config.additionalClasses.map((name) => classes.intern(name)),
    subnets: [] as Subnet[],
    groups: new Map<string, number>(),
  }));
  return new Map(compiled.map((network) => [network.config.name, network]));
}

/** Whether the guards of a subnet and of its network let a query with these classes pass. */
export function isSubnetOpen<Subnet>({ guard, network }: NetworkMember<Subnet>, classes: ClassSet): boolean {
  return isOpen(guard, classes) && (network === null || isOpen(network.guard, classes));
}

/**
 * The next subnet of the network that is open to the query: ascending by id from `subnet` on, and round again.
 * @param first where the walk began: null when it would be there again, and where there is no network
 */
export function nextSubnet<Subnet extends NetworkMember<Subnet>>(
  subnet: Subnet,
  first: Subnet,
  classes: ClassSet,
): Subnet | null {
  if (subnet.network === null) return null;
  const { subnets } = subnet.network;
  for (let place = subnet.place; ; ) {
    place = place + 1 < subnets.length ? place + 1 : 0;
    const next = subnets[place]!;
    if (next === first || next === subnet) return null;
    if (isOpen(next.guard, classes)) return next;
  }
}

/**
 * The number of a subnet's group, by which the allocator remembers where it has given an address last: the position of
 * the first subnet of its network with the same guard. [Kea] Only such a subnet may be preferred to the selected one.
 * @param index position of the subnet in the configuration
 */
export function groupOf(
  network: Pick<CompiledNetwork<unknown>, 'groups'> | null,
  clientClasses: readonly string[],
  index: number,
): number {
  if (network === null) return index;
  const key = clientClasses.slice().sort().join('\n');
  const group = network.groups.get(key) ?? index;
  network.groups.set(key, group);
  return group;
}
