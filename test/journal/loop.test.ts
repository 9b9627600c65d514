/** Group commit, with a disk that can be made to fail at any step. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allocateBell, Bell, type BellMemory } from '../../src/base/bell.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { JournalClient } from '../../src/journal/client.ts';
import { type FileSystem, systemFiles } from '../../src/journal/files.ts';
import {
  failingSteps,
  JournalCounter,
  JournalWord,
  journalCounters,
  RotationAnswer,
} from '../../src/journal/memory.ts';
import { filesWith, type Operation, systemFault } from './support/faulty-files.ts';
import { TestJournal } from './support/journal.ts';
import { HEADER, loadAll, rowText } from './support/rows.ts';
import { filesIn, scratchDirectory } from './support/scratch.ts';

const ENOSPC = 28;
const EIO = 5;

/** The bell of a shard that waits in poll(). */
function asleep(eventFd: number): BellMemory {
  const memory = allocateBell(eventFd);
  new Bell(memory, () => {}).lieDown();
  return memory;
}

const counted = (calls: Map<Operation, number>): FileSystem =>
  filesWith((operation) => calls.set(operation, (calls.get(operation) ?? 0) + 1));

t.test('everything that waits is one write and one sync, then its last number is published', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path, { bells: [asleep(7), allocateBell(8), asleep(9)] });
  writeFileSync(path, HEADER);
  const last = journal.append(0, 1, 2);
  const calls = new Map<Operation, number>();
  t.match(journal.drain({ files: counted(calls) }), { drained: true, records: 3, commits: 1 });
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1) + rowText(2));
  t.equal(journal.durable, last);
  t.equal(calls.get('write'), 1);
  t.equal(calls.get('fdatasync'), 1);
  t.same(journal.signals, [7, 9], 'each shard that sleeps is woken once');
});

t.test('rows are on disk before their number is published', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  journal.append(0);
  const seen: [string, number][] = [];
  const files = filesWith((operation) => seen.push([operation, journal.durable]));
  journal.drain({ files });
  t.same(
    seen.filter(([operation]) => operation === 'fdatasync'),
    [['fdatasync', 0]],
  );
  t.equal(journal.durable, 1);
});

t.test('a new file is in its directory before anything in it counts as durable', async (t) => {
  const directory = scratchDirectory(t);
  const journal = new TestJournal(join(directory, 'leases'));
  const durableAtSync: number[] = [];
  const files = filesWith((operation, [target]) => {
    if (operation === 'open' && target === directory) durableAtSync.push(journal.durable);
  });
  journal.append(0);
  journal.drain({ files });
  journal.askRotation();
  journal.drain({ files });
  journal.append(1);
  journal.drain({ files });
  t.same(durableAtSync, [0, 1, 1], 'created, frozen, created again');
});

t.test('without fdatasync nothing is synced but the header; without a file nothing is written', async (t) => {
  const directory = scratchDirectory(t);
  const quick = new TestJournal(join(directory, 'leases'), { fdatasync: false });
  const calls = new Map<Operation, number>();
  const last = quick.append(0, 1);
  quick.drain({ files: counted(calls) });
  t.equal(calls.has('fdatasync'), false);
  t.equal(quick.durable, last);

  const none = new TestJournal(null, { bells: [asleep(3)] });
  calls.clear();
  const lastOfNone = none.append(0, 1);
  none.askRotation();
  t.match(none.drain({ files: counted(calls) }), { drained: true, records: 2 });
  t.equal(calls.size, 0);
  t.equal(none.durable, lastOfNone);
  t.same(none.signals, [3]);
  t.equal(none.word(JournalWord.rotationAnswer), RotationAnswer.unfinished);
});

t.test('more than fits one batch is written in order, in several', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  const numbers = Array.from({ length: 30_000 }, (_, number) => number);
  const last = journal.append(...numbers);
  const report = journal.drain();
  t.ok(report.commits >= 2, `${report.commits} batches`);
  t.equal(report.records, 30_000);
  t.equal(journal.durable, last);
  t.equal(readFileSync(path, 'latin1'), HEADER + numbers.map((number) => rowText(number)).join(''));
});

t.test('a new task goes on where the one before has stopped', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  journal.append(0);
  journal.drain();
  t.equal(journal.append(1), 2);
  journal.drain();
  t.equal(journal.durable, 2);
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1));
});

/**
 * Runs a journal whose disk fails `times` times in one operation, then works. The failure writes half of what it was
 * given when `half` is set, as a full disk does.
 */
function runWithFailures(path: string, operation: Operation, times: number, half = false) {
  const journal = new TestJournal(path, { stopGraceMs: 60_000 });
  journal.append(0);
  journal.drain();
  const last = journal.append(1, 2, 3);
  const during: { durable: number; step: string | undefined; errno: number; since: number }[] = [];
  let failures = 0;
  const files = filesWith((name, args) => {
    if (name === 'open' && failures > 0) {
      during.push({
        durable: journal.durable,
        step: failingSteps[journal.word(JournalWord.failingStep)],
        errno: journal.word(JournalWord.failingErrno),
        since: journal.word(JournalWord.failingSinceSec),
      });
    }
    if (name !== operation || failures >= times) return;
    failures++;
    if (half) {
      const [fd, bytes, offset, length, position] = args as [number, Uint8Array, number, number, number];
      systemFiles.write(fd, bytes, offset, length >> 1, position);
    }
    throw systemFault(half ? 'ENOSPC' : 'EIO', operation);
  });
  const report = journal.drain({ files });
  return { journal, report, last, during, failures };
}

t.test(
  'a full disk: nothing is published, no torn row stays, and later no row is lost or there twice',
  async (t) => {
    const path = join(scratchDirectory(t), 'leases');
    const { journal, report, last, during } = runWithFailures(path, 'write', 2, true);
    t.equal(report.drained, true);
    t.equal(during.length, 2);
    for (const moment of during) {
      t.match(moment, { durable: 1, step: 'write', errno: ENOSPC });
      t.ok(Math.abs(moment.since - Date.now() / 1000) < 60, 'since when is told');
    }
    t.equal(readFileSync(path, 'latin1'), HEADER + [0, 1, 2, 3].map((number) => rowText(number)).join(''));
    t.equal(journal.durable, last);
    t.equal(journal.word(JournalWord.failingSinceSec), 0, 'all is well again');
    t.equal(journalCounters(journal.task.journal)[JournalCounter.failures], 2);
  },
);

t.test('a failed sync: the rows are written again, because the kernel may have dropped them', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { journal, last, during } = runWithFailures(path, 'fdatasync', 1);
  t.match(during, [{ durable: 1, step: 'sync', errno: EIO }]);
  t.equal(readFileSync(path, 'latin1'), HEADER + [0, 1, 2, 3].map((number) => rowText(number)).join(''));
  t.equal(journal.durable, last);
});

t.test('a file that cannot be opened is tried again', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { journal, last, during } = runWithFailures(path, 'open', 1);
  t.match(during[0], { durable: 1, step: 'open', errno: EIO });
  t.equal(journal.durable, last);
});

t.test('the file holds no torn row while the disk is full', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  journal.append(0);
  journal.drain();
  journal.append(1);
  const files = filesWith((operation, args) => {
    if (operation !== 'write') return;
    const [fd, bytes, offset, , position] = args as [number, Uint8Array, number, number, number];
    systemFiles.write(fd, bytes, offset, 20, position);
    throw systemFault('ENOSPC', 'write');
  });
  t.match(journal.drain({ files }), { drained: false, records: 1 });
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0));
  t.equal(journal.durable, 1);
  t.not(journal.word(JournalWord.failingSinceSec), 0);
});

t.test('a stop does not wait for ever for a broken disk, and the rows wait for the next task', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path, { stopGraceMs: 300 });
  const last = journal.append(0, 1);
  const files = filesWith((operation) => {
    if (operation === 'fdatasync') throw systemFault('EIO', operation);
  });
  const startMs = Date.now();
  t.match(journal.drain({ files }), { drained: false, records: 0 });
  t.ok(Date.now() - startMs >= 300, 'the grace time was used');
  t.equal(journal.durable, 0);
  t.match(journal.drain(), { drained: true });
  t.equal(journal.durable, last);
  t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0) + rowText(1));
});

t.test('a rotation happens between two batches', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const journal = new TestJournal(path);
  journal.append(0, 1);
  journal.askRotation();
  journal.drain();
  t.equal(journal.word(JournalWord.rotationAnswered), 1);
  t.equal(journal.word(JournalWord.rotationAnswer), RotationAnswer.rotated);
  journal.append(2);
  journal.askRotation();
  journal.drain();
  t.equal(journal.word(JournalWord.rotationAnswer), RotationAnswer.unfinished, 'NAME.1 is still there');
  t.same(filesIn(directory), { leases: HEADER + rowText(2), 'leases.1': HEADER + rowText(0) + rowText(1) });
  t.same(loadAll(path).map.leases.size, 3);
});

t.test(
  'a rotation that fails is answered, published rows stay published, and the journal goes on',
  async (t) => {
    const path = join(scratchDirectory(t), 'leases');
    const journal = new TestJournal(path, { stopGraceMs: 60_000 });
    const last = journal.append(0);
    journal.askRotation();
    let answered = 0;
    const files = filesWith((operation) => {
      if (operation === 'open') answered = Math.max(answered, journal.word(JournalWord.rotationAnswer));
      if (operation === 'rename') throw systemFault('EIO', operation);
    });
    t.match(journal.drain({ files }), { drained: true, records: 1 });
    t.equal(answered, RotationAnswer.failed);
    t.equal(journal.durable, last);
    t.equal(existsSync(`${path}.1`), false);
    t.equal(readFileSync(path, 'latin1'), HEADER + rowText(0));
  },
);

t.test(
  'with nothing to do it wakes up twice a second, in time for those who look for a sign of life',
  (t) => {
    const journal = new TestJournal(join(scratchDirectory(t), 'leases'));
    const sleepsMs: number[] = [];
    const wait = (_words: Int32Array, _index: number, _value: number, timeoutMs: number): void => {
      sleepsMs.push(timeoutMs);
      if (sleepsMs.length === 3) new JournalClient(journal.task).stop();
    };
    journal.runBetween([() => {}], { wait });
    t.same(sleepsMs, [500, 500, 500]);
    t.equal(journal.word(JournalWord.turns), 4, 'a turn for each, and the last');
    t.end();
  },
);

t.test('the time of a sync is measured', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  let nowMs = 0;
  const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };
  const delays = [3, 5];
  const files = filesWith((operation) => {
    if (operation === 'fdatasync') nowMs += delays.shift()!;
  });
  journal.append(0);
  journal.drain({ files, clock });
  journal.append(1);
  journal.drain({ files, clock });
  const counters = journalCounters(journal.task.journal);
  t.equal(counters[JournalCounter.syncs], 2);
  t.equal(counters[JournalCounter.syncTotalUs], 8_000);
  t.equal(counters[JournalCounter.syncMaxUs], 5_000);
  t.equal(counters[JournalCounter.fileBytes], (HEADER + rowText(0) + rowText(1)).length);
  t.equal(counters[JournalCounter.bytes], (rowText(0) + rowText(1)).length);
});

t.test('a record that is no row is a fault of the program, not of the disk', async (t) => {
  const journal = new TestJournal(join(scratchDirectory(t), 'leases'));
  journal.log.append(Buffer.from('no newline'), 10);
  t.throws(() => journal.drain(), /invariant broken: a record of the change log is whole rows/);
  t.equal(journal.durable, 0);
});
