/** A worker of lock.test.ts: adds to a plain shared number, again and again, under the lock. */
import { workerData } from 'node:worker_threads';
import { lock, unlock } from '../../src/base/lock.ts';

const { memory, rounds } = workerData as { memory: SharedArrayBuffer; rounds: number };
const words = new Int32Array(memory);

for (let round = 0; round < rounds; round++) {
  lock(words, 0);
  // Not atomic on purpose: two threads in here at once lose an addition.
  words[1] = words[1]! + 1;
  words[2] = words[2]! + words[1]!;
  unlock(words, 0);
}
