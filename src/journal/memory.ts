/**
 * What main, the journal thread and those who commit by themselves (committer.ts) tell each other, in shared memory. The
 * rows themselves come by the change log (lease/change-log.ts).
 *
 *     words      Int32, see `JournalWord`
 *     counters   float64, see `JournalCounter`; only whoever holds the commit lock writes them: an increment is a plain add
 */
import type { BellMemory } from '../base/bell.ts';
import type { ChangeLogMemory } from '../lease/change-log.ts';

/** Indexes of the control words. */
export const JournalWord = {
  /** Main -> journal: 1 = write what is in the change log, then return. */
  stop: 0,
  /** Main -> journal: number of rotations asked for. */
  rotationAsked: 1,
  /** Journal -> main: number of rotations answered; notified. */
  rotationAnswered: 2,
  /** Journal -> main: a `RotationAnswer`, valid once the two numbers are equal. */
  rotationAnswer: 3,
  /** Journal -> all: Unix seconds (u32) since when nothing can be written, 0 = all is well. */
  failingSinceSec: 4,
  /** Journal -> all: the errno of the last failure. */
  failingErrno: 5,
  /** Journal -> all: what failed, an index into `failingSteps`. */
  failingStep: 6,
  /** Journal -> main: loop turns, a sign of life: at least one in half a second unless a system call hangs. */
  turns: 7,
  /** The commit lock (base/lock.ts): its holder reads the change log and writes the lease file and the counters. */
  commitLock: 8,
  /** Journal -> committers: 1 = it sleeps with nothing to do, the file is whole, and anybody may append to it. */
  isOpenToAll: 9,
  /** Journal -> committers: descriptor of the active lease file, -1 = there is no file and nothing is written. */
  fd: 10,
  /** Journal -> committers: 1 = a batch counts only after fdatasync. */
  fdatasync: 11,
  /** Committers -> journal: 1 = a batch failed half-way; the file is to be cut back before anything else. */
  isTorn: 12,
  /** Microseconds that an fdatasync takes of late, a moving average. */
  syncUs: 13,
} as const;

/** In `JournalWord.fd`. */
export const NO_FILE = -1;

export const RotationAnswer = { rotated: 1, unfinished: 2, failed: 3 } as const;

/** The steps of a commit that can fail. */
export const failingSteps = ['open', 'write', 'sync', 'rotate'] as const;
export type FailingStep = (typeof failingSteps)[number];

/** Indexes of the counters. */
export const JournalCounter = {
  records: 0,
  bytes: 1,
  /** Batches written. */
  commits: 2,
  syncs: 3,
  syncTotalUs: 4,
  syncMaxUs: 5,
  /** Failed attempts to open, write, sync or rotate. */
  failures: 6,
  /** Octets in the active lease file now. */
  fileBytes: 7,
} as const;

const WORDS = 16;
const COUNTERS_AT = WORDS * 4;
const COUNTERS = 16;

export interface JournalMemory {
  readonly control: SharedArrayBuffer;
}

export function allocateJournal(): JournalMemory {
  return { control: new SharedArrayBuffer(COUNTERS_AT + COUNTERS * 8) };
}

export function journalWords(memory: JournalMemory): Int32Array {
  return new Int32Array(memory.control, 0, WORDS);
}

export function journalCounters(memory: JournalMemory): Float64Array {
  return new Float64Array(memory.control, COUNTERS_AT, COUNTERS);
}

/** Plain data and shared memory, so that it can be handed to a worker. */
export interface JournalTask {
  readonly changes: ChangeLogMemory;
  readonly journal: JournalMemory;
  /** Of all who wait for rows in poll(): rung whenever the durable number has grown. */
  readonly bells: readonly BellMemory[];
  /**
   * Header of the rows' schema, with its newline. Null (`persist: false`): nothing is written, every change counts as
   * durable at once.
   */
  readonly file: { readonly path: string; readonly fdatasync: boolean; readonly header: string } | null;
  /** How long a stop may wait for a disk that fails. */
  readonly stopGraceMs: number;
}

export interface JournalReport {
  /** False when the change log still holds rows that could not be written. */
  readonly drained: boolean;
  /** Since the journal's memory was allocated. */
  readonly records: number;
  readonly commits: number;
}
