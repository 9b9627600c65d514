/** A process whose lease file may not grow beyond a limit (ulimit -f): fills it and tells how far that went. */
import { JournalClient } from '../../../src/journal/client.ts';
import { TestJournal } from './journal.ts';

const journal = new TestJournal(process.argv[2]!, { stopGraceMs: 0 });
const client = new JournalClient(journal.task);
let count = 0;
while (client.failure() === null && count < 10_000) {
  journal.append(...Array.from({ length: 7 }, () => count++));
  journal.drain();
}
const errno = client.failure()?.errno ?? 0;
process.stdout.write(JSON.stringify({ durable: journal.durable, count, errno }));
