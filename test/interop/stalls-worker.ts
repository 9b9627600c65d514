/** The thread of stalls.ts: sleeps a moment, writes a row, and tells when either took far longer than it should. */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Stall } from './stalls.ts';

const SLEEP_MS = 100;
/** Less is what the limits have room for. */
const TOLD_MS = 50;

const fd = openSync(String(workerData), 'w');
const nothing = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  const startMs = performance.now();
  Atomics.wait(nothing, 0, 0, SLEEP_MS);
  writeSync(fd, 'row\n');
  fdatasyncSync(fd);
  const ms = performance.now() - startMs - SLEEP_MS;
  if (ms > TOLD_MS) parentPort!.postMessage({ endMs: Date.now(), ms } satisfies Stall);
}
