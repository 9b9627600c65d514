/** The configurations of the servers of a simulated relationship. */
import type { Family } from './family.ts';
import { serverAddress4 } from './places.ts';
import { membersOf, type PairSettings, relationshipOf } from './relationship.ts';

/** More than there are addresses and prefixes: a small table is quickly made. */
const LEASES_MAX = 1024;

/** Shorter than the quiet at the end: until then a declined address is nobody's. */
export const PROBATION_SEC = 300;

/** @param number of the server, 1... */
export function configurationOf(family: Family, number: number, settings: PairSettings): object {
  const { mode, leaseSec, shards, unacked, cleanupSec, pageLimit, heartbeatMs } = settings;
  const peers = membersOf(relationshipOf(settings)).map((at) => ({
    name: `server${at + 1}`,
    url: `http://${serverAddress4(at + 1)}:8000/`,
    role: roleOf(settings, at),
  }));
  const relationship = {
    'this-server-name': `server${number}`,
    mode,
    'heartbeat-delay': heartbeatMs,
    'max-response-delay': 60_000,
    'max-ack-delay': 5_000,
    'max-unacked-clients': unacked,
    'sync-page-limit': pageLimit,
    'restrict-commands': false,
    'wait-backup-ack': settings.isBackupAwaited,
    'multi-threading': { 'enable-multi-threading': true, 'http-dedicated-listener': true },
    peers,
  };
  return {
    [family.root]: {
      'lease-database': {
        type: 'memfile',
        name: family.leaseFile,
        persist: true,
        'lfc-interval': cleanupSec,
      },
      'multi-threading': {
        'enable-multi-threading': true,
        'thread-pool-size': shards,
        'packet-queue-size': 64,
      },
      'user-context': { tandem: { 'max-leases': LEASES_MAX } },
      'valid-lifetime': leaseSec,
      'decline-probation-period': PROBATION_SEC,
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
      ],
      ...family.configure(number, settings),
    },
  };
}

function roleOf(settings: PairSettings, at: number): string {
  if (relationshipOf(settings).backups.includes(at)) return 'backup';
  if (at === 0) return 'primary';
  return settings.mode === 'hot-standby' ? 'standby' : 'secondary';
}

/** What one pool becomes for a mode: in load-balancing each server has its own. @param poolOf the n-th of equal pools, 0... */
export function poolsOf(mode: string, poolOf: (place: number) => object): object[] {
  if (mode !== 'load-balancing') return [poolOf(0)];
  return [0, 1].map((place) => ({ ...poolOf(place), 'client-class': `HA_server${place + 1}` }));
}
