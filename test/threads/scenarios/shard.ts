/**
 * A shard parks replies and sleeps; the journal's thread brings rows to the disk, or the shard does it itself; the thread of
 * the stream confirms updates. The shard's sleep, announcer and park, the committer, the journal's loop, bells, change log and
 * verdict rings are the product's.
 */
import { allocateBell, Bell, type BellMemory } from '../../../src/base/bell.ts';
import {
  allocateByteRing,
  type ByteRingMemory,
  ByteRingReader,
  ByteRingWriter,
  type RingRecord,
} from '../../../src/base/byte-ring.ts';
import { Park } from '../../../src/engine/parked/park.ts';
import { VerdictRuns } from '../../../src/engine/parked/verdict-runs.ts';
import { allocateVerdicts, Verdict, VerdictReader } from '../../../src/engine/parked/verdicts.ts';
import { allocateJournal, type JournalMemory } from '../../../src/journal/memory.ts';
import {
  allocateChangeLog,
  ChangeLog,
  type ChangeLogMemory,
  isReached,
} from '../../../src/lease/change-log.ts';
import { Announcer } from '../../../src/shard/announce.ts';
import type { ServingContext } from '../../../src/shard/desk.ts';
import type { ShardService } from '../../../src/shard/service.ts';
import { Sleep } from '../../../src/shard/sleep.ts';
import type { CommonTask } from '../../../src/shard/task.ts';
import { allocateDisk, type DiskMemory, failNext, safeText, useDisk } from '../disk.ts';
import { expect, type Scenario, type Stage } from '../model.ts';
import { drainEventFd, signalEventFd } from '../stand-ins/eventfd.ts';
import { clock, FILE_HEADER, journalOf, NOW_MS, rowOf } from './journal.ts';

const SHARD_FD = 1;
const LINK_FD = 2;
const PARKED_MAX = 4;
const TRANSACTIONS = 2;

interface ShardStory {
  /** Of the shard, and of the stream's thread. */
  readonly bells: readonly [BellMemory, BellMemory];
  readonly changes: ChangeLogMemory;
  readonly journal: JournalMemory;
  readonly updates: { readonly words: SharedArrayBuffer; readonly ring: ByteRingMemory };
  readonly verdicts: SharedArrayBuffer;
  readonly linkVerdicts: SharedArrayBuffer;
  readonly disk: DiskMemory;
  /** By transaction: 1 = confirmed by the partner; then, 1 = its reply has left. */
  readonly told: SharedArrayBuffer;
}

function shard(story: ShardStory, stage: Stage): () => void {
  useDisk(story.disk);
  const told = new Int32Array(story.told);
  const changes = new ChangeLog(story.changes);
  const durableOf: number[] = [];
  const leave = (slot: number): void => {
    expect(told[slot] === 1, 'a reply leaves when the partner has confirmed it');
    expect(isReached(changes.durable(), durableOf[slot]!), 'a reply leaves when its row is durable');
    expect(safeText(story.disk).includes(`row ${slot + 1}\n`), 'what counts as durable is on the disk');
    told[TRANSACTIONS + slot]! += 1;
  };
  const no = (): void => expect(false, 'a reply leaves confirmed');
  const park = new Park(PARKED_MAX, 1e6, { release: leave, reject: no, expire: no });
  const verdicts = new VerdictReader(story.verdicts);
  const linkVerdicts = new VerdictReader(story.linkVerdicts);
  const sockets = { listen: () => {}, isWoken: true };
  const context = {
    park,
    book: { changes },
    changes: { takeDirtyUpdates: () => 1, takeDirtyRows: () => true },
    events: { announce: () => {} },
    dns: null,
  };
  const service = { context, sockets, verdicts, linkVerdicts, takeRest: () => false };
  const task = {
    book: { changes: story.changes },
    journal: story.journal,
    bells: story.bells,
    linkBell: story.bells[1],
    updates: [story.updates],
    link: story.bells[0],
  };
  const sleep = new Sleep(task as unknown as CommonTask, service as unknown as ShardService, clock);
  const announcer = new Announcer(task as unknown as CommonTask, context as unknown as ServingContext, clock);
  const updates = new ByteRingWriter(story.updates.ring);
  // As ShardService.settle.
  const settle = (): void => {
    park.advanceDurable(changes.durable(), NOW_MS);
    park.readVerdicts(verdicts, NOW_MS);
    park.readVerdicts(linkVerdicts, NOW_MS);
  };
  return () => {
    for (let slot = 0; slot < TRANSACTIONS; slot++) {
      const row = rowOf(slot + 1);
      const transaction = park.nextTransaction();
      const change = changes.append(row, row.length);
      durableOf[slot] = change;
      updates.write(0, transaction, row, row.length);
      park.add(slot, change, true, NOW_MS);
      announcer.tell();
      announcer.commit();
      settle();
    }
    while (park.isWaiting) {
      if (sleep.lieDown(1, true) > 0) stage.poll(SHARD_FD);
      sleep.getUp(false);
      settle();
    }
  };
}

/** What the thread of the stream does for a log that is lent to it, with a partner that confirms at once. */
function link(story: ShardStory, stage: Stage): () => void {
  const told = new Int32Array(story.told);
  const reader = new ByteRingReader(story.updates.ring);
  const bell = new Bell(story.bells[1], signalEventFd);
  const shardBell = new Bell(story.bells[0], signalEventFd);
  const runs = new VerdictRuns([story.linkVerdicts], () => shardBell.ring());
  const record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  let confirmed = 0;
  return () => {
    while (confirmed < TRANSACTIONS) {
      bell.lieDown();
      if (reader.isEmpty()) stage.poll(LINK_FD);
      bell.getUp();
      drainEventFd(LINK_FD);
      while (reader.next(record)) {
        told[confirmed++] = 1;
        runs.give(0, record.sequence, Verdict.confirmed);
      }
      reader.release();
      runs.flush();
    }
  };
}

export const SHARD: Scenario<ShardStory> = {
  name: 'a shard, the journal and the stream',
  actors: ['shard', 'journal*', 'stream'],
  allocate: () => ({
    bells: [allocateBell(SHARD_FD), allocateBell(LINK_FD)],
    changes: allocateChangeLog(256),
    journal: allocateJournal(),
    updates: { words: new SharedArrayBuffer(128), ring: allocateByteRing(256) },
    verdicts: allocateVerdicts(PARKED_MAX * 2),
    linkVerdicts: allocateVerdicts(PARKED_MAX * 2),
    disk: allocateDisk(),
    told: new SharedArrayBuffer(4 * 2 * TRANSACTIONS),
  }),
  prepare: ({ updates, changes }) => {
    // The log is lent; each ring has one reader.
    new Int32Array(updates.words)[1] = 1;
    new Int32Array(updates.ring.control)[3] = 1;
    new Int32Array(changes.ring.control)[3] = 1;
  },
  act: (actor, story, stage) => [shard, journalOf, link][actor]!(story, stage),
  check: ({ told, disk }) => {
    const left = new Int32Array(told).subarray(TRANSACTIONS);
    const violations = left.every((times) => times === 1) ? [] : ['each reply has left, once'];
    const rows = Array.from({ length: TRANSACTIONS }, (_, i) => `row ${i + 1}\n`).join('');
    return safeText(disk) === FILE_HEADER + rows
      ? violations
      : [...violations, 'the file has each row, once, in order'];
  },
};

/** The same with a disk that fails once, wherever that is: nothing leaves that is not there in the end. */
export const FAILING_DISK: Scenario<ShardStory> = {
  ...SHARD,
  name: 'a shard, the journal and a disk that fails',
  prepare: (story) => {
    SHARD.prepare!(story);
    failNext(story.disk, 1);
  },
};
