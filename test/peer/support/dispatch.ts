/** A dispatcher of either family, with a log that the test writes. */
import type { Test } from 'tap';
import { systemClock } from '../../../src/base/clock.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import type { LeaseAddress } from '../../../src/lease/update-family.ts';
import { peerFamily4 } from '../../../src/peer/dhcp4/family.ts';
import { peerFamily6 } from '../../../src/peer/dhcp6/family.ts';
import { createUpdateDispatcher } from '../../../src/peer/dispatcher.ts';
import type { DispatcherParts } from '../../../src/peer/dispatcher-parts.ts';
import type { PeerFamily } from '../../../src/peer/family.ts';
import type { ClientKey, PeerClient } from '../../../src/peer/model.ts';
import { recordLog } from './log.ts';
import type { RecordKit, TestChange } from './record-kit.ts';
import { records6, type TestRecord6 } from './records6.ts';
import { records4, type TestRecord, TestShards } from './shards.ts';
import { standing6By, standingBy } from './standing.ts';

/** What the service hears of updates. */
function recordListener() {
  const calls: string[] = [];
  const clients: { rejected: ClientKey[]; confirmed: ClientKey[] } = { rejected: [], confirmed: [] };
  return {
    calls,
    clients,
    unsentCount: 0,
    partnerFailed: (reason: string) => void calls.push(`failed: ${reason}`),
    rejected(keys: readonly ClientKey[]) {
      calls.push('rejected');
      clients.rejected.push(...keys);
    },
    confirmed(keys: readonly ClientKey[]) {
      calls.push('confirmed');
      clients.confirmed.push(...keys);
    },
    unsent(transactions: number) {
      this.unsentCount += transactions;
    },
    refused: (leases: number, reason: string) => void calls.push(`refused ${leases}: ${reason}`),
    updatesLost: () => void calls.push('updates lost'),
    completed: () => void calls.push('completed'),
  };
}

/** What a dispatcher needs to know of a family. */
export interface DispatchKit<Change extends TestChange, Lease> {
  readonly family: PeerFamily;
  readonly records: RecordKit<Change, Lease>;
  standing(leaseAt: (address: LeaseAddress) => Lease | null): DispatcherParts['standing'];
}

export const KIT4: DispatchKit<TestRecord, Lease4> = {
  family: peerFamily4,
  records: records4,
  standing: standingBy,
};

export const KIT6: DispatchKit<TestRecord6, Lease6> = {
  family: peerFamily6,
  records: records6,
  standing: standing6By,
};

/** A dispatcher of DHCPv4 with shards that are the test's. */
export function dispatch(
  t: Test,
  partner: PeerClient | null,
  changes: Partial<DispatcherParts> = {},
  shardCount = 1,
) {
  return dispatchFor(t, KIT4, partner, changes, shardCount);
}

/** The same of DHCPv6. */
export function dispatch6(t: Test, partner: PeerClient | null, changes: Partial<DispatcherParts> = {}) {
  return dispatchFor(t, KIT6, partner, changes);
}

/** One of the family of a kit. */
export function dispatchFor<Change extends TestChange, Lease>(
  t: Test,
  kit: DispatchKit<Change, Lease>,
  partner: PeerClient | null,
  changes: Partial<DispatcherParts> = {},
  shardCount = 1,
) {
  const hasTwoReaders = partner !== null && (changes.backups ?? []).length > 0;
  const shards = new TestShards(shardCount, hasTwoReaders ? 2 : 1, kit.records);
  const listener = recordListener();
  const recorded = recordLog();
  const dispatcher = createUpdateDispatcher({
    updates: shards.updates,
    verdicts: shards.verdicts,
    wake: shards.wake,
    partner,
    backups: [],
    stream: null,
    family: kit.family,
    standing: kit.standing(shards.leaseAt),
    waitBackupAck: false,
    delayedUpdatesLimit: 100,
    sendsUpdates: true,
    heartbeatDelayMs: 0,
    connections: 4,
    listener,
    clock: systemClock,
    log: recorded.log,
    ...changes,
  });
  t.teardown(() => dispatcher.close());
  return { shards, listener, dispatcher, recorded };
}
