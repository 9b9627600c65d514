/** The journal's thread on the stage, with rows of a few octets. */
import type { BellMemory } from '../../../src/base/bell.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { JournalLoop } from '../../../src/journal/loop.ts';
import type { JournalMemory } from '../../../src/journal/memory.ts';
import type { ChangeLogMemory } from '../../../src/lease/change-log.ts';
import { type DiskMemory, stageDisk, useDisk } from '../disk.ts';
import type { Stage } from '../model.ts';
import { signalEventFd } from '../stand-ins/eventfd.ts';

export const FILE_HEADER = 'address\n';
export const NOW_MS = 1;
/** The journal's pause after a failure: over as soon as others have had their turn. */
const PAUSE_MS_MAX = 200;

/** Time stands still: nothing here is to depend on it. */
export const clock: Clock = { monotonicMs: () => NOW_MS, wallSec: () => 1, wallMs: () => 1000 };

/** A row of the lease file. */
export function rowOf(number: number): Uint8Array {
  return new TextEncoder().encode(`row ${number}\n`);
}

/** What the journal's thread does, for ever. */
export function journalOf(
  story: {
    readonly changes: ChangeLogMemory;
    readonly journal: JournalMemory;
    readonly bells: readonly BellMemory[];
    readonly disk: DiskMemory;
  },
  stage: Stage,
): () => void {
  useDisk(story.disk);
  const file = { path: '/leases', fdatasync: true, header: FILE_HEADER };
  const loop = new JournalLoop(
    { changes: story.changes, journal: story.journal, bells: story.bells, file, stopGraceMs: 0 },
    {
      files: stageDisk,
      clock,
      signal: signalEventFd,
      wait: (words, index, value, timeoutMs) => {
        if (timeoutMs <= PAUSE_MS_MAX) stage.pause();
        else Atomics.wait(words, index, value);
      },
    },
  );
  return () => void loop.run();
}
