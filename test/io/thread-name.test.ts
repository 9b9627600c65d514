import { readFileSync } from 'node:fs';
import t from 'tap';
import { nameThread } from '../../src/io/thread-name.ts';

t.test('the thread that calls gets the name, as far as the kernel keeps it', async (t) => {
  const path = '/proc/thread-self/comm';
  const before = readFileSync(path, 'utf8');
  nameThread('a-name-that-is-too-long');
  t.equal(readFileSync(path, 'utf8'), 'a-name-that-is-\n');
  nameThread(before.trimEnd());
});
