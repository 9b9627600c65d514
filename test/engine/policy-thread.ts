/** The reader of policy.test.ts: looks at the policy again and again, and counts what is no policy of one piece. */
import { workerData } from 'node:worker_threads';
import { PolicyView } from '../../src/engine/policy.ts';
import { isOnePolicy, ReaderWord } from './policy-sequence.ts';

const { memory, report } = workerData as { memory: SharedArrayBuffer; report: SharedArrayBuffer };
const words = new Int32Array(report);
const view = new PolicyView(memory);

while (Atomics.load(words, ReaderWord.stop) === 0) {
  const before = view.version;
  if (!view.refresh()) continue;
  if (!isOnePolicy(view)) Atomics.add(words, ReaderWord.mixed, 1);
  if (view.version <= before || view.version % 2 !== 0) Atomics.add(words, ReaderWord.unordered, 1);
  Atomics.add(words, ReaderWord.seen, 1);
}
