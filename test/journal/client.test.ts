/** Main's side of the journal, against a journal in a worker. */
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { allocateBell, Bell } from '../../src/base/bell.ts';
import { createEventFd } from '../../src/io/eventfd.ts';
import { Poller } from '../../src/io/poll.ts';
import { closeFd } from '../../src/io/udp.ts';
import { JournalClient, NotDurableError } from '../../src/journal/client.ts';
import { TestJournal } from './support/journal.ts';
import { HEADER, loadAll, rowText } from './support/rows.ts';
import { filesIn, scratchDirectory } from './support/scratch.ts';

const PATIENCE_MS = 20_000;

t.test('a change is durable when its row is in the file', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  const eventFd = createEventFd();
  t.teardown(() => closeFd(eventFd));
  const bell = allocateBell(eventFd);
  new Bell(bell, () => {}).lieDown();
  const journal = new TestJournal(path, { bells: [bell] });
  const client = new JournalClient(journal.task);
  const { finished } = journal.start();
  await client.durable(journal.append(0), PATIENCE_MS);
  t.same(filesIn(directory), { leases: HEADER + rowText(0) });
  t.equal(new Poller([eventFd]).wait(PATIENCE_MS), 1, 'the shard was woken');
  journal.append(1, 2);
  await client.allDurable(PATIENCE_MS);
  t.same(loadAll(path).map.leases.size, 3);
  t.match(client.statistics(), { records: 3, failures: 0 });
  t.equal(client.failure(), null);
  client.stop();
  t.match(await finished, { drained: true, records: 3 });
});

t.test('the journal is woken at once, it does not wait for its turn', async (t) => {
  const journal = new TestJournal(join(scratchDirectory(t), 'leases'));
  const client = new JournalClient(journal.task);
  const { finished } = journal.start();
  await client.durable(journal.append(0), PATIENCE_MS);
  const turns = client.turns();
  for (let number = 1; number <= 20; number++) await client.durable(journal.append(number), PATIENCE_MS);
  t.ok(client.turns() - turns >= 20, 'a turn for each');
  client.stop();
  await finished;
});

t.test('nothing is durable while the disk fails; the reason is told, and it heals by itself', async (t) => {
  const directory = scratchDirectory(t);
  const path = join(directory, 'leases');
  // A directory in the place of the file: open fails with EISDIR until it is gone.
  mkdirSync(path);
  const journal = new TestJournal(path);
  const client = new JournalClient(journal.task);
  const { finished } = journal.start();
  const change = journal.append(0);
  // The journal's thread may take its time to start; what counts begins with its first failure.
  while (client.failure() === null) await delay(5);
  await t.rejects(client.durable(change, 10), NotDurableError);
  await t.rejects(client.allDurable(10), {
    message: /not on disk after 10 ms: cannot open the lease file, EISDIR/,
  });
  t.match(client.failure(), { step: 'open', errno: 21 });
  rmdirSync(path);
  await client.durable(change, PATIENCE_MS);
  t.equal(client.failure(), null);
  t.same(filesIn(directory), { leases: HEADER + rowText(0) });
  client.stop();
  await finished;
});

t.test('a journal that does not run is told as such', async (t) => {
  const journal = new TestJournal(join(scratchDirectory(t), 'leases'));
  const client = new JournalClient(journal.task);
  await t.rejects(client.durable(journal.append(0), 10), {
    message: /the disk is slow or the journal has stopped/,
  });
  t.equal(await client.rotate(10), 'failed');
});

t.test('main has the file frozen on request', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  const client = new JournalClient(journal.task);
  const { finished } = journal.start();
  await client.durable(journal.append(0), PATIENCE_MS);
  t.equal(await client.rotate(PATIENCE_MS), 'rotated');
  t.equal(existsSync(`${path}.1`), true);
  t.same(await Promise.all([client.rotate(PATIENCE_MS), client.rotate(PATIENCE_MS)]), [
    'unfinished',
    'unfinished',
  ]);
  client.stop();
  await finished;
});

t.test('a stop writes what is left, and a new task may be started on the same memory', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const journal = new TestJournal(path);
  const client = new JournalClient(journal.task);
  const first = journal.start();
  journal.append(0, 1);
  client.stop();
  t.match(await first.finished, { drained: true, records: 2 });
  client.allowStart();
  const second = journal.start();
  await client.durable(journal.append(2), PATIENCE_MS);
  client.stop();
  await second.finished;
  t.equal(loadAll(path).map.leases.size, 3);
});

t.test('the file is not needed when leases are not kept', async (t) => {
  const journal = new TestJournal(null);
  const client = new JournalClient(journal.task);
  const { finished } = journal.start();
  await client.durable(journal.append(0), PATIENCE_MS);
  client.stop();
  await finished;
  t.equal(client.statistics().fileBytes, 0);
});
