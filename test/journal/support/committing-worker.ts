/**
 * A worker that does with its rows what a shard does: writes them under the table's lock, commits, and sleeps until they are
 * durable when another thread is at it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../src/base/clock.ts';
import { lock, unlock } from '../../../src/base/lock.ts';
import { Committer } from '../../../src/journal/committer.ts';
import { systemFiles } from '../../../src/journal/files.ts';
import type { JournalTask } from '../../../src/journal/memory.ts';
import { ChangeLog, ChangeWord, isReached } from '../../../src/lease/change-log.ts';
import { rowBytes } from './rows.ts';

const { task, table, rounds } = workerData as { task: JournalTask; table: SharedArrayBuffer; rounds: number };
const PATIENCE_MS = 20_000;
const LOCK = 0;
const NEXT = 1;

const shared = new Int32Array(table);
const words = new Int32Array(task.changes.words);
const log = new ChangeLog(task.changes);
const committer = new Committer(task, { files: systemFiles, clock: systemClock, signal: () => {} });
let timeouts = 0;
for (let round = 0; round < rounds; round++) {
  lock(shared, LOCK);
  const row = rowBytes(shared[NEXT]!);
  shared[NEXT]! += 1;
  const change = log.append(row, row.length);
  unlock(shared, LOCK);
  committer.commit();
  for (let durable = log.durable(); !isReached(durable, change); durable = log.durable()) {
    if (Atomics.wait(words, ChangeWord.durable, durable | 0, PATIENCE_MS) === 'timed-out') timeouts++;
  }
}
parentPort!.postMessage({ timeouts });
