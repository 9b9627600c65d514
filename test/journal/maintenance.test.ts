/** The clean-up as main runs it: freeze, merge in a job, log. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CleanupOutcome, CleanupTask } from '../../src/journal/cleanup.ts';
import { JournalClient } from '../../src/journal/client.ts';
import { LeaseFileMaintenance } from '../../src/journal/maintenance.ts';
import type { Log } from '../../src/log/logger.ts';
import { runCleanup } from './support/dhcp4.ts';
import { TestJournal } from './support/journal.ts';
import { HEADER, rowText } from './support/rows.ts';
import { filesIn, scratchDirectory } from './support/scratch.ts';

const PATIENCE_MS = 20_000;
const inThisThread = async (task: CleanupTask): Promise<CleanupOutcome> => runCleanup(task);

async function running(t: Test, runJob: (task: CleanupTask) => Promise<CleanupOutcome> = inThisThread) {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const journal = new TestJournal(path);
  const client = new JournalClient(journal.task);
  const { finished } = journal.start();
  const logged: [string, Readonly<Record<string, unknown>> | undefined][] = [];
  const log: Log = (id, fields) => logged.push([id, fields]);
  t.teardown(async () => {
    client.stop();
    await finished;
  });
  await client.durable(journal.append(0, 1, 0), PATIENCE_MS);
  return {
    directory,
    path,
    journal,
    client,
    logged,
    maintenance: new LeaseFileMaintenance(path, client, runJob, log),
  };
}

t.test('a clean-up leaves one row a lease and a fresh file, and the journal goes on', async (t) => {
  const { directory, maintenance, journal, client, logged } = await running(t);
  await maintenance.cleanUp();
  await client.durable(journal.append(2), PATIENCE_MS);
  t.same(filesIn(directory), { leases: HEADER + rowText(2), 'leases.2': HEADER + rowText(0) + rowText(1) });
  t.match(logged, [
    ['TDM_JOURNAL_CLEANUP_STARTED', { resumed: false }],
    ['TDM_JOURNAL_CLEANUP_DONE', { rows: 3, leases: 2 }],
  ]);
});

t.test('one that was cut short is finished first', async (t) => {
  const { path, directory, maintenance, logged } = await running(t);
  writeFileSync(`${path}.completed`, HEADER + rowText(7));
  await maintenance.cleanUp();
  t.match(logged[0], ['TDM_JOURNAL_CLEANUP_STARTED', { resumed: true }]);
  t.same(Object.keys(filesIn(directory)), ['leases', 'leases.2']);
  t.equal(filesIn(directory)['leases.2'], HEADER + rowText(7));
});

t.test('only one runs at a time', async (t) => {
  let jobs = 0;
  const { maintenance } = await running(t, async (task) => {
    jobs++;
    return runCleanup(task);
  });
  await Promise.all([maintenance.cleanUp(), maintenance.cleanUp()]);
  t.equal(jobs, 1);
  await maintenance.cleanUp();
  t.equal(jobs, 2, 'the next one may run');
});

t.test('failures and rows left out are logged, never thrown', async (t) => {
  const outcomes: (() => Promise<CleanupOutcome>)[] = [
    async () => ({ kind: 'failed', reason: 'the disk is full' }),
    async () => {
      throw new Error('the worker died');
    },
    async () => ({ kind: 'done', rows: 5, leases: 1, rowErrors: 3, durationMs: 1 }),
  ];
  const { maintenance, logged } = await running(t, () => outcomes.shift()!());
  await maintenance.cleanUp();
  await maintenance.cleanUp();
  await maintenance.cleanUp();
  t.match(
    logged.filter(([id]) => id !== 'TDM_JOURNAL_CLEANUP_STARTED'),
    [
      ['TDM_JOURNAL_CLEANUP_FAILED', { reason: 'the disk is full' }],
      ['TDM_JOURNAL_CLEANUP_FAILED', { reason: 'the worker died' }],
      ['TDM_JOURNAL_CLEANUP_DONE', { rows: 5 }],
      ['TDM_JOURNAL_ROWS_LEFT_OUT', { rowErrors: 3 }],
    ],
  );
});

t.test('when the file cannot be frozen no job is started', async (t) => {
  const { maintenance, client, logged } = await running(t, async () => t.fail('a job') as never);
  client.rotate = async () => 'failed';
  await maintenance.cleanUp();
  t.match(logged, [['TDM_JOURNAL_CLEANUP_FAILED', { reason: /could not be frozen/ }]]);
});

t.test('a stop cuts a clean-up short, begins none, and is over when nobody works on the files', async (t) => {
  let endJob = (): void => {};
  const job = new Promise<CleanupOutcome>((_, reject) => {
    endJob = () => reject(new Error('Terminating worker thread'));
  });
  const { maintenance, logged } = await running(t, () => {
    begun();
    return job;
  });
  let begun = (): void => {};
  const begins = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const cleanUp = maintenance.cleanUp();
  await begins;
  await maintenance.stop(async () => endJob());
  await cleanUp;
  await maintenance.cleanUp();
  t.same(
    logged.map(([id]) => id),
    ['TDM_JOURNAL_CLEANUP_STARTED', 'TDM_JOURNAL_CLEANUP_CUT_SHORT'],
  );
});

t.test('a stop does not wait for a journal that answers no more', async (t) => {
  const { maintenance, client, logged } = await running(t);
  // Answers nothing any more.
  client.rotate = () => new Promise(() => {});
  const cleanUp = maintenance.cleanUp();
  await maintenance.stop(async () => {});
  await cleanUp;
  t.same(
    logged.map(([id]) => id),
    ['TDM_JOURNAL_CLEANUP_CUT_SHORT'],
  );
});
