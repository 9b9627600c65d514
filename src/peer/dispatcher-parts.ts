/** What the update dispatcher is made of. */
import type { Clock } from '../base/clock.ts';
import type { UpdateLogMemory } from '../engine/parked/shard-link.ts';
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { Log } from '../log/logger.ts';
import type { BackupPeer } from './backup-peer.ts';
import { CLIENT_CONNECTIONS_DEFAULT } from './client.ts';
import type { PeerFamily } from './family.ts';
import type { DispatcherSettings, PartnerStream, PeerClient, UpdateListener } from './model.ts';

export interface DispatcherParts extends DispatcherSettings {
  readonly family: PeerFamily;
  /** With two readers where there are a partner and backups. */
  readonly updates: UpdateLogMemory;
  /** Verdict memory of each shard, by its index. */
  readonly verdicts: readonly SharedArrayBuffer[];
  /** Makes a shard look at its verdicts. */
  readonly wake: (shard: number) => void;
  /** The other active server; null in passive-backup mode and on a backup. */
  readonly partner: PeerClient | null;
  readonly backups: readonly BackupPeer[];
  /** The way to a partner that is a Tandem; null = there is none. */
  readonly stream: PartnerStream | null;
  readonly listener: UpdateListener;
  /** The update that brings a peer to what stands at an address now; null when there is nothing to tell. */
  readonly standing: (address: LeaseAddress) => UpdateBytes | null;
  readonly clock: Clock;
  readonly log: Log;
}

export function requestsInFlightMax({ connections }: DispatcherSettings): number {
  return connections === 0 ? CLIENT_CONNECTIONS_DEFAULT : connections;
}
