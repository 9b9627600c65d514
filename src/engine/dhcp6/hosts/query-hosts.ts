/** The host reservations of the DHCPv6 query in work: one object a shard. First `identify`, then `findGlobal` and `findIn`. */
import { type ByteRange, emptyRange, equalBytes } from '../../../base/byte-range.ts';
import { kindOf } from '../../../hosts/host-index.ts';
import { ADDRESS_BYTES } from '../../../lease/dhcp6/model.ts';
import { HostSearch } from '../../hosts/host-search.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Query6 } from '../query.ts';
import type { CompiledHost6, CompiledHosts6, ReservedLease, ReservedLeases } from './compiled-host.ts';
import type { ClientHardware } from './hardware.ts';

const HW_ADDRESS = kindOf('hw-address');
const DUID = kindOf('duid');
const FLEX_ID = kindOf('flex-id');

export class QueryHosts6 extends HostSearch<CompiledHost6, CompiledSubnet6> {
  /** What a hook makes of the query (flex_id); empty = nothing. It fills it before `identify`, for each query. */
  readonly flexId: ByteRange = emptyRange();
  readonly #reserved: ReservedLeases;

  constructor(hosts: CompiledHosts6) {
    super(hosts);
    this.#reserved = hosts.reserved;
  }

  /** Reads what the client identifies itself with, and forgets what was found for the query before. */
  identify({ duid }: Query6, { address }: ClientHardware): void {
    if (!this.forget()) return;
    this.setRange(HW_ADDRESS, address.bytes, address.offset, address.length);
    this.setRange(DUID, duid.bytes, duid.offset, duid.length);
    this.setRange(FLEX_ID, this.flexId.bytes, this.flexId.offset, this.flexId.length);
    this.begin();
  }

  /** What is reserved for the client at an address in a subnet, or null. */
  reservationAt(
    subnet: CompiledSubnet6,
    type: number,
    bytes: Uint8Array,
    offset: number,
  ): ReservedLease | null {
    const host = this.of(subnet);
    if (host === null) return null;
    for (let i = 0; i < host.leases.length; i++) {
      const lease = host.leases[i]!;
      if (lease.type === type && equalBytes(lease.address, 0, bytes, offset, ADDRESS_BYTES)) return lease;
    }
    return null;
  }

  /** Whether an address, or what begins with it, is reserved for anybody anywhere, kept for it or not. */
  isReserved(bytes: Uint8Array, offset: number): boolean {
    return this.#reserved.isNamed(bytes, offset);
  }

  /** Whether an address, or what begins with it, is kept for hosts, of which the client is none. */
  isKeptFromClient(bytes: Uint8Array, offset: number): boolean {
    const hosts = this.#reserved.of(bytes, offset);
    if (hosts === null) return false;
    for (let i = 0; i < hosts.length; i++) if (this.isClient(hosts[i]!)) return false;
    return true;
  }
}
