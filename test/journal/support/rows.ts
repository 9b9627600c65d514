/** Leases by number, their rows, and a table that takes what a load hands over. */

import { systemClock } from '../../../src/base/clock.ts';
import { formatIpv4, type Ipv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import { type FileSystem, systemFiles } from '../../../src/journal/files.ts';
import type { LoadOutcome, LoadReport } from '../../../src/journal/load.ts';
import { encodeLease, leaseOfRecord } from '../../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { LeaseRecord } from '../../../src/lease/dhcp4/record.ts';
import { LEASE_FILE_HEADER, loadLeaseFiles } from './dhcp4.ts';

export const HEADER = LEASE_FILE_HEADER;
/** Header of Kea 2.2. */
export const HEADER_2_1 = HEADER.replace(',pool_id', '');
const NOW_SEC = 1_795_214_936;

/** Address of the lease with a number, from 0. */
export function addressOf(number: number): Ipv4 {
  return parseIpv4('10.0.0.1')! + number;
}

export function leaseNumber(number: number, change: Partial<Lease4> = {}): Lease4 {
  return {
    address: addressOf(number),
    hwAddress: Uint8Array.of(2, 0, number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255),
    clientId: null,
    validLifetimeSec: 3600,
    clttSec: NOW_SEC,
    subnetId: 1,
    poolId: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: `host-${number}`,
    state: 0,
    userContext: '',
    ...change,
  };
}

/** The row of a lease as bytes, newline included. */
export function rowBytes(number: number, change: Partial<Lease4> = {}): Uint8Array {
  const row = encodeLease(leaseNumber(number, change));
  if (row === null) throw new Error('the test lease fits no row');
  return row;
}

export function rowText(number: number, change: Partial<Lease4> = {}): string {
  return Buffer.from(rowBytes(number, change)).toString('latin1');
}

/** As Kea deletes: valid lifetime 0, expire = last transaction. */
export function deletionText(number: number): string {
  return rowText(number, { validLifetimeSec: 0 });
}

/** Takes leases as the lease table does, up to a capacity. */
export class LeaseMap {
  readonly leases = new Map<string, Lease4>();
  readonly #capacity: number;

  constructor(capacity = Number.POSITIVE_INFINITY) {
    this.#capacity = capacity;
  }

  put(record: LeaseRecord): 'kept' | 'full' {
    const key = formatIpv4(record.address);
    if (this.leases.size >= this.#capacity && !this.leases.has(key)) return 'full';
    this.leases.set(key, leaseOfRecord(record));
    return 'kept';
  }

  remove(address: Ipv4): void {
    this.leases.delete(formatIpv4(address));
  }

  /** `10.0.0.1 host-0`, ascending: which lease is there, and in which version. */
  summary(): string[] {
    const leases = [...this.leases.values()].sort((a, b) => a.address - b.address);
    return leases.map(({ address, hostname }) => `${formatIpv4(address)} ${hostname}`);
  }
}

/** Loads and expects that it works. */
export function loadAll(path: string, files?: FileSystem): { map: LeaseMap; report: LoadReport } {
  const map = new LeaseMap();
  const outcome = tryLoad(path, map, 0, files);
  if (outcome.kind === 'refused') throw new Error(outcome.reason);
  return { map, report: outcome.report };
}

export function tryLoad(
  path: string,
  map = new LeaseMap(),
  maxRowErrors = 0,
  files: FileSystem = systemFiles,
): LoadOutcome {
  return loadLeaseFiles({ path, maxRowErrors }, map, systemClock, files);
}
