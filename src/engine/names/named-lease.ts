/** The leases of DHCPv4 as DNS is told of them. */
import { setRange } from '../../base/byte-range.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import { HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp4/record.ts';
import { DnsIdentifier, type NamedLease } from './dns-log.ts';

/** First octet of a client identifier that holds a DUID behind four octets of IAID. [RFC4361 6.1] */
const TYPE_DUID = 255;
const DUID_OFFSET = 5;
const ADDRESS_BYTES = 4;

const address = new Uint8Array(ADDRESS_BYTES);
const addressView = new DataView(address.buffer);
const hardware = new Uint8Array(1 + HARDWARE_ADDRESS_BYTES_MAX);

/** A `NamedLeaseReader`. [RFC4701 3.3] What of a client identifies it: a DUID, another client identifier, the hardware address. */
export function readNamedLease(book: LeaseBook, slot: number, out: NamedLease): void {
  const lease = book.recordOf(slot);
  const { clientId, clientIdLength, clientIdOffset } = lease;
  out.subnetId = lease.subnetId;
  out.validLifetimeSec = lease.validLifetimeSec;
  addressView.setUint32(0, lease.address);
  setRange(out.address, address, 0, ADDRESS_BYTES);
  setRange(out.name, lease.hostname, lease.hostnameOffset, lease.hostnameLength);
  if (clientIdLength > 0) {
    const isDuid = clientId[clientIdOffset] === TYPE_DUID;
    const skipped = isDuid ? Math.min(DUID_OFFSET, clientIdLength) : 0;
    out.identifierType = isDuid ? DnsIdentifier.duid : DnsIdentifier.clientId;
    setRange(out.identifier, clientId, clientIdOffset + skipped, clientIdLength - skipped);
    return;
  }
  const { hw, hwLength, hwOffset } = lease;
  hardware[0] = book.table.rows.htype(slot);
  for (let i = 0; i < hwLength; i++) hardware[1 + i] = hw[hwOffset + i]!;
  out.identifierType = DnsIdentifier.hardwareAddress;
  setRange(out.identifier, hardware, 0, hwLength === 0 ? 0 : 1 + hwLength);
}
