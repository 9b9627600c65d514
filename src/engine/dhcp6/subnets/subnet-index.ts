/**
 * Finds the subnet of a DHCPv6 query. The order of the rules is Kea's; within a rule the subnet with the lowest id whose
 * guards let the query pass. Prefixes are looked up by their length, of which configurations have few.
 */
import { emptyRange } from '../../../base/byte-range.ts';
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import { NOT_FOUND, OctetMap } from '../../../base/octet-map.ts';
import type { ClassSet } from '../../../classes/class-set.ts';
import { Field } from '../../../dhcp6/descriptor.ts';
import { isSubnetOpen } from '../../subnets/network.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Query6 } from '../query.ts';

/** Lists of subnets by octets. */
class SubnetLists {
  readonly #map = new OctetMap();
  readonly #lists: CompiledSubnet6[][] = [];
  readonly #key = emptyRange();

  get isEmpty(): boolean {
    return this.#lists.length === 0;
  }

  add(octets: Uint8Array, subnet: CompiledSubnet6): void {
    const list = this.#find(octets, 0, octets.length);
    if (list !== null) list.push(subnet);
    else {
      this.#map.add(octets, this.#lists.length);
      this.#lists.push([subnet]);
    }
  }

  /** The first one of a list that is open to the query, or null. */
  firstOpen(bytes: Uint8Array, offset: number, length: number, classes: ClassSet): CompiledSubnet6 | null {
    const list = this.#find(bytes, offset, length);
    if (list === null) return null;
    for (let i = 0; i < list.length; i++) if (isSubnetOpen(list[i]!, classes)) return list[i]!;
    return null;
  }

  #find(bytes: Uint8Array, offset: number, length: number): CompiledSubnet6[] | null {
    const key = this.#key;
    key.bytes = bytes;
    key.offset = offset;
    key.length = length;
    const number = this.#map.find(key);
    return number === NOT_FOUND ? null : this.#lists[number]!;
  }
}

interface PrefixLists {
  readonly length: number;
  readonly lists: SubnetLists;
}

export class SubnetIndex6 {
  readonly #byPrefix: readonly PrefixLists[];
  readonly #byRelay = new SubnetLists();
  readonly #byInterfaceId = new SubnetLists();
  readonly #byInterface = new Map<string, CompiledSubnet6[]>();
  readonly #byId = new Map<number, CompiledSubnet6>();
  readonly #masked = new Uint8Array(IPV6_BYTES);
  readonly #range = emptyRange();

  constructor(subnets: readonly CompiledSubnet6[]) {
    const byLength = new Map<number, SubnetLists>();
    for (const subnet of [...subnets].sort((a, b) => a.id - b.id)) {
      const { prefix, prefixLength, relayAddresses, interfaceName, interfaceId } = subnet.config;
      this.#byId.set(subnet.id, subnet);
      if (!byLength.has(prefixLength)) byLength.set(prefixLength, new SubnetLists());
      byLength.get(prefixLength)!.add(Uint8Array.from(this.#mask(prefix, 0, prefixLength)), subnet);
      for (const address of relayAddresses) this.#byRelay.add(address, subnet);
      if (interfaceId !== null) this.#byInterfaceId.add(interfaceId, subnet);
      if (interfaceName === null) continue;
      const list = this.#byInterface.get(interfaceName);
      if (list === undefined) this.#byInterface.set(interfaceName, [subnet]);
      else list.push(subnet);
    }
    this.#byPrefix = Array.from(byLength, ([length, lists]) => ({ length, lists }));
  }

  /** The subnet of a lease, or null when the configuration has none of that id any more. */
  ofId(id: number): CompiledSubnet6 | null {
    return this.#byId.get(id) ?? null;
  }

  /** The subnet of the lowest id whose prefix contains an address and that is open to the query, or null. */
  containing(bytes: Uint8Array, offset: number, classes: ClassSet): CompiledSubnet6 | null {
    let best: CompiledSubnet6 | null = null;
    for (let i = 0; i < this.#byPrefix.length; i++) {
      const { length, lists } = this.#byPrefix[i]!;
      const found = lists.firstOpen(this.#mask(bytes, offset, length), 0, IPV6_BYTES, classes);
      if (found !== null && (best === null || found.id < best.id)) best = found;
    }
    return best;
  }

  /**
   * Selects the subnet of a query, or null. [RFC8415 13.1] [Kea 3.2] What a relay says of its interface counts too where no
   * relay has a global address.
   */
  select(query: Query6): CompiledSubnet6 | null {
    const { arrival, bytes, classes, source } = query;
    const link = query.field(Field.linkAddressOffset);
    if (query.isRelayed) {
      const subnet = this.#ofInterfaceId(query);
      if (subnet !== null) return subnet;
      if (link !== 0) return this.#behindRelay(bytes, link, classes);
    }
    const served = this.#byInterface.get(arrival.interfaceName);
    if (served !== undefined)
      for (let i = 0; i < served.length; i++) if (isSubnetOpen(served[i]!, classes)) return served[i]!;
    return this.containing(source, 0, classes);
  }

  #ofInterfaceId(query: Query6): CompiledSubnet6 | null {
    if (this.#byInterfaceId.isEmpty) return null;
    const range = this.#range;
    query.range(range, Field.interfaceIdOffset);
    if (range.length === 0) return null;
    return this.#byInterfaceId.firstOpen(range.bytes, range.offset, range.length, query.classes);
  }

  #behindRelay(bytes: Uint8Array, link: number, classes: ClassSet): CompiledSubnet6 | null {
    return this.#byRelay.firstOpen(bytes, link, IPV6_BYTES, classes) ?? this.containing(bytes, link, classes);
  }

  /** An address without what stands behind a prefix. @returns 16 octets, until the next call */
  #mask(bytes: Uint8Array, offset: number, length: number): Uint8Array {
    const masked = this.#masked;
    for (let i = 0; i < IPV6_BYTES; i++) {
      const bits = length - 8 * i;
      masked[i] = bits >= 8 ? bytes[offset + i]! : bits <= 0 ? 0 : bytes[offset + i]! & (0xff00 >>> bits);
    }
    return masked;
  }
}
