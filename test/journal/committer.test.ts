/** Small batches that the thread commits which has made the rows, beside the journal's thread and instead of it. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { allocateBell, Bell } from '../../src/base/bell.ts';
import { systemClock } from '../../src/base/clock.ts';
import { lock, tryLock, unlock } from '../../src/base/lock.ts';
import { JournalClient } from '../../src/journal/client.ts';
import {
  type CommitSeams,
  Committer,
  QUICK_SYNC_US,
  SMALL_BATCH_BYTES,
} from '../../src/journal/committer.ts';
import { systemFiles } from '../../src/journal/files.ts';
import { JournalWord, journalWords } from '../../src/journal/memory.ts';
import { ChangeWord } from '../../src/lease/change-log.ts';
import { filesWith, type Operation, systemFault } from './support/faulty-files.ts';
import { TestJournal } from './support/journal.ts';
import { HEADER, loadAll, rowText } from './support/rows.ts';
import { scratchDirectory } from './support/scratch.ts';

const PATIENCE_MS = 20_000;

/** The memory of a journal, and rows that are written to it as shards do, without a word to the journal. */
class Desk {
  readonly path: string;
  readonly journal: TestJournal;
  readonly client: JournalClient;
  readonly words: Int32Array;
  readonly signals: number[] = [];
  #next = 0;

  constructor(t: Test, change: ConstructorParameters<typeof TestJournal>[1] = {}, hasFile = true) {
    this.path = join(scratchDirectory(t), 'leases');
    this.journal = new TestJournal(hasFile ? this.path : null, change);
    this.client = new JournalClient(this.journal.task);
    this.words = journalWords(this.journal.task.journal);
  }

  committer(seams: Partial<CommitSeams> = {}): Committer {
    // However slow the machine's disk is: that rule has a test of its own.
    Atomics.store(this.words, JournalWord.syncUs, 0);
    const signal = (eventFd: number): void => {
      this.signals.push(eventFd);
    };
    return new Committer(this.journal.task, { files: systemFiles, clock: systemClock, signal, ...seams });
  }

  /** @returns the number of the last change */
  write(count: number): number {
    const numbers = Array.from({ length: count }, () => this.#next++);
    return this.journal.appendQuietly(...numbers);
  }

  /** How often the journal was called. */
  get calls(): number {
    return Atomics.load(new Int32Array(this.journal.task.changes.words), ChangeWord.pending);
  }

  text(): string {
    return readFileSync(this.path, 'latin1');
  }

  expected(): string {
    return HEADER + Array.from({ length: this.#next }, (_, number) => rowText(number)).join('');
  }
}

t.test('a few rows are written, synced and published by the thread that has made them', (t) => {
  const bell = allocateBell(7);
  new Bell(bell, () => {}).lieDown();
  const desk = new Desk(t, { bells: [bell] });
  const seen: [Operation, number][] = [];
  const files = filesWith((operation) => seen.push([operation, desk.journal.durable]));
  const step = (): void => {
    const last = desk.write(3);
    desk.committer({ files }).commit();
    t.equal(desk.journal.durable, last, 'durable when the call returns');
    t.same(seen, [
      ['write', 0],
      ['fdatasync', 0],
    ]);
    t.equal(desk.text(), desk.expected());
    t.equal(desk.calls, 0, 'the journal was not woken');
    t.same(desk.signals, [7], 'who sleeps was');
    t.match(desk.client.statistics(), { records: 3, commits: 1, syncs: 1, failures: 0 });
    t.equal(desk.client.statistics().fileBytes, desk.expected().length);
  };
  t.match(desk.journal.runBetween([step]), { drained: true, records: 3, commits: 1 });
  t.equal(desk.text(), desk.expected());
  t.end();
});

t.test('committer and journal take turns in one file, and in the next one after a rotation', (t) => {
  const desk = new Desk(t);
  const byCommitter = (): void => {
    const last = desk.write(2);
    desk.committer().commit();
    t.equal(desk.journal.durable, last);
  };
  const byJournal = (): void => {
    desk.write(1);
  };
  const rotation = (): void => desk.journal.askRotation();
  const steps = [
    byCommitter,
    byJournal,
    byCommitter,
    byCommitter,
    byJournal,
    rotation,
    byCommitter,
    byJournal,
  ];
  t.match(desk.journal.runBetween(steps), { drained: true, records: 11 });
  const rows = Array.from({ length: 11 }, (_, number) => rowText(number));
  t.equal(readFileSync(`${desk.path}.1`, 'latin1'), HEADER + rows.slice(0, 8).join(''));
  t.equal(desk.text(), HEADER + rows.slice(8).join(''));
  t.equal(loadAll(desk.path).map.leases.size, 11);
  t.end();
});

t.test('what is not small, not quick or not free is left to the journal', (t) => {
  const few = (desk: Desk): void => void desk.write(1);
  const cases: readonly [string, (desk: Desk) => void, (desk: Desk) => void][] = [
    ['many rows', (desk) => desk.write(Math.ceil(SMALL_BATCH_BYTES / rowText(0).length) + 1), () => {}],
    ['a slow disk', few, (desk) => Atomics.store(desk.words, JournalWord.syncUs, QUICK_SYNC_US + 1)],
    ['another thread is at it', few, (desk) => lock(desk.words, JournalWord.commitLock)],
    ['the journal is awake', few, (desk) => Atomics.store(desk.words, JournalWord.isOpenToAll, 0)],
  ];
  for (const [name, write, arrange] of cases) {
    const desk = new Desk(t);
    const files = filesWith((operation) => t.fail(`${name}: ${operation} by the committer`));
    const step = (): void => {
      write(desk);
      const committer = desk.committer({ files });
      arrange(desk);
      committer.commit();
      if (name === 'another thread is at it') unlock(desk.words, JournalWord.commitLock);
      t.equal(desk.journal.durable, 0, name);
      t.equal(desk.calls, 1, 'the journal is called');
    };
    desk.journal.runBetween([step]);
    t.equal(desk.text(), desk.expected());
  }
  t.end();
});

t.test('a disk that was slow is waited for here again as soon as it is quick', (t) => {
  const desk = new Desk(t);
  let nowMs = 0;
  let syncMs = 4 * (QUICK_SYNC_US / 1000);
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const files = filesWith((operation) => {
    if (operation === 'fdatasync') nowMs += syncMs;
  });
  const committer = desk.committer({ files, clock });
  const calls: number[] = [];
  const step = (): void => {
    desk.write(1);
    committer.commit();
    calls.push(desk.calls);
    if (calls.length === 6) syncMs = 0.1;
  };
  desk.journal.runBetween(
    Array.from({ length: 40 }, () => step),
    { files, clock },
  );
  t.equal(calls[0], 0, 'nothing is known of the disk');
  t.ok(calls[5]! - calls[2]! === 3, 'it is slow: each is left to the journal');
  t.equal(calls[39], calls[30], 'it is quick: none is');
  t.equal(desk.text(), desk.expected());
  t.end();
});

t.test('without a journal nothing is committed; without a file or fdatasync only what is asked for', (t) => {
  const none = filesWith((operation) => t.fail(operation));
  const idle = new Desk(t);
  idle.write(1);
  idle.committer({ files: none }).commit();
  t.equal(idle.journal.durable, 0);

  const fileless = new Desk(t, {}, false);
  fileless.journal.runBetween([
    () => {
      const change = fileless.write(2);
      fileless.committer({ files: none }).commit();
      t.equal(fileless.journal.durable, change);
    },
  ]);

  const unsynced = new Desk(t, { fdatasync: false });
  const operations: Operation[] = [];
  unsynced.journal.runBetween([
    () => {
      unsynced.write(1);
      unsynced.committer({ files: filesWith((operation) => operations.push(operation)) }).commit();
      t.same(operations, ['write']);
      t.equal(unsynced.text(), unsynced.expected());
    },
  ]);
  t.end();
});

/** A disk that fails in one operation, with a piece of the first row written before when `torn` is not 0. */
function failing(operation: Operation, torn: number) {
  return filesWith((name, args) => {
    if (name !== operation) return;
    if (torn > 0) {
      const [fd, bytes, offset, , position] = args as [number, Uint8Array, number, number, number];
      systemFiles.write(fd, bytes, offset, torn, position);
    }
    throw systemFault(torn > 0 ? 'ENOSPC' : 'EIO', name);
  });
}

for (const [name, operation, torn, step] of [
  ['a full disk', 'write', 20, 'write'],
  ['a failed sync', 'fdatasync', 0, 'sync'],
] as const) {
  t.test(
    `${name}: nothing is published, the journal cuts off what is torn and writes the rows again`,
    (t) => {
      const desk = new Desk(t);
      const isLocked: boolean[] = [];
      const clock = {
        ...systemClock,
        // Asked when the failure is reported.
        wallSec: () => isLocked.push(!tryLock(desk.words, JournalWord.commitLock)) * 1000,
      };
      const steps = [
        () => {
          desk.write(1);
          desk.committer().commit();
          const whole = desk.text();
          desk.write(2);
          desk.committer({ files: failing(operation, torn), clock }).commit();
          t.equal(desk.journal.durable, 1, 'not durable');
          t.same(isLocked, [true], 'nobody else is at the file meanwhile');
          t.match(desk.client.failure(), { sinceSec: 1000, step });
          t.equal(desk.client.statistics().failures, 1);
          if (torn > 0) t.equal(desk.text().length, whole.length + torn, 'a torn row behind whole ones');
          desk.write(1);
          desk.committer({ files: filesWith((each) => t.fail(`${each} behind the failure`)) }).commit();
        },
        () => {
          t.equal(desk.journal.durable, 4);
          t.equal(desk.text(), desk.expected(), 'each row once, none torn');
          t.equal(desk.client.failure(), null, 'all is well again');
          t.match(desk.client.statistics(), { records: 4, failures: 1 });
          desk.write(1);
          desk.committer().commit();
          t.equal(desk.text(), desk.expected(), 'and committers may go on');
        },
      ];
      desk.journal.runBetween(steps);
      t.equal(desk.text(), desk.expected());
      t.end();
    },
  );
}

t.test('while the disk fails for the journal too, no committer touches the file', (t) => {
  const desk = new Desk(t, { stopGraceMs: 60_000 });
  let failures = 0;
  const files = filesWith((operation) => {
    if (operation !== 'write' || failures === 0 || failures >= 3) return;
    failures++;
    desk.committer({ files: filesWith((each) => t.fail(`${each} while the disk fails`)) }).commit();
    throw systemFault('ENOSPC', operation);
  });
  desk.journal.runBetween(
    [
      () => {
        desk.write(1);
        failures = 1;
        desk.committer({ files: failing('write', 10) }).commit();
      },
    ],
    { files },
  );
  t.equal(failures, 3);
  t.equal(desk.client.statistics().failures, 3);
  t.equal(desk.text(), desk.expected());
  t.end();
});

t.test(
  'four threads that commit and a journal that rotates meanwhile: every row once, in order',
  async (t) => {
    const desk = new Desk(t);
    const { finished } = desk.journal.start();
    const rounds = 400;
    const threads = 4;
    const table = new SharedArrayBuffer(8);
    const done = Array.from({ length: threads }, (_, thread) => {
      const workerData = { task: desk.journal.task, table, thread, rounds };
      return once(
        new Worker(new URL('./support/committing-worker.js', import.meta.url), { workerData }),
        'message',
      );
    });
    const ended = Promise.all(done);
    let isOver = false;
    void ended.finally(() => {
      isOver = true;
    });
    t.equal(await desk.client.rotate(PATIENCE_MS), 'rotated');
    // Its place is taken from now on: asked for again and again, the journal wakes up and looks.
    while (!isOver) t.equal(await desk.client.rotate(PATIENCE_MS), 'unfinished');
    const reports = (await ended) as [{ timeouts: number }][];
    t.same(
      reports.map(([{ timeouts }]) => timeouts),
      [0, 0, 0, 0],
      'nobody has waited in vain',
    );
    const rows = [`${desk.path}.1`, desk.path].map((file) => {
      const text = readFileSync(file, 'latin1');
      t.ok(text.startsWith(HEADER));
      return text.slice(HEADER.length);
    });
    const all = Array.from({ length: threads * rounds }, (_, number) => rowText(number)).join('');
    t.ok(rows.join('') === all, 'the rows in the order of the log');
    const { records, commits, failures } = desk.client.statistics();
    t.same([records, failures], [threads * rounds, 0]);
    t.ok(commits > 0);
    desk.client.stop();
    await finished;
  },
);
