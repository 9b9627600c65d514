/** The configuration of a simulated pair. */
import type { Family } from './family.ts';
import { serverAddress4 } from './places.ts';

/** Of a pair and its only subnet. */
export interface PairSettings {
  readonly mode: string;
  readonly leaseSec: number;
  /** Of each pool. */
  readonly addresses: number;
  readonly shards: number;
  readonly unacked: number;
  /** Between two clean-ups of the lease file; 0 = none. */
  readonly cleanupSec: number;
}

/** @param number 1 or 2 */
export function configurationOf(family: Family, number: number, settings: PairSettings): object {
  const { mode, leaseSec, shards, unacked, cleanupSec } = settings;
  const peers = [1, 2].map((peer) => ({
    name: `server${peer}`,
    url: `http://${serverAddress4(peer)}:8000/`,
    role: peer === 1 ? 'primary' : mode === 'hot-standby' ? 'standby' : 'secondary',
  }));
  const relationship = {
    'this-server-name': `server${number}`,
    mode,
    'heartbeat-delay': 10_000,
    'max-response-delay': 60_000,
    'max-ack-delay': 5_000,
    'max-unacked-clients': unacked,
    'restrict-commands': false,
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
      'valid-lifetime': leaseSec,
      // Shorter than the quiet at the end: until then a declined address is nobody's.
      'decline-probation-period': 300,
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
      ],
      ...family.configure(number, settings),
    },
  };
}

/** What one pool becomes for a mode: in load-balancing each server has its own. @param poolOf the n-th of equal pools, 0... */
export function poolsOf(mode: string, poolOf: (place: number) => object): object[] {
  if (mode === 'hot-standby') return [poolOf(0)];
  return [0, 1].map((place) => ({ ...poolOf(place), 'client-class': `HA_server${place + 1}` }));
}
