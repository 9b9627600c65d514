/** The relationship of server1, as tests of its peer port have it. */
import type { HaPeerConfig, HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import { peerAt } from './peers.ts';

/** @param own of the entry of server1 itself */
export function relationshipOf(
  own: Partial<HaPeerConfig>,
  changes: Partial<HaRelationshipConfig> = {},
): HaRelationshipConfig {
  return {
    thisServerName: 'server1',
    mode: 'load-balancing',
    heartbeatDelayMs: 10_000,
    maxResponseDelayMs: 60_000,
    maxAckDelayMs: 10_000,
    maxUnackedClients: 10,
    maxRejectedLeaseUpdates: 10,
    delayedUpdatesLimit: 100,
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
    peers: [peerAt(0, { name: 'server2' }), peerAt(0, { name: 'server1', role: 'primary', ...own })],
    ...changes,
  };
}
