/**
 * Finds the subnet of a query. The order of the rules is Kea's; within a rule the subnet with the lowest id whose guards
 * let the query pass. Which prefixes contain an address is a binary search, relays and interfaces are looked up in maps.
 */
import { PrefixIndex } from '../../base/prefix-index.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import { Field, Present } from '../../dhcp4/descriptor.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Query } from '../query.ts';
import { isSubnetOpen } from './network.ts';

const NONE: readonly CompiledSubnet[] = [];

export class SubnetIndex {
  readonly #byPrefix: PrefixIndex<CompiledSubnet>;
  readonly #byRelay = new Map<number, CompiledSubnet[]>();
  readonly #byInterface = new Map<string, CompiledSubnet[]>();
  readonly #byId = new Map<number, CompiledSubnet>();
  readonly #usesLinkSelection: boolean;

  /** @param ignoresLinkSelection Kea's `ignore-rai-link-selection` */
  constructor(subnets: readonly CompiledSubnet[], ignoresLinkSelection = false) {
    this.#usesLinkSelection = !ignoresLinkSelection;
    const ascending = [...subnets].sort((a, b) => a.id - b.id);
    this.#byPrefix = new PrefixIndex(
      ascending,
      ({ config }) => config,
      (a, b) => a.id - b.id,
    );
    for (const subnet of ascending) {
      this.#byId.set(subnet.id, subnet);
      for (const address of subnet.config.relayAddresses) listUnder(this.#byRelay, address, subnet);
      const name = subnet.config.interfaceName;
      if (name !== null) listUnder(this.#byInterface, name, subnet);
    }
  }

  /** The subnet of a lease, or null when the configuration has none of that id any more. */
  ofId(id: number): CompiledSubnet | null {
    return this.#byId.get(id) ?? null;
  }

  /** The first subnet whose prefix contains an address and that is open to the query, or null. */
  containing(address: number, classes: ClassSet): CompiledSubnet | null {
    const index = this.#byPrefix;
    const run = index.runOf(address);
    const end = index.begin(run + 1);
    for (let at = index.begin(run); at < end; at++) {
      const subnet = index.item(at);
      if (isSubnetOpen(subnet, classes)) return subnet;
    }
    return null;
  }

  /** Selects the subnet of a query, or null. [RFC3527 3] [RFC3011 2] [RFC2131 4.3.1] */
  select(query: Query): CompiledSubnet | null {
    const { classes } = query;
    const present = query.field(Field.present);
    if (this.#usesLinkSelection && (present & Present.linkSelection) !== 0)
      return this.containing(query.field(Field.linkSelection) >>> 0, classes);
    if ((present & Present.subnetSelection) !== 0)
      return this.containing(query.field(Field.subnetSelection) >>> 0, classes);
    if (query.isRelayed()) return this.#behindRelay(query.giaddr, classes);
    if (!query.socket.broadcast) {
      if (query.ciaddr !== 0) return this.containing(query.ciaddr, classes);
      if (query.sourceAddress !== 0) return this.containing(query.sourceAddress, classes);
    }
    return (
      firstOpen(this.#byInterface.get(query.socket.interfaceName) ?? NONE, classes) ??
      this.containing(query.socket.address, classes)
    );
  }

  #behindRelay(giaddr: number, classes: ClassSet): CompiledSubnet | null {
    // Few configurations name relays: the others need no search for one.
    const named = this.#byRelay.size === 0 ? NONE : (this.#byRelay.get(giaddr) ?? NONE);
    return firstOpen(named, classes) ?? this.containing(giaddr, classes);
  }
}

function listUnder<K>(map: Map<K, CompiledSubnet[]>, key: K, subnet: CompiledSubnet): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [subnet]);
  else list.push(subnet);
}

function firstOpen(subnets: readonly CompiledSubnet[], classes: ClassSet): CompiledSubnet | null {
  for (let i = 0; i < subnets.length; i++) if (isSubnetOpen(subnets[i]!, classes)) return subnets[i]!;
  return null;
}
