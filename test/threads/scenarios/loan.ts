/**
 * Whose the update log is: a shard writes, main reads, lends the log to the stream's thread and calls it back, with the steps of
 * src/link/partner-stream.ts and src/link/route.ts. Main's reader, the shard's announcer and the sleep of the stream's thread are
 * the product's.
 */
import { allocateBell, Bell } from '../../../src/base/bell.ts';
import {
  allocateByteRing,
  ByteRingReader,
  ByteRingWriter,
  type RingRecord,
} from '../../../src/base/byte-ring.ts';
import { type UpdateLogMemory, UpdateWord } from '../../../src/engine/parked/shard-link.ts';
import { allocateJournal, type JournalMemory } from '../../../src/journal/memory.ts';
import { allocateChangeLog, type ChangeLogMemory } from '../../../src/lease/change-log.ts';
import type { UpdateFamily } from '../../../src/lease/update-family.ts';
import type { LinkMemory } from '../../../src/link/memory.ts';
import { LinkSleep } from '../../../src/link/sleep.ts';
import { UpdateLogReader } from '../../../src/peer/update-log.ts';
import { Announcer } from '../../../src/shard/announce.ts';
import type { ServingContext } from '../../../src/shard/desk.ts';
import type { CommonTask } from '../../../src/shard/task.ts';
import { expect, type Scenario, type Stage } from '../model.ts';
import { signalEventFd } from '../stand-ins/eventfd.ts';
import { clock } from './journal.ts';

const LINK_FD = 1;
const MAIN = 1;
const RECORDS = 3;
const Order = { none: 0, lend: 1, recall: 2 } as const;
/** Words of the story: the last record that was taken, and the order that waits. */
const TAKEN = 0;
const ORDER = 1;

interface LoanStory {
  readonly updates: UpdateLogMemory;
  readonly changes: ChangeLogMemory;
  readonly journal: JournalMemory;
  readonly link: Pick<LinkMemory, 'eventFd' | 'mail' | 'sent' | 'updates' | 'disk' | 'room'>;
  readonly words: SharedArrayBuffer;
}

/** Records are taken by one or the other, each once and in order. */
function take(words: Int32Array, sequence: number): void {
  expect(sequence === words[TAKEN]! + 1, `record ${words[TAKEN]! + 1} is taken next, by one of the two`);
  words[TAKEN] = sequence;
}

function shard({ updates, changes, journal, link }: LoanStory): () => void {
  const writer = new ByteRingWriter(updates.ring);
  const task = { book: { changes }, journal, bells: [], linkBell: link.updates, updates: [updates] };
  const context = {
    changes: { takeDirtyUpdates: () => 1, takeDirtyRows: () => false },
    events: { announce: () => {} },
    dns: null,
  };
  const announcer = new Announcer(task as unknown as CommonTask, context as unknown as ServingContext, clock);
  const record = new Uint8Array(8);
  return () => {
    for (let sequence = 1; sequence <= RECORDS; sequence++) {
      writer.write(0, sequence, record, record.length);
      announcer.tell();
    }
  };
}

function main(story: LoanStory, stage: Stage): () => void {
  const words = new Int32Array(story.words);
  const updateWords = new Int32Array(story.updates.words);
  const sent = new Int32Array(story.link.sent);
  const mail = new Bell(story.link.mail, signalEventFd);
  const family = { isUpdate: () => true, addressOf: () => 0 } as unknown as UpdateFamily;
  let place: 'ours' | 'lent' = 'ours';
  let wasLent = false;
  const order = (what: number): void => {
    words[ORDER] = what;
    Atomics.add(sent, 0, 1);
    mail.ring();
  };
  const lend = (): void => {
    place = 'lent';
    wasLent = true;
    Atomics.store(updateWords, UpdateWord.isLent, 1);
    order(Order.lend);
  };
  const pump = (): void => {
    if (place === 'lent') return;
    reader.mark();
    for (let update = reader.next(); update !== null; update = reader.next()) {
      take(words, update.transaction);
      if (!wasLent) break;
    }
    reader.release();
    if (words[TAKEN]! > 0 && !wasLent) lend();
    else reader.watch();
  };
  const reader = new UpdateLogReader(family, story.updates, 0, pump);
  let messages = 0;
  /** The stream has taken something, for which the log is called back; then it is back. */
  const hear = (): void => {
    messages += 1;
    if (messages === 1) return order(Order.recall);
    place = 'ours';
    reader.takeBack();
    pump();
  };
  return () => {
    pump();
    stage.loop(() => place === 'ours' && words[TAKEN] === RECORDS, hear);
  };
}

function link(story: LoanStory, stage: Stage): () => void {
  const words = new Int32Array(story.words);
  const updateWords = new Int32Array(story.updates.words);
  const sleep = new LinkSleep(story.link as LinkMemory);
  const record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  let log: ByteRingReader | null = null;
  let hasTaken = false;
  const takeAll = (from: ByteRingReader): void => {
    while (from.next(record)) {
      take(words, record.sequence);
      if (!hasTaken) stage.send(MAIN);
      hasTaken = true;
    }
    from.release();
  };
  const obey = (): void => {
    sleep.takeMail();
    const order = words[ORDER];
    words[ORDER] = Order.none;
    if (order === Order.lend) log = new ByteRingReader(story.updates.ring);
    if (order !== Order.recall) return;
    // Both orders may have come by now.
    log?.release();
    log = null;
    Atomics.store(updateWords, UpdateWord.isLent, 0);
    stage.send(MAIN);
  };
  return () => {
    for (;;) {
      sleep.lieDown(log !== null, false, false);
      if (!sleep.hasMail() && log?.isEmpty() !== false) stage.poll(LINK_FD);
      sleep.getUp(true);
      if (sleep.hasMail()) obey();
      if (log !== null) takeAll(log);
    }
  };
}

export const LOAN: Scenario<LoanStory> = {
  name: 'a log that is lent',
  actors: ['shard', 'main', 'stream*'],
  allocate: () => ({
    updates: { words: new SharedArrayBuffer(128), ring: allocateByteRing(256) },
    changes: allocateChangeLog(256),
    journal: allocateJournal(),
    link: {
      eventFd: LINK_FD,
      mail: allocateBell(LINK_FD),
      sent: new SharedArrayBuffer(4),
      updates: allocateBell(LINK_FD),
      disk: allocateBell(LINK_FD),
      room: allocateBell(LINK_FD),
    },
    words: new SharedArrayBuffer(8),
  }),
  prepare: ({ updates }) => {
    new Int32Array(updates.ring.control)[3] = 1;
  },
  act: (actor, story, stage) => [shard, main, link][actor]!(story, stage),
  check: () => [],
};
