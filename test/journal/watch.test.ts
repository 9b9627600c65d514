/** What main tells the log about its journal, and that it tells it once. */
import { join } from 'node:path';
import t from 'tap';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { JournalClient } from '../../src/journal/client.ts';
import { JournalWatch } from '../../src/journal/watch.ts';
import type { Log } from '../../src/log/logger.ts';
import { filesWith, systemFault } from './support/faulty-files.ts';
import { TestJournal } from './support/journal.ts';
import { scratchDirectory } from './support/scratch.ts';

function watchOf(journal: TestJournal) {
  const time = { ms: 0 };
  const clock: Clock = { ...systemClock, monotonicMs: () => time.ms };
  const logged: [string, Readonly<Record<string, unknown>> | undefined][] = [];
  const log: Log = (id, fields) => logged.push([id, fields]);
  return { watch: new JournalWatch(new JournalClient(journal.task), clock, log), time, logged };
}

t.test('a failing disk is logged once, another failure again, and the end of it', async (t) => {
  const journal = new TestJournal(join(scratchDirectory(t), 'leases'));
  const { watch, logged } = watchOf(journal);
  journal.append(0);
  let code: 'ENOSPC' | 'EIO' = 'ENOSPC';
  const files = filesWith((operation) => {
    if (operation === 'write') throw systemFault(code, operation);
  });
  t.equal(watch.check(), 'well');
  journal.drain({ files });
  t.equal(watch.check(), 'failing');
  t.equal(watch.check(), 'failing');
  code = 'EIO';
  journal.drain({ files });
  t.equal(watch.check(), 'failing');
  journal.drain();
  t.equal(watch.check(), 'well');
  t.equal(watch.check(), 'well');
  t.match(logged, [
    ['TDM_JOURNAL_FAILING', { step: 'open', error: /^ENOSPC: the disk is full: free some space$/ }],
    ['TDM_JOURNAL_FAILING', { step: 'open', error: /^EIO/ }],
    ['TDM_JOURNAL_RECOVERED', { failedForSec: Number }],
  ]);
  t.equal(logged.length, 3);
});

t.test('a journal that stands still is logged once, and when it moves again', async (t) => {
  const journal = new TestJournal(join(scratchDirectory(t), 'leases'));
  const { watch, time, logged } = watchOf(journal);
  journal.drain();
  t.equal(watch.check(), 'well');
  time.ms = 4_999;
  t.equal(watch.check(), 'well');
  time.ms = 5_000;
  t.equal(watch.check(), 'stalled');
  time.ms = 9_000;
  t.equal(watch.check(), 'stalled');
  journal.drain();
  t.equal(watch.check(), 'well');
  t.same(logged, [
    ['TDM_JOURNAL_STALLED', { stoodMs: 5_000 }],
    ['TDM_JOURNAL_MOVES_AGAIN', { stoodMs: 9_000 }],
  ]);
});
