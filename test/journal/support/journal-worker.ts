/** A worker thread that runs the journal task, as the server's worker pool does. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JournalTask } from '../../../src/journal/memory.ts';
import { runJournal } from '../../../src/journal/task.ts';

parentPort?.postMessage(runJournal(workerData as JournalTask));
