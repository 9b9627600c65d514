/** Reads a server's lease file as a restarted server would see it: the last row of an address counts. */
import type { Ipv4 } from '../base/ipv4.ts';
import { systemFiles } from '../journal/files.ts';
import { readLeaseFile } from '../journal/read.ts';
import { leaseOfRecord } from '../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import type { LeaseRecord } from '../lease/dhcp4/record.ts';
import { rowCodec4 } from '../lease/dhcp4/row-codec.ts';

/**
 * Reads every lease of a file.
 * @returns the leases by address; a row with valid lifetime 0 has deleted its address
 * @throws when the file cannot be opened, is refused, or has a row that cannot be read
 */
export function readLeases(path: string): ReadonlyMap<Ipv4, Lease4> {
  const leases = new Map<Ipv4, Lease4>();
  let faultyLine = 0;
  const outcome = readLeaseFile(rowCodec4, systemFiles, path, {
    row: (record: LeaseRecord) => {
      if (record.validLifetimeSec === 0) leases.delete(record.address);
      else leases.set(record.address, leaseOfRecord(record));
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
