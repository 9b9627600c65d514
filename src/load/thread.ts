/** The load client's thread: a worker that does nothing else, so that its loop may block in poll(). */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { runLoad } from './loop.ts';
import type { AnyLoadOptions, LoadMemory } from './model.ts';

const { options, memory } = workerData as { options: AnyLoadOptions; memory: LoadMemory };
runLoad(options, memory, systemClock, () => parentPort?.postMessage('ready'));
