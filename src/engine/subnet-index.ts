/**
 * Finds the subnet of a query. Prefixes do not overlap, so the subnet of an address is a binary search; relay addresses
 * and interfaces are looked up in maps. The order of the rules is Kea's.
 */
import { maskOf } from '../base/ipv4.ts';
import { Field, Present } from '../dhcp4/descriptor.ts';
import type { CompiledSubnet } from './compiled.ts';
import type { Query } from './query.ts';

export class SubnetIndex {
  readonly #byPrefix: readonly CompiledSubnet[];
  readonly #byRelay = new Map<number, CompiledSubnet>();
  readonly #byInterface = new Map<string, CompiledSubnet>();
  readonly #byId = new Map<number, CompiledSubnet>();

  constructor(subnets: readonly CompiledSubnet[]) {
    this.#byPrefix = [...subnets].sort((a, b) => a.config.prefix - b.config.prefix);
    for (const subnet of subnets) {
      this.#byId.set(subnet.config.id, subnet);
      for (const address of subnet.config.relayAddresses) {
        if (!this.#byRelay.has(address)) this.#byRelay.set(address, subnet);
      }
      const name = subnet.config.interfaceName;
      if (name !== null && !this.#byInterface.has(name)) this.#byInterface.set(name, subnet);
    }
  }

  /** The subnet of a lease, or null when the configuration has none of that id any more. */
  ofId(id: number): CompiledSubnet | null {
    return this.#byId.get(id) ?? null;
  }

  /** The subnet whose prefix contains an address, or null. */
  containing(address: number): CompiledSubnet | null {
    let low = 0;
    let high = this.#byPrefix.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const subnet = this.#byPrefix[middle]!;
      const { prefix, prefixLength } = subnet.config;
      if ((address & maskOf(prefixLength)) >>> 0 === prefix) return subnet;
      if (address < prefix) high = middle - 1;
      else low = middle + 1;
    }
    return null;
  }

  /** Selects the subnet of a query, or null. [RFC3527 3] [RFC3011 2] [RFC2131 4.3.1] */
  select(query: Query): CompiledSubnet | null {
    const present = query.field(Field.present);
    if ((present & Present.linkSelection) !== 0)
      return this.containing(query.field(Field.linkSelection) >>> 0);
    if ((present & Present.subnetSelection) !== 0)
      return this.containing(query.field(Field.subnetSelection) >>> 0);
    if (query.isRelayed()) return this.#byRelay.get(query.giaddr) ?? this.containing(query.giaddr);
    if (!query.socket.broadcast) {
      if (query.ciaddr !== 0) return this.containing(query.ciaddr);
      if (query.sourceAddress !== 0) return this.containing(query.sourceAddress);
    }
    return this.#byInterface.get(query.socket.interfaceName) ?? this.containing(query.socket.address);
  }
}
