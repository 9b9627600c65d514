/** The journal's thread: one long-lived task for a worker pool, which returns when it is told to stop. */
import { systemClock } from '../base/clock.ts';
import { signalEventFd } from '../io/eventfd.ts';
import { systemFiles } from './files.ts';
import { JournalLoop } from './loop.ts';
import type { JournalReport, JournalTask } from './memory.ts';

/**
 * Drains the change log into the lease file until the stop word is set. Blocks its thread for all that time.
 * @throws only for a fault of this program; a disk that fails is reported in the journal's memory and tried again
 */
export function runJournal(task: JournalTask): JournalReport {
  const seams = { files: systemFiles, clock: systemClock, signal: signalEventFd, wait: Atomics.wait };
  return new JournalLoop(task, seams).run();
}
