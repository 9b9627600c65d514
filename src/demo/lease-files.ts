/** Reads a server's lease file as a restarted server would see it: the last row of an address counts. */
import { formatHex } from '../base/hex.ts';
import { formatIpv4, type Ipv4 } from '../base/ipv4.ts';
import { systemFiles } from '../journal/files.ts';
import { readLeaseFile } from '../journal/read.ts';
import { leaseOfRecord } from '../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import { rowCodec4 } from '../lease/dhcp4/row-codec.ts';
import type { LeaseRecord6 } from '../lease/dhcp6/record.ts';
import { rowCodec6 } from '../lease/dhcp6/row-codec.ts';
import type { RowCodec } from '../lease/row-codec.ts';
import type { LeaseState } from '../lease/state.ts';
import { formatLease6 } from '../load/dhcp6/ledger6.ts';
import { clientOfDuid, clientOfHardwareAddress } from '../load/identity.ts';
import type { DiskLease } from './invariants.ts';

/**
 * Reads every lease of a file.
 * @returns the leases by address; a row with valid lifetime 0 has deleted its address
 * @throws when the file cannot be opened, is refused, or has a row that cannot be read
 */
export function readLeases(path: string): ReadonlyMap<Ipv4, Lease4> {
  return readLast(rowCodec4, path, (record: LeaseRecord) => [record.address, leaseOfRecord(record)] as const);
}

/** The same by address as text, with the clients of a load. @param seed of the load */
export function readDiskLeases4(path: string, seed: number): ReadonlyMap<string, DiskLease> {
  const leases = [...readLeases(path).values()].map((lease) => {
    const { address, hwAddress, state, clttSec, validLifetimeSec } = lease;
    const client = clientOfHardwareAddress(hwAddress, seed);
    const disk = { client, owner: formatHex(hwAddress), state, endSec: clttSec + validLifetimeSec };
    return [formatIpv4(address), disk] as const;
  });
  return new Map(leases);
}

/** The same of DHCPv6, by address or prefix as text. @throws as `readLeases` */
export function readDiskLeases6(path: string, seed: number): ReadonlyMap<string, DiskLease> {
  return readLast(rowCodec6, path, ({ address, prefixLength, duid, state, expireSec }: LeaseRecord6) => {
    const { bytes, offset, length } = duid;
    const id = bytes.slice(offset, offset + length);
    const from = address.bytes.slice(address.offset, address.offset + address.length);
    const lease = {
      client: clientOfDuid(id, seed),
      owner: formatHex(id),
      state: state as LeaseState,
      endSec: expireSec,
    };
    return [formatLease6(from, prefixLength), lease] as const;
  });
}

/** What the last row of each name says. @throws as `readLeases` */
function readLast<Row extends { readonly validLifetimeSec: number }, Address, Name, Lease>(
  codec: RowCodec<Row, Address>,
  path: string,
  read: (record: Row) => readonly [Name, Lease],
): ReadonlyMap<Name, Lease> {
  const leases = new Map<Name, Lease>();
  let faultyLine = 0;
  const outcome = readLeaseFile(codec, systemFiles, path, {
    row: (record: Row) => {
      const [name, lease] = read(record);
      if (record.validLifetimeSec === 0) leases.delete(name);
      else leases.set(name, lease);
    },
    fault: (_fault, line) => {
      faultyLine = line;
      return false;
    },
  });
  if (outcome.kind === 'stopped') throw new Error(`${path}: line ${faultyLine} cannot be read`);
  if (outcome.kind === 'refused') throw new Error(`${path}: ${outcome.reason}`);
  return leases;
}
