/** Who gives leases to the same clients, and who is only told of them: the servers of a world, by their places in it. */

/** Of a relationship and its only subnet. */
export interface PairSettings {
  readonly mode: string;
  /** Servers that are told of all leases and give none. */
  readonly backups: number;
  /** Clients wait for them; in passive-backup only. */
  readonly isBackupAwaited: boolean;
  readonly leaseSec: number;
  /** Of each pool. */
  readonly addresses: number;
  readonly shards: number;
  readonly unacked: number;
  /** Between two clean-ups of the lease file; 0 = none. */
  readonly cleanupSec: number;
  /** Leases of a page, where a synchronization asks for pages. */
  readonly pageLimit: number;
  /** From one heartbeat to the next. */
  readonly heartbeatMs: number;
}

export interface Relationship {
  /** The primary is the first. */
  readonly active: readonly number[];
  readonly backups: readonly number[];
  readonly isBackupAwaited: boolean;
}

export function relationshipOf({ mode, backups, isBackupAwaited }: PairSettings): Relationship {
  const active = mode === 'passive-backup' ? [0] : [0, 1];
  const behind = Array.from({ length: backups }, (_, at) => active.length + at);
  return { active, backups: behind, isBackupAwaited };
}

/** All of them, in their order. */
export function membersOf({ active, backups }: Relationship): number[] {
  return [...active, ...backups];
}
