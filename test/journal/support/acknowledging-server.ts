/**
 * A process that does what a server does with its lease file, as fast as it can: load, journal, clean up, and tell the
 * parent, on standard output, each lease that is durable. It is meant to be killed.
 */

import { writeSync } from 'node:fs';
import { JournalClient } from '../../../src/journal/client.ts';
import { lockLeaseFile } from '../../../src/journal/lock.ts';
import { runCleanup } from './dhcp4.ts';
import { TestJournal } from './journal.ts';
import { loadAll } from './rows.ts';

const PATIENCE_MS = 20_000;
const [path, first] = [process.argv[2]!, Number(process.argv[3])];

const lock = lockLeaseFile(path);
if (lock.kind === 'refused') throw new Error(lock.reason);
loadAll(path);
const journal = new TestJournal(path);
const client = new JournalClient(journal.task);
void journal.start();
let next = first;
for (let round = 1; ; round++) {
  const count = 1 + ((round * 7) % 50);
  const numbers = Array.from({ length: count }, (_, index) => next + index);
  next += count;
  await client.durable(journal.append(...numbers), PATIENCE_MS);
  writeSync(1, `${numbers.join('\n')}\n`);
  if (round % 20 === 0 && (await client.rotate(PATIENCE_MS)) !== 'failed') runCleanup({ path });
}
