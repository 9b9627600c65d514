/**
 * Two shards make rows under the table's lock, and each brings them to the disk itself where the journal sleeps
 * (src/journal/committer.ts): the file has them in the order in which they were made, and nobody waits for a row that is there.
 */
import { allocateBell, Bell, type BellMemory } from '../../../src/base/bell.ts';
import { lock, unlock } from '../../../src/base/lock.ts';
import { Committer } from '../../../src/journal/committer.ts';
import { allocateJournal, type JournalMemory } from '../../../src/journal/memory.ts';
import {
  allocateChangeLog,
  ChangeLog,
  type ChangeLogMemory,
  isReached,
} from '../../../src/lease/change-log.ts';
import { allocateDisk, type DiskMemory, safeText, stageDisk, useDisk } from '../disk.ts';
import { expect, type Scenario, type Stage } from '../model.ts';
import { drainEventFd, signalEventFd } from '../stand-ins/eventfd.ts';
import { clock, FILE_HEADER, journalOf, rowOf } from './journal.ts';

const ROWS_EACH = 2;
const SHARDS = 2;
const FIRST_FD = 1;

interface CommittersStory {
  readonly table: SharedArrayBuffer;
  readonly bells: readonly BellMemory[];
  readonly changes: ChangeLogMemory;
  readonly journal: JournalMemory;
  readonly disk: DiskMemory;
}

function shard(index: number, story: CommittersStory, stage: Stage): () => void {
  useDisk(story.disk);
  const table = new Int32Array(story.table);
  const changes = new ChangeLog(story.changes);
  const committer = new Committer(story, { files: stageDisk, clock, signal: signalEventFd });
  const bell = new Bell(story.bells[index]!, signalEventFd);
  return () => {
    for (let made = 0; made < ROWS_EACH; made++) {
      lock(table, 0);
      // By the number that it is about to get: what stands in the file is in the order of the table.
      const number = table[1]! + 1;
      table[1] = number;
      const row = rowOf(number);
      const change = changes.append(row, row.length);
      unlock(table, 0);
      committer.commit();
      const isDurable = (): boolean => isReached(changes.durable(), change);
      while (!isDurable()) {
        bell.lieDown();
        if (!isDurable()) stage.poll(FIRST_FD + index);
        bell.getUp();
        drainEventFd(FIRST_FD + index);
      }
      expect(safeText(story.disk).includes(`row ${number}\n`), 'what counts as durable is on the disk');
    }
  };
}

export const COMMITTERS: Scenario<CommittersStory> = {
  name: 'two shards and the journal',
  actors: ['shard', 'other shard', 'journal*'],
  allocate: () => ({
    table: new SharedArrayBuffer(8),
    bells: Array.from({ length: SHARDS }, (_, index) => allocateBell(FIRST_FD + index)),
    changes: allocateChangeLog(256),
    journal: allocateJournal(),
    disk: allocateDisk(),
  }),
  prepare: ({ changes }) => {
    new Int32Array(changes.ring.control)[3] = 1;
  },
  act: (actor, story, stage) => (actor < SHARDS ? shard(actor, story, stage) : journalOf(story, stage)),
  check: ({ disk }) => {
    const rows = Array.from({ length: SHARDS * ROWS_EACH }, (_, i) => `row ${i + 1}\n`).join('');
    return safeText(disk) === FILE_HEADER + rows ? [] : ['the file has each row, once, in order'];
  },
};
