/**
 * The host reservations of the query in work: one object a shard. First `identify`, then `findGlobal` and `findIn`; what
 * was found stands until the next query.
 */
import { emptyRange } from '../../base/byte-range.ts';
import type { ClassSet } from '../../classes/class-set.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { kindOf, NO_IDENTIFIER } from '../../hosts/host-index.ts';
import type { ByteRange } from '../../lease/dhcp4/rows.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Query } from '../query.ts';
import { nextSubnet } from '../subnets/network.ts';
import type { CompiledHost, CompiledHosts } from './compiled-host.ts';

const HW_ADDRESS = kindOf('hw-address');
const DUID = kindOf('duid');
const CIRCUIT_ID = kindOf('circuit-id');
const CLIENT_ID = kindOf('client-id');
const FLEX_ID = kindOf('flex-id');
const KINDS = 5;

/** [RFC4361 6.1] A client identifier of this type is an IAID of four octets, then a DUID. */
const DUID_TYPE = 255;
const DUID_OFFSET = 5;
/** Sub-option of option 82 (RFC 3046 2.0). */
const CIRCUIT_ID_CODE = 1;

export class QueryHosts {
  /** What a hook makes of the query (flex_id); empty = nothing. It fills it before `identify`, for each query. */
  readonly flexId: ByteRange = emptyRange();
  /** The host at global scope, or null. */
  global: CompiledHost | null = null;
  readonly #hosts: CompiledHosts;
  /** Octets by kind; length 0 = the client has none. */
  readonly #ranges: readonly ByteRange[] = Array.from({ length: KINDS }, emptyRange);
  /** Numbers of the client's identifiers in the order in which they are tried; NO_IDENTIFIER = no host has it. */
  readonly #numbers = new Int32Array(KINDS);
  /** How many of them were looked up: up to the first that some host has, and further when that is not the one. */
  #looked = 0;
  /** No host has any of them. */
  #isStranger = true;
  /** The hosts in subnets. */
  readonly #found: CompiledHost[] = [];
  #foundCount = 0;

  constructor(hosts: CompiledHosts) {
    this.#hosts = hosts;
  }

  /** Reads what the client identifies itself with, and forgets what was found for the query before. */
  identify(query: Query): void {
    this.global = null;
    this.#foundCount = 0;
    this.#looked = 0;
    this.#isStranger = true;
    const { index, kinds } = this.#hosts;
    if (index.isEmpty) return;
    this.#readRanges(query);
    while (this.#isStranger && this.#looked < kinds.length) this.#lookUp(kinds[this.#looked]!);
  }

  #readRanges(query: Query): void {
    const { clientIdLength } = query;
    const { bytes, offset } = query.clientId;
    this.#setRange(HW_ADDRESS, query.bytes, query.hw.offset, query.hw.length);
    this.#setRange(CLIENT_ID, bytes, offset, clientIdLength);
    const isDuid = clientIdLength > DUID_OFFSET && bytes[offset] === DUID_TYPE;
    this.#setRange(DUID, bytes, offset + DUID_OFFSET, isDuid ? clientIdLength - DUID_OFFSET : 0);
    this.#readCircuitId(query);
    this.#setRange(FLEX_ID, this.flexId.bytes, this.flexId.offset, this.flexId.length);
  }

  #setRange(kind: number, bytes: Uint8Array, offset: number, length: number): void {
    const range = this.#ranges[kind]!;
    range.bytes = bytes;
    range.offset = offset;
    range.length = length;
  }

  /** [RFC3046 2.0] The first sub-option 1; one that runs past the end of option 82 is none. */
  #readCircuitId(query: Query): void {
    const { bytes } = query;
    let at = query.field(Field.agentOffset);
    const end = at + query.field(Field.agentLength);
    this.#setRange(CIRCUIT_ID, bytes, at, 0);
    while (at + 2 <= end) {
      const length = bytes[at + 1]!;
      if (at + 2 + length > end) return;
      if (bytes[at] === CIRCUIT_ID_CODE) return this.#setRange(CIRCUIT_ID, bytes, at + 2, length);
      at += 2 + length;
    }
  }

  #find(subnetId: number): CompiledHost | null {
    if (this.#isStranger) return null;
    const { index, kinds } = this.#hosts;
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
    const { bytes, offset, length } = this.#ranges[kind]!;
    const number = length === 0 ? NO_IDENTIFIER : this.#hosts.index.find(kind, bytes, offset, length);
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
  findIn(selected: CompiledSubnet, classes: ClassSet): void {
    if (this.#isStranger) return;
    const { global, inSubnet } = selected.hostModes;
    if (global) this.findGlobal();
    // [Kea] A subnet that looks at global reservations alone says so for its network.
    if (!inSubnet && global) return;
    for (let subnet: CompiledSubnet | null = selected; subnet !== null; ) {
      const host = subnet.hostModes.inSubnet ? this.#find(subnet.id) : null;
      if (host !== null) this.#found[this.#foundCount++] = host;
      subnet = nextSubnet(subnet, selected, classes);
    }
  }

  /** [Kea] The class KNOWN: some reservation was found, in whatever subnet of the network. */
  get isKnown(): boolean {
    return this.global !== null || this.#foundCount > 0;
  }

  #ofSubnet(id: number): CompiledHost | null {
    for (let i = 0; i < this.#foundCount; i++) if (this.#found[i]!.subnetId === id) return this.#found[i]!;
    return null;
  }

  /** The host that says something about the client in this subnet: its own, else the global one; null = none. */
  of({ hostModes, id }: CompiledSubnet): CompiledHost | null {
    if (!this.isKnown) return null;
    const { global, inSubnet } = hostModes;
    const own = inSubnet ? this.#ofSubnet(id) : null;
    return own ?? (global ? this.global : null);
  }

  /** The address reserved for the client in this subnet; 0 = none. */
  addressIn({ hostModes, id, mask, config }: CompiledSubnet): number {
    const { global, inSubnet } = hostModes;
    const own = inSubnet ? (this.#ofSubnet(id)?.addressInSubnet ?? 0) : 0;
    if (own !== 0) return own;
    const everywhere = global ? (this.global?.address ?? 0) : 0;
    // [Kea 3] Of use only in the subnet that it lies in: a client that is elsewhere gets any address.
    return everywhere !== 0 && (everywhere & mask) >>> 0 === config.prefix ? everywhere : 0;
  }

  /** Whether an address is kept for hosts, of which the client is none. */
  isKeptFromClient(address: number): boolean {
    // A host that was found already is the client, and has most probably been given this address.
    for (let i = 0; i < this.#foundCount; i++) if (this.#found[i]!.addressInSubnet === address) return false;
    const { reserved } = this.#hosts;
    const first = reserved.first(address);
    if (first < 0) return false;
    for (let at = first; ; at++) {
      const host = reserved.hostAt(at, address);
      if (host === null) return true;
      if (this.#isClient(host)) return false;
    }
  }

  /** Whether the client identifies itself as a host does. */
  #isClient({ kind, identifierBytes }: CompiledHost): boolean {
    const { bytes, offset, length } = this.#ranges[kind]!;
    if (length !== identifierBytes.length || !this.#hosts.kinds.includes(kind)) return false;
    for (let i = 0; i < length; i++) if (bytes[offset + i] !== identifierBytes[i]) return false;
    return true;
  }
}
