/** Reads Kea's lease files and checks the two promises of a pair: no address twice, no acknowledged lease lost. */
import { existsSync, readFileSync } from 'node:fs';
import type { CapturedReply } from './capture.ts';

export interface FiledLease {
  readonly address: string;
  readonly mac: string;
  readonly clientId: string;
  readonly validLifetimeSec: number;
  /** Seconds since 1970. */
  readonly expireSec: number;
  readonly subnetId: number;
  /** 0 assigned, 1 declined, 2 expired-reclaimed, 3 released. */
  readonly state: number;
}

export interface FiledLeases {
  /** Live rows by address. */
  readonly leases: ReadonlyMap<string, FiledLease>;
  readonly rows: number;
  /** Rows that do not have the columns of the header. A crash may tear the last one; no other may be bad. */
  readonly badRows: readonly string[];
}

const STATE_ASSIGNED = 0;

/**
 * Loads a lease file as Kea does at start: of the files that a clean-up leaves beside it the finished one, else .2
 * then .1, then the file itself; the last row of an address wins, a lifetime of 0 deletes.
 */
export function readLeaseFile(path: string): FiledLeases {
  const leases = new Map<string, FiledLease>();
  const { rows, badRows } = readRows(path);
  for (const lease of rows.map(leaseOf)) {
    if (lease.validLifetimeSec === 0) leases.delete(lease.address);
    else leases.set(lease.address, lease);
  }
  return { leases, rows: rows.length + badRows.length, badRows };
}

/** A field of a row by the name of its column, '' where the file has no such column. */
export type FiledRow = (column: string) => string;

/** The rows of a lease file of either family and of what a clean-up leaves beside it, the oldest first. */
export function readRows(path: string): { readonly rows: FiledRow[]; readonly badRows: string[] } {
  const older = existsSync(`${path}.completed`) ? [`${path}.completed`] : [`${path}.2`, `${path}.1`];
  const rows: FiledRow[] = [];
  const badRows: string[] = [];
  for (const file of [...older, path].filter(existsSync)) {
    const [header = '', ...lines] = readFileSync(file, 'utf8').split('\n');
    const columns = header.split(',');
    for (const line of lines.filter((each) => each !== '')) {
      const fields = line.split(',');
      if (fields.length === columns.length) rows.push((column) => fields[columns.indexOf(column)] ?? '');
      else badRows.push(line);
    }
  }
  return { rows, badRows };
}

function leaseOf(field: FiledRow): FiledLease {
  return {
    address: field('address'),
    mac: field('hwaddr'),
    clientId: field('client_id'),
    validLifetimeSec: Number(field('valid_lifetime')),
    expireSec: Number(field('expire')),
    subnetId: Number(field('subnet_id')),
    state: Number(field('state')),
  };
}

/** Who holds the lease: the client identifier where there is one, else the hardware address. */
export function holderOf(lease: FiledLease): string {
  return lease.clientId === '' ? lease.mac : lease.clientId;
}

/** Addresses that two files assign to different clients, as sentences; empty when the union is clean. */
export function findConflicts(files: Readonly<Record<string, FiledLeases>>): string[] {
  const conflicts: string[] = [];
  const first = new Map<string, { file: string; holder: string }>();
  for (const [file, { leases }] of Object.entries(files)) {
    for (const lease of leases.values()) {
      if (lease.state !== STATE_ASSIGNED) continue;
      const holder = holderOf(lease);
      const other = first.get(lease.address);
      if (other === undefined) first.set(lease.address, { file, holder });
      else if (other.holder !== holder) {
        conflicts.push(`${lease.address} is ${other.holder} in ${other.file}, ${holder} in ${file}`);
      }
    }
  }
  return conflicts;
}

/** The last acknowledged address of each client of a recording. */
export function acknowledgedLeases(replies: readonly CapturedReply[]): Map<string, CapturedReply> {
  const acknowledged = new Map<string, CapturedReply>();
  for (const reply of replies) {
    if (reply.type === 'ack') acknowledged.set(reply.mac, reply);
  }
  return acknowledged;
}

/** Acknowledged leases that a file does not hold for that client, as sentences; empty when none is missing. */
export function findMissing(acknowledged: ReadonlyMap<string, CapturedReply>, file: FiledLeases): string[] {
  const missing: string[] = [];
  for (const { mac, address, server } of acknowledged.values()) {
    const lease = file.leases.get(address);
    if (lease?.mac !== mac || lease.state !== STATE_ASSIGNED) {
      missing.push(
        `${address} was acknowledged to ${mac} by ${server}, the file has ${lease?.mac ?? 'no row'}`,
      );
    }
  }
  return missing;
}

/** Addresses that a recording shows acknowledged to two clients, as sentences. */
export function findDoubleAcknowledgements(replies: readonly CapturedReply[]): string[] {
  const owner = new Map<string, string>();
  const double: string[] = [];
  for (const { type, address, mac } of replies) {
    if (type !== 'ack') continue;
    const before = owner.get(address);
    if (before !== undefined && before !== mac)
      double.push(`${address} was acknowledged to ${before} and ${mac}`);
    owner.set(address, mac);
  }
  return double;
}
