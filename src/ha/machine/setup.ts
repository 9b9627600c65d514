/** Who is who in the relationship, worked out once from the configuration. */
import { assert } from '../../base/assert.ts';
import type { HaPeerConfig, HaRelationshipConfig } from '../../config/ha-model.ts';

export interface HaSetup {
  readonly config: HaRelationshipConfig;
  readonly own: HaPeerConfig;
  /** The other active server; null on a backup server and in passive-backup mode. */
  readonly partner: HaPeerConfig | null;
  readonly backups: readonly HaPeerConfig[];
  readonly primary: HaPeerConfig;
  readonly secondary: HaPeerConfig | null;
  /** The state in which both servers do their usual work. */
  readonly normalState: 'load-balancing' | 'hot-standby' | 'passive-backup';
}

/** @param config a validated relationship: this server is among the peers, exactly one peer is primary */
export function createHaSetup(config: HaRelationshipConfig): HaSetup {
  const own = config.peers.find((peer) => peer.name === config.thisServerName);
  const primary = config.peers.find((peer) => peer.role === 'primary');
  assert(own !== undefined, 'this server is one of the peers');
  assert(primary !== undefined, 'one peer is the primary');
  const isPair = config.mode !== 'passive-backup' && own.role !== 'backup';
  const others = config.peers.filter((peer) => peer !== own);
  return {
    config,
    own,
    partner: isPair ? (others.find((peer) => peer.role !== 'backup') ?? null) : null,
    backups: others.filter((peer) => peer.role === 'backup'),
    primary,
    secondary: config.peers.find((peer) => peer.role === 'secondary') ?? null,
    normalState: config.mode,
  };
}

/** Whether a name belongs to any server of the relationship, this one included. */
export function isPeerName(setup: HaSetup, name: string): boolean {
  return setup.config.peers.some((peer) => peer.name === name);
}
