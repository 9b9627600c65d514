/** The configurations of a pair on one machine's loopback, as Kea files; the demonstration and the benchmarks use them. */
import { formatIpv4 } from '../base/ipv4.ts';
import type { DemoMode } from './model.ts';

/** A configuration file: Kea's, with the one top-level map that a DHCPv4 server reads. */
export interface ServerConfiguration {
  readonly Dhcp4: Readonly<Record<string, unknown>>;
}

/** The same of a DHCPv6 server. */
export interface ServerConfiguration6 {
  readonly Dhcp6: Readonly<Record<string, unknown>>;
}

export type AnyConfiguration = ServerConfiguration | ServerConfiguration6;

/** Where in the network a server is. */
export interface Place {
  /** The address that it listens on, for everything. */
  readonly address: string;
  readonly interfaceName: string;
  /** The command that runs a program there, put before it; empty = it is here. */
  readonly enter: readonly string[];
}

/** What every machine has. */
export const LOOPBACK: Place = { address: '127.0.0.1', interfaceName: 'lo', enter: [] };

/** What tells one server on this machine from another. */
export interface ServerIdentity {
  readonly name: string;
  /** The address that clients know it by (option 54); on loopback both servers listen on 127.0.0.1. */
  readonly identifier: string;
  readonly peerPort: number;
  readonly controlPort: number;
  readonly leaseFile: string;
  readonly place: Place;
  /** Null = plain HTTP between the servers. */
  readonly tls: TlsFiles | null;
}

/** Kea's TLS parameters: paths of PEM files. */
export interface TlsFiles {
  readonly 'trust-anchor': string;
  readonly 'cert-file': string;
  readonly 'key-file': string;
}

export interface PairSettings {
  readonly mode: DemoMode;
  /** Primary first. */
  readonly members: readonly [ServerIdentity, ServerIdentity];
  readonly relayAddress: string;
  /** Addresses of each of the two pools. */
  readonly poolSize: number;
  readonly leaseTimeSec: number;
  readonly timing: PairTiming;
}

/** Kea's keys in camel case; milliseconds. */
export interface PairTiming {
  readonly heartbeatDelayMs: number;
  readonly maxResponseDelayMs: number;
  readonly maxAckDelayMs: number;
  readonly maxUnackedClients: number;
}

/** 10.0.0.0/8; the first pool begins at 10.1.0.0. */
const SUBNET = '10.0.0.0/8';
const POOLS_BEGIN = 0x0a010000;

/** The configuration of one server of a pair. @param index 0 = the primary */
export function pairConfig(settings: PairSettings, index: 0 | 1): ServerConfiguration {
  const member = settings.members[index];
  const base = singleConfig({ ...settings, ...member, pools: poolsOf(settings) });
  return {
    Dhcp4: {
      ...base.Dhcp4,
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        {
          library: 'libdhcp_ha.so',
          parameters: { 'high-availability': [haParameters(settings, member)] },
        },
      ],
    },
  };
}

/** What a server needs whether it has a partner or not. */
export interface SingleSettings
  extends Pick<ServerIdentity, 'identifier' | 'controlPort' | 'leaseFile' | 'place'> {
  readonly relayAddress: string;
  readonly leaseTimeSec: number;
  readonly pools: readonly object[];
}

/** The configuration of a server without a partner. */
export function singleConfig(settings: SingleSettings): ServerConfiguration {
  const { place } = settings;
  return {
    Dhcp4: {
      'interfaces-config': {
        interfaces: [`${place.interfaceName}/${place.address}`],
        'dhcp-socket-type': 'udp',
      },
      'lease-database': { type: 'memfile', persist: true, name: settings.leaseFile, 'lfc-interval': 0 },
      'control-sockets': [
        { 'socket-type': 'http', 'socket-address': place.address, 'socket-port': settings.controlPort },
      ],
      'valid-lifetime': settings.leaseTimeSec,
      'option-data': [
        { name: 'dhcp-server-identifier', data: settings.identifier },
        { name: 'routers', data: '10.0.0.1' },
      ],
      subnet4: [
        {
          id: 1,
          subnet: SUBNET,
          relay: { 'ip-addresses': [settings.relayAddress] },
          pools: settings.pools,
        },
      ],
    },
  };
}

/** A pool of `size` addresses; `position` pools of the same size lie before it. */
export function poolOf(position: number, size: number, clientClass: string | null = null): object {
  const first = POOLS_BEGIN + position * size;
  const pool = `${formatIpv4(first)} - ${formatIpv4(first + size - 1)}`;
  return clientClass === null ? { pool } : { pool, 'client-class': clientClass };
}

/** Load-balancing needs a pool a server, so that the two never offer the same address (a healthy pair's second guard). */
function poolsOf(settings: PairSettings): object[] {
  const guarded = settings.mode === 'load-balancing';
  return settings.members.map((member, position) =>
    poolOf(position, settings.poolSize, guarded ? `HA_${member.name}` : null),
  );
}

/** The relationship, as this server has it in its configuration; the same for both families. */
export function haParameters(
  settings: Pick<PairSettings, 'timing' | 'mode' | 'members'>,
  thisServer: ServerIdentity,
): object {
  const { timing, mode } = settings;
  const { tls } = thisServer;
  const secondRole = mode === 'load-balancing' ? 'secondary' : 'standby';
  return {
    'this-server-name': thisServer.name,
    mode,
    'heartbeat-delay': timing.heartbeatDelayMs,
    'max-response-delay': timing.maxResponseDelayMs,
    'max-ack-delay': timing.maxAckDelayMs,
    'max-unacked-clients': timing.maxUnackedClients,
    'multi-threading': { 'enable-multi-threading': true, 'http-dedicated-listener': true },
    ...tls,
    peers: settings.members.map((member, index) => ({
      name: member.name,
      url: `${tls === null ? 'http' : 'https'}://${member.place.address}:${member.peerPort}/`,
      role: index === 0 ? 'primary' : secondRole,
      'auto-failover': true,
    })),
  };
}
