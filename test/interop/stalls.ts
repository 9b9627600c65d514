/**
 * For how long the machine itself stood still: what a program that only wants to run a little and to have a row on the disk
 * waited beyond that. A limit of what a pair may take is a limit of the pair when this is added to it.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Teardown } from './network.ts';

export interface Stall {
  /** When it was over, wall-clock milliseconds. */
  readonly endMs: number;
  readonly ms: number;
}

export interface Stalls {
  /** Milliseconds of the period. */
  sum(fromMs: number, toMs: number): number;
}

/** Watches until the test ends. @param directory on the disk of the lease files */
export function watchStalls(t: Teardown, directory: string): Stalls {
  const found: Stall[] = [];
  const file = join(directory, 'stalls');
  const worker = new Worker(new URL('./stalls-worker.js', import.meta.url), { workerData: file });
  worker.on('message', (stall: Stall) => found.push(stall));
  t.teardown(() => worker.terminate());
  return {
    sum: (fromMs, toMs) =>
      found.reduce((sum, { endMs, ms }) => {
        const withinMs = Math.min(endMs, toMs) - Math.max(endMs - ms, fromMs);
        return sum + Math.max(0, withinMs);
      }, 0),
  };
}
