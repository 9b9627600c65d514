/** One DHCPv6 server under test on a host of a network: Tandem, or the real Kea in its place. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PeerName, SERVERS_SEGMENT, type ServerName } from './configuration.ts';
import { type HaServer, haStatesOf } from './ha-states.ts';
import { type ServerKind, spelled } from './kea.ts';
import { type FiledRow, readRows } from './lease-files.ts';
import type { Network } from './network.ts';
import { createServerProcess } from './server-process.ts';

export interface ServerPlan6 {
  /** Of the server and of its host. */
  readonly name: string;
  /** Where configuration, lease file, DUID and control socket are. */
  readonly directory: string;
  /** Keys of the Dhcp6 map beside the usual ones, or in their place. */
  readonly dhcp6: Readonly<Record<string, unknown>>;
}

export interface FiledLease6 {
  /** 0 = address, 2 = prefix. */
  readonly type: number;
  /** With the length behind it where it is a prefix. */
  readonly address: string;
  readonly duid: string;
  readonly iaid: number;
  readonly subnetId: number;
  readonly preferredLifetimeSec: number;
  readonly validLifetimeSec: number;
  /** Seconds since 1970. */
  readonly expireSec: number;
  /** 0 assigned, 1 declined, 2 expired-reclaimed, 3 released. */
  readonly state: number;
}

export interface DhcpServer6 extends HaServer {
  readonly leaseFile: string;
  /** The leases of the file, declined and released ones among them. @throws Error when a row is torn */
  leases(): FiledLease6[];
}

const PREFIX_TYPE = 2;
/** ISC's. */
const ENTERPRISE = 2495;
const IDENTIFIERS = { server1: '01', server2: '02', backup: '03' } as const;

/** The `server-id` of a server of a pair. */
export function serverId6(name: PeerName): Readonly<Record<string, unknown>> {
  return { type: 'EN', 'enterprise-id': ENTERPRISE, identifier: IDENTIFIERS[name], persist: false };
}

/** The DUID by it, in hexadecimal digits. [RFC8415 11.3] */
export function serverDuid6(name: ServerName): string {
  return `0002${ENTERPRISE.toString(16).padStart(8, '0')}${IDENTIFIERS[name]}`;
}

/** A server that is not started yet. */
export function createServer6(network: Network, kind: ServerKind, plan: ServerPlan6): DhcpServer6 {
  const { name, directory, dhcp6 } = plan;
  const configFile = join(directory, `${name}.json`);
  const leaseFile = join(directory, `${name}.csv`);
  const socket = join(directory, `${name}.sock`);
  const usual = {
    'interfaces-config': { interfaces: [SERVERS_SEGMENT] },
    'control-socket': { 'socket-type': 'unix', 'socket-name': socket },
    'lease-database': { type: 'memfile', name: leaseFile, persist: true, 'lfc-interval': 0 },
    'multi-threading': { 'enable-multi-threading': false },
    loggers: [{ name: 'kea-dhcp6', severity: 'INFO', output_options: [{ output: 'stdout' }] }],
  };
  const configure = (): void => {
    const configuration = { Dhcp6: { ...usual, ...dhcp6 } };
    writeFileSync(configFile, JSON.stringify(spelled(kind, configuration), null, 2));
  };
  const process = createServerProcess(network, kind, {
    daemon: 'kea-dhcp6',
    name,
    directory,
    configFile,
    socket,
    configure,
  });
  return {
    ...process,
    ...haStatesOf(process),
    leaseFile,
    leases: () => readLeaseFile6(leaseFile),
  };
}

function readLeaseFile6(path: string): FiledLease6[] {
  const { rows, badRows } = readRows(path);
  if (badRows.length > 0) throw new Error(`${path}: torn rows: ${badRows.join('; ')}`);
  const leases = new Map<string, FiledLease6>();
  for (const lease of rows.map(leaseOf)) {
    const key = `${lease.type} ${lease.address}`;
    if (lease.validLifetimeSec === 0) leases.delete(key);
    else leases.set(key, lease);
  }
  return [...leases.values()];
}

function leaseOf(field: FiledRow): FiledLease6 {
  const type = Number(field('lease_type'));
  return {
    type,
    address: type === PREFIX_TYPE ? `${field('address')}/${field('prefix_len')}` : field('address'),
    duid: field('duid'),
    iaid: Number(field('iaid')),
    subnetId: Number(field('subnet_id')),
    preferredLifetimeSec: Number(field('pref_lifetime')),
    validLifetimeSec: Number(field('valid_lifetime')),
    expireSec: Number(field('expire')),
    state: Number(field('state')),
  };
}
