/** Server configurations in Kea's format, as Kea 2.2 and Tandem spell it. */
import { join } from 'node:path';

/** Hosts of the segment `servers`, 10.64.0.0/14. */
export const ADDRESS = {
  server1: '10.64.0.1',
  server2: '10.64.0.2',
  backup: '10.64.0.3',
  load: '10.64.0.10',
  fork: '10.64.0.20',
} as const;
export const SERVERS_PREFIX_LENGTH = 14;
export const SERVERS_SEGMENT = 'servers';

/** The subnet behind the relay: segment `clients`. */
export const CLIENTS = { subnet: '10.80.0.0/24', relay: '10.80.0.1', relayOnServers: '10.64.0.30' } as const;
export const CLIENTS_SEGMENT = 'clients';

/** The two that answer clients, and the one that only keeps leases. */
export type ServerName = 'server1' | 'server2';
export type PeerName = ServerName | 'backup';

/** Half of the addresses of the load each, so that load balancing can split them. */
const POOLS = [
  { prefix: '10.65.', pool: '10.65.0.0 - 10.65.255.255', owner: 'server1' },
  { prefix: '10.66.', pool: '10.66.0.0 - 10.66.255.255', owner: 'server2' },
] as const;
const CLIENT_POOLS = [
  { pool: '10.80.0.100 - 10.80.0.149', owner: 'server1' },
  { pool: '10.80.0.150 - 10.80.0.199', owner: 'server2' },
] as const;

/** Short, so that a takeover fits into a test; the limits of the tests are made of these. */
export const HA_TIMING = { heartbeatDelayMs: 500, maxResponseDelayMs: 2000, maxAckDelayMs: 1000 } as const;
export const PEER_PORT = 8000;

export type HaMode = 'hot-standby' | 'load-balancing';

/** Parameters by Kea's names that a story adds to the relationship, or puts in place of the usual ones. */
export interface HaParameters {
  readonly relationship?: Readonly<Record<string, unknown>>;
  /** By the name of the peer entry. */
  readonly peers?: Readonly<Partial<Record<PeerName, Readonly<Record<string, unknown>>>>>;
}

/** A library without parameters, or an entry of `hooks-libraries`. */
export type Library = string | { readonly library: string; readonly parameters: unknown };

export interface ConfigurationPlan {
  readonly name: PeerName;
  /** Where lease file and control socket go. */
  readonly directory: string;
  /** Null = a server without a partner. */
  readonly mode: HaMode | null;
  /** The relationship has a backup server. */
  readonly hasBackup?: boolean;
  readonly ha?: HaParameters;
  /** Default 4,000 s. */
  readonly validLifetimeSec?: number;
  /** Directory of the lease file when not `directory`. */
  readonly leaseDirectory?: string;
  /** Libraries to load beside the usual ones, by their file names. */
  readonly libraries?: readonly Library[];
  /** Keys of the Dhcp4 map that a story adds, or puts in place of the usual ones. */
  readonly dhcp4?: Readonly<Record<string, unknown>>;
}

export function leaseFileOf(plan: ConfigurationPlan): string {
  return join(plan.leaseDirectory ?? plan.directory, `${plan.name}.csv`);
}

export function socketOf(plan: ConfigurationPlan): string {
  return join(plan.directory, `${plan.name}.sock`);
}

/** Whose pool an address of the load is from, null for another address. */
export function poolOwnerOf(address: string): ServerName | null {
  return POOLS.find(({ prefix }) => address.startsWith(prefix))?.owner ?? null;
}

/** The configuration as the object that JSON.stringify turns into the file. */
export function configurationOf(plan: ConfigurationPlan): Record<string, unknown> {
  const lifetime = plan.validLifetimeSec ?? 4000;
  return {
    Dhcp4: {
      'interfaces-config': { interfaces: [SERVERS_SEGMENT], 'dhcp-socket-type': 'udp' },
      'control-socket': { 'socket-type': 'unix', 'socket-name': socketOf(plan) },
      'lease-database': { type: 'memfile', name: leaseFileOf(plan), persist: true, 'lfc-interval': 0 },
      'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 64 },
      'parked-packet-limit': 4096,
      'valid-lifetime': lifetime,
      'renew-timer': Math.floor(lifetime / 4),
      'rebind-timer': Math.floor(lifetime / 2),
      'hooks-libraries': hooksOf(plan),
      subnet4: [
        { id: 1, subnet: `10.64.0.0/${SERVERS_PREFIX_LENGTH}`, pools: poolsOf(POOLS, plan.mode) },
        {
          id: 2,
          subnet: CLIENTS.subnet,
          pools: poolsOf(CLIENT_POOLS, plan.mode),
          'option-data': [{ name: 'routers', data: CLIENTS.relay }],
        },
      ],
      loggers: loggersOf(),
      ...plan.dhcp4,
    },
  };
}

/** Tandem goes by the first. What Kea would log for every lease or command is left out. */
function loggersOf(): unknown[] {
  const quiet = ['leases', 'commands', 'lease-cmds-hooks'].map((part) => [`kea-dhcp4.${part}`, 'WARN']);
  return [['kea-dhcp4', 'INFO'], ...quiet].map(([name, severity]) => ({
    name,
    severity,
    output_options: [{ output: 'stdout' }],
  }));
}

function poolsOf(pools: readonly { pool: string; owner: string }[], mode: HaMode | null): unknown[] {
  return pools.map(({ pool, owner }) =>
    mode === 'load-balancing' ? { pool, 'client-class': `HA_${owner}` } : { pool },
  );
}

/** What the libraries of a server go by, in either family. */
export type HooksPlan = Pick<ConfigurationPlan, 'name' | 'mode' | 'hasBackup' | 'ha' | 'libraries'>;

/** The entries of `hooks-libraries`: lease commands, high availability where there is a partner, and the plan's own. */
export function hooksOf(plan: HooksPlan): unknown[] {
  const leaseCommands = { library: 'libdhcp_lease_cmds.so' };
  const others = plan.libraries?.map((each) => (typeof each === 'string' ? { library: each } : each)) ?? [];
  if (plan.mode === null) return [leaseCommands, ...others];
  const relationship = haOf(plan, plan.mode);
  const parameters = { 'high-availability': [relationship] };
  return [leaseCommands, { library: 'libdhcp_ha.so', parameters }, ...others];
}

/** With max-unacked-clients 0 silence alone means partner down, so a takeover has a deadline. */
function haOf(plan: HooksPlan, mode: HaMode): Record<string, unknown> {
  return {
    'this-server-name': plan.name,
    mode,
    'heartbeat-delay': HA_TIMING.heartbeatDelayMs,
    'max-response-delay': HA_TIMING.maxResponseDelayMs,
    'max-ack-delay': HA_TIMING.maxAckDelayMs,
    'max-unacked-clients': 0,
    'multi-threading': {
      'enable-multi-threading': true,
      'http-dedicated-listener': true,
      'http-listener-threads': 2,
      'http-client-threads': 2,
    },
    peers: peersOf(plan, mode),
    ...plan.ha?.relationship,
  };
}

function peersOf({ hasBackup = false, ha }: HooksPlan, mode: HaMode): unknown[] {
  const roles: readonly (readonly [PeerName, string])[] = [
    ['server1', 'primary'],
    ['server2', mode === 'hot-standby' ? 'standby' : 'secondary'],
    ...(hasBackup ? ([['backup', 'backup']] as const) : []),
  ];
  return roles.map(([name, role]) => ({ name, url: peerUrl(name), role, ...ha?.peers?.[name] }));
}

function peerUrl(name: PeerName): string {
  return `http://${ADDRESS[name]}:${PEER_PORT}/`;
}
