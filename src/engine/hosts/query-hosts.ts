/**
 * The host reservations of the query in work: one object a shard. First `identify`, then `findGlobal` and `findIn`; what
 * was found stands until the next query.
 */
import { emptyRange } from '../../base/byte-range.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { kindOf } from '../../hosts/host-index.ts';
import type { ReservedAddresses } from '../../hosts/reserved-addresses.ts';
import type { ByteRange } from '../../lease/dhcp4/rows.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Query } from '../query.ts';
import type { CompiledHost, CompiledHosts } from './compiled-host.ts';
import { HostSearch } from './host-search.ts';

const HW_ADDRESS = kindOf('hw-address');
const DUID = kindOf('duid');
const CIRCUIT_ID = kindOf('circuit-id');
const CLIENT_ID = kindOf('client-id');
const FLEX_ID = kindOf('flex-id');

/** [RFC4361 6.1] A client identifier of this type is an IAID of four octets, then a DUID. */
const DUID_TYPE = 255;
const DUID_OFFSET = 5;
/** Sub-option of option 82 (RFC 3046 2.0). */
const CIRCUIT_ID_CODE = 1;

export class QueryHosts extends HostSearch<CompiledHost, CompiledSubnet> {
  /** What a hook makes of the query (flex_id); empty = nothing. It fills it before `identify`, for each query. */
  readonly flexId: ByteRange = emptyRange();
  readonly #reserved: ReservedAddresses<CompiledHost>;

  constructor(hosts: CompiledHosts) {
    super(hosts);
    this.#reserved = hosts.reserved;
  }

  /** Reads what the client identifies itself with, and forgets what was found for the query before. */
  identify(query: Query): void {
    if (!this.forget()) return;
    this.#readRanges(query);
    this.begin();
  }

  #readRanges(query: Query): void {
    const { clientIdLength } = query;
    const { bytes, offset } = query.clientId;
    this.setRange(HW_ADDRESS, query.bytes, query.hw.offset, query.hw.length);
    this.setRange(CLIENT_ID, bytes, offset, clientIdLength);
    const isDuid = clientIdLength > DUID_OFFSET && bytes[offset] === DUID_TYPE;
    this.setRange(DUID, bytes, offset + DUID_OFFSET, isDuid ? clientIdLength - DUID_OFFSET : 0);
    this.#readCircuitId(query);
    this.setRange(FLEX_ID, this.flexId.bytes, this.flexId.offset, this.flexId.length);
  }

  /** [RFC3046 2.0] The first sub-option 1; one that runs past the end of option 82 is none. */
  #readCircuitId(query: Query): void {
    const { bytes } = query;
    let at = query.field(Field.agentOffset);
    const end = at + query.field(Field.agentLength);
    this.setRange(CIRCUIT_ID, bytes, at, 0);
    while (at + 2 <= end) {
      const length = bytes[at + 1]!;
      if (at + 2 + length > end) return;
      if (bytes[at] === CIRCUIT_ID_CODE) return this.setRange(CIRCUIT_ID, bytes, at + 2, length);
      at += 2 + length;
    }
  }

  /** The address reserved for the client in this subnet; 0 = none. */
  addressIn({ hostModes, id, mask, config }: CompiledSubnet): number {
    const { global, inSubnet } = hostModes;
    const own = inSubnet ? (this.ofSubnet(id)?.addressInSubnet ?? 0) : 0;
    if (own !== 0) return own;
    const everywhere = global ? (this.global?.address ?? 0) : 0;
    // [Kea 3] Of use only in the subnet that it lies in: a client that is elsewhere gets any address.
    return everywhere !== 0 && (everywhere & mask) >>> 0 === config.prefix ? everywhere : 0;
  }

  /** Whether an address is kept for hosts, of which the client is none. */
  isKeptFromClient(address: number): boolean {
    // A host that was found already is the client, and has most probably been given this address.
    for (let i = 0; i < this.foundCount; i++) if (this.found(i).addressInSubnet === address) return false;
    const reserved = this.#reserved;
    const first = reserved.first(address);
    if (first < 0) return false;
    for (let at = first; ; at++) {
      const host = reserved.hostAt(at, address);
      if (host === null) return true;
      if (this.isClient(host)) return false;
    }
  }
}
