/** Relationship configurations for the HA tests, as the configuration loader would produce them. */
import type { HaMode, HaPeerConfig, HaRelationshipConfig, HaRole } from '../../../src/config/ha-model.ts';

export function peer(name: string, role: HaRole, autoFailover = true): HaPeerConfig {
  return {
    name,
    role,
    url: { host: '127.0.0.1', port: 9000 + name.length, ipv6: false },
    autoFailover,
    tls: null,
    basicAuth: null,
  };
}

const PEERS: Record<HaMode, readonly HaPeerConfig[]> = {
  'load-balancing': [peer('server1', 'primary'), peer('server2', 'secondary'), peer('server3', 'backup')],
  'hot-standby': [peer('server1', 'primary'), peer('server2', 'standby'), peer('server3', 'backup')],
  'passive-backup': [peer('server1', 'primary'), peer('server3', 'backup')],
};

/** Kea's defaults by mode: server1 is the primary, server2 the other active one, server3 a backup. */
export function relationship(
  mode: HaMode,
  thisServerName: string,
  changes: Partial<HaRelationshipConfig> = {},
): HaRelationshipConfig {
  return {
    thisServerName,
    mode,
    heartbeatDelayMs: 10_000,
    maxResponseDelayMs: 60_000,
    maxAckDelayMs: 10_000,
    maxUnackedClients: 10,
    maxRejectedLeaseUpdates: 10,
    delayedUpdatesLimit: mode === 'load-balancing' ? 100 : 0,
    sendLeaseUpdates: true,
    syncLeases: true,
    syncTimeoutMs: 60_000,
    syncPageLimit: 10_000,
    waitBackupAck: false,
    requireClientCerts: true,
    restrictCommands: true,
    multiThreading: {
      enabled: true,
      httpDedicatedListener: true,
      httpListenerThreads: 0,
      httpClientThreads: 0,
    },
    pauses: {},
    peers: PEERS[mode],
    ...changes,
  };
}

/** The same peers with one's auto-failover switched off. */
export function withoutAutoFailover(config: HaRelationshipConfig): HaRelationshipConfig {
  return {
    ...config,
    peers: config.peers.map((entry) => ({ ...entry, autoFailover: entry.name !== config.thisServerName })),
  };
}
