/** The leases of DHCPv6 as DNS is told of them: a client is its DUID, without the IAID in front. [RFC4701 3.3] */
import { setRange } from '../../../base/byte-range.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { ADDRESS_BYTES, LeaseType } from '../../../lease/dhcp6/model.ts';
import { DnsIdentifier, type NamedLease } from '../../names/dns-log.ts';

/** A `NamedLeaseReader`. A prefix keeps the name of its client, and DNS hears nothing of it. */
export function readNamedLease6({ table: { rows } }: LeaseBook6, slot: number, out: NamedLease): void {
  out.subnetId = rows.subnetId(slot);
  out.validLifetimeSec = rows.validLifetimeSec(slot);
  setRange(out.address, rows.bytes, rows.addressOffset(slot), ADDRESS_BYTES);
  out.identifierType = DnsIdentifier.duid;
  rows.duidRange(slot, out.identifier);
  rows.hostNameRange(slot, out.name);
  if (rows.type(slot) === LeaseType.pd) out.name.length = 0;
}
