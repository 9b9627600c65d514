/** A shard on its own thread: writes a transaction, rings, waits for its verdict, and so on; tells how long the shortest took. */
import { parentPort, workerData } from 'node:worker_threads';
import { ByteRingWriter } from '../../../src/base/byte-ring.ts';
import { UpdateRecord, UpdateWord } from '../../../src/engine/parked/shard-link.ts';
import { VerdictReader } from '../../../src/engine/parked/verdicts.ts';

const { updates, verdicts, payload, rounds } = workerData;
const words = new Int32Array(updates.words);
const heads = new Int32Array(verdicts);
const writer = new ByteRingWriter(updates.ring);
const reader = new VerdictReader(verdicts);
let shortestMs = Number.POSITIVE_INFINITY;
for (let number = 1; number <= rounds; number++) {
  const startMs = performance.now();
  writer.write(UpdateRecord.awaited | UpdateRecord.last, number, payload, payload.length);
  Atomics.add(words, UpdateWord.pending, 1);
  Atomics.notify(words, UpdateWord.pending);
  // Nobody notifies this word; the wait is a sleep that ends early when the verdict is there already.
  while (!reader.next()) Atomics.wait(heads, 0, Atomics.load(heads, 0), 1);
  // The first one begins somewhere between two ticks.
  if (number > 1) shortestMs = Math.min(shortestMs, performance.now() - startMs);
}
parentPort!.postMessage(shortestMs);
