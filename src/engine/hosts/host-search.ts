/**
 * Finds the host reservations of a query by what its client identifies itself with: the search that families have in
 * common, one object a shard. First `begin`, with `ranges` filled in, then `findGlobal` and `findIn`; what was found
 * stands until the next query.
 */
import { type ByteRange, emptyRange, equalsOctets } from '../../base/byte-range.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import { HOST_IDENTIFIERS, type HostModes } from '../../config/host-model.ts';
import { type HostIndex, type IdentifiedHost, NO_IDENTIFIER } from '../../hosts/host-index.ts';
import { type NetworkMember, nextSubnet } from '../subnets/network.ts';

/** A host, as far as it is looked for. */
export interface SearchedHost extends IdentifiedHost {
  /** Number of the kind of identifier. */
  readonly kind: number;
}

/** The hosts of a configuration, to be found by identifier. */
export interface HostTable<Host extends SearchedHost> {
  readonly index: HostIndex<Host>;
  /** In which order the kinds of identifiers are tried. */
  readonly kinds: readonly number[];
}

/** A subnet, as far as hosts are looked for in it. */
export interface HostSubnet<Subnet> extends NetworkMember<Subnet> {
  readonly id: number;
  readonly hostModes: HostModes;
}

export class HostSearch<Host extends SearchedHost, Subnet extends HostSubnet<Subnet>> {
  /** The host at global scope, or null. */
  global: Host | null = null;
  /** Octets by kind; length 0 = the client has none. */
  protected readonly ranges: readonly ByteRange[] = HOST_IDENTIFIERS.map(emptyRange);
  readonly #table: HostTable<Host>;
  /** Numbers of the client's identifiers in the order in which they are tried; NO_IDENTIFIER = no host has it. */
  readonly #numbers = new Int32Array(HOST_IDENTIFIERS.length);
  /** How many of them were looked up: up to the first that some host has, and further when that is not the one. */
  #looked = 0;
  /** No host has any of them. */
  #isStranger = true;
  /** The hosts in subnets. */
  readonly #found: Host[] = [];
  #foundCount = 0;

  constructor(table: HostTable<Host>) {
    this.#table = table;
  }

  /** Forgets what was found for the query before. @returns whether there are hosts to be found */
  protected forget(): boolean {
    this.global = null;
    this.#foundCount = 0;
    this.#looked = 0;
    this.#isStranger = true;
    return !this.#table.index.isEmpty;
  }

  /** Begins with what stands in `ranges`. */
  protected begin(): void {
    const { kinds } = this.#table;
    while (this.#isStranger && this.#looked < kinds.length) this.#lookUp(kinds[this.#looked]!);
  }

  protected setRange(kind: number, bytes: Uint8Array, offset: number, length: number): void {
    const range = this.ranges[kind]!;
    range.bytes = bytes;
    range.offset = offset;
    range.length = length;
  }

  #find(subnetId: number): Host | null {
    if (this.#isStranger) return null;
    const { index, kinds } = this.#table;
    for (let i = 0; i < kinds.length; i++) {
      if (i === this.#looked) this.#lookUp(kinds[i]!);
      const number = this.#numbers[i]!;
      const host = number === NO_IDENTIFIER ? null : index.host(number, subnetId);
      if (host !== null) return host;
    }
    return null;
  }

  /** Looks up the next identifier. */
  #lookUp(kind: number): void {
    const { bytes, offset, length } = this.ranges[kind]!;
    const number = length === 0 ? NO_IDENTIFIER : this.#table.index.find(kind, bytes, offset, length);
    this.#numbers[this.#looked++] = number;
    if (number !== NO_IDENTIFIER) this.#isStranger = false;
  }

  /** Looks for the client's host at global scope. */
  findGlobal(): void {
    if (this.global === null) this.global = this.#find(0);
  }

  /**
   * Looks for the client's hosts in the selected subnet and in those of its network that are open to the query, as the
   * modes of each say.
   */
  findIn(selected: Subnet, classes: ClassSet): void {
    if (this.#isStranger) return;
    const { global, inSubnet } = selected.hostModes;
    if (global) this.findGlobal();
    // [Kea] A subnet that looks at global reservations alone says so for its network.
    if (!inSubnet && global) return;
    for (let subnet: Subnet | null = selected; subnet !== null; ) {
      const host = subnet.hostModes.inSubnet ? this.#find(subnet.id) : null;
      if (host !== null) this.#found[this.#foundCount++] = host;
      subnet = nextSubnet(subnet, selected, classes);
    }
  }

  /** [Kea] The class KNOWN: some reservation was found, in whatever subnet of the network. */
  get isKnown(): boolean {
    return this.global !== null || this.#foundCount > 0;
  }

  /** Hosts found in subnets, and each of them. */
  protected get foundCount(): number {
    return this.#foundCount;
  }

  protected found(i: number): Host {
    return this.#found[i]!;
  }

  /** The client's host that is of the subnet itself, or null. */
  protected ofSubnet(id: number): Host | null {
    for (let i = 0; i < this.#foundCount; i++) if (this.#found[i]!.subnetId === id) return this.#found[i]!;
    return null;
  }

  /** The host that says something about the client in this subnet: its own, else the global one; null = none. */
  of({ hostModes, id }: HostSubnet<Subnet>): Host | null {
    if (!this.isKnown) return null;
    const { global, inSubnet } = hostModes;
    const own = inSubnet ? this.ofSubnet(id) : null;
    return own ?? (global ? this.global : null);
  }

  /** Whether the client identifies itself as a host does. */
  protected isClient({ kind, identifierBytes }: SearchedHost): boolean {
    return this.#table.kinds.includes(kind) && equalsOctets(this.ranges[kind]!, identifierBytes);
  }
}
