import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { lock, unlock } from '../../src/base/lock.ts';

const THREAD = new URL('./lock-thread.js', import.meta.url);
const CONTENDED = 2;

function startThread(memory: SharedArrayBuffer, rounds: number): Promise<unknown> {
  return once(new Worker(THREAD, { workerData: { memory, rounds } }), 'exit');
}

t.test('only one thread at a time is inside', async (t) => {
  const memory = new SharedArrayBuffer(12);
  const rounds = 100_000;
  const threads = [1, 2, 3].map(() => startThread(memory, rounds));
  const words = new Int32Array(memory);
  // The main thread is one of those that wait, too.
  for (let round = 0; round < 1000; round++) {
    lock(words, 0);
    words[1] = words[1]! + 1;
    words[2] = words[2]! + words[1]!;
    unlock(words, 0);
    if (round % 50 === 0) await nextTurn();
  }
  await Promise.all(threads);
  const additions = 3 * rounds + 1000;
  t.equal(words[1], additions, 'no addition is lost');
  t.equal(words[2], Number(BigInt.asIntN(32, (BigInt(additions) * BigInt(additions + 1)) / 2n)));
  t.equal(words[0], 0, 'it is free at the end');
});

t.test('a thread that finds the lock held sleeps, and is woken when it is free', async (t) => {
  const memory = new SharedArrayBuffer(12);
  const words = new Int32Array(memory);
  lock(words, 0);
  const ended = startThread(memory, 1);
  while (Atomics.load(words, 0) !== CONTENDED) await nextTurn();
  t.equal(Atomics.load(words, 1), 0, 'it is outside');
  unlock(words, 0);
  await ended;
  t.equal(words[1], 1, 'it got in');
});

t.test('without anybody else it is a word that is set and cleared', async (t) => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  lock(words, 1);
  t.same([...words], [0, 1]);
  unlock(words, 1);
  t.same([...words], [0, 0]);
});
