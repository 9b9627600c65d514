/**
 * The lease file clean-up: Kea's LFC with Kea's files, so that either server can finish what the other has begun.
 *
 *     1. NAME.2 + NAME.1 -> NAME.merged: one row for each live lease, ascending by address; sync
 *     2. remove NAME.output, NAME.merged -> NAME.completed; sync of the directory
 *     3. remove NAME.2, remove NAME.1, NAME.completed -> NAME.2; sync of the directory
 *
 * A crash at any point loses nothing: before step 2 the inputs are whole; once NAME.completed exists it holds all they
 * held, it alone is loaded, and the next run goes on with step 3. The service writes to NAME all the time; the journal
 * freezes NAME as NAME.1 before a clean-up starts, and leaves it alone while NAME.1 or NAME.completed exists.
 *
 * A kea-lfc that finds NAME.output appends to it, and an older version does so with rows that its header does not allow: ours
 * has another name, and what a kea-lfc has left goes.
 */
import { assert } from '../base/assert.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import {
  type AddressKeys,
  type FiledLease,
  headerOf,
  NO_FAULT,
  type RowCodec,
  type RowReader,
} from '../lease/row-codec.ts';
import { describeError } from './error-text.ts';
import {
  type FileSystem,
  isSystemError,
  OpenFlags,
  syncDirectory,
  systemFiles,
  unlinkIfPresent,
  writeAll,
} from './files.ts';
import { type LeaseFileNames, leaseFileNames } from './names.ts';
import { type RowReceiver, readLeaseFile } from './read.ts';
import { RowIndex, type RowPlace } from './row-index.ts';
import { RowSource } from './row-source.ts';

/** As in kea-lfc; with more bad rows than this somebody should look at the file before rows are left out for good. */
export const CLEANUP_ROW_ERRORS_MAX = 100;

const OUTPUT_BYTES = 1 << 20;

export interface CleanupTask {
  /** NAME, an absolute path. */
  readonly path: string;
}

export type CleanupOutcome =
  | {
      readonly kind: 'done';
      /** Rows read and leases written; both 0 when only step 3 of an earlier run was left to do. */
      readonly rows: number;
      readonly leases: number;
      /** Bad rows that were left out. */
      readonly rowErrors: number;
      readonly durationMs: number;
    }
  /** There is no NAME.1: nothing was frozen. */
  | { readonly kind: 'nothing' }
  /** The files are as they were, or as after a crash: the next run finishes. */
  | { readonly kind: 'failed'; readonly reason: string };

/** The clean-up as a job for a worker pool. */
export function runCleanup<Lease extends FiledLease>(
  codec: RowCodec<Lease, unknown>,
  task: CleanupTask,
): CleanupOutcome {
  return cleanUp(codec, task, systemClock, systemFiles);
}

/** Never throws for what is in the files or for what the file system says. Only one may run on the same files. */
export function cleanUp<Lease extends FiledLease>(
  codec: RowCodec<Lease, unknown>,
  task: CleanupTask,
  clock: Clock,
  files: FileSystem,
): CleanupOutcome {
  const names = leaseFileNames(task.path);
  const startMs = clock.monotonicMs();
  try {
    let merge: Merge<Lease> | null = null;
    if (!files.exists(names.completed)) {
      if (!files.exists(names.frozen)) return { kind: 'nothing' };
      merge = new Merge(codec, files, names);
      merge.run();
      unlinkIfPresent(files, names.keaOutput);
      files.rename(names.merged, names.completed);
      syncDirectory(files, names.active);
    }
    takeOver(files, names);
    return {
      kind: 'done',
      rows: merge?.rows ?? 0,
      leases: merge?.leases ?? 0,
      rowErrors: merge?.rowErrors ?? 0,
      durationMs: clock.monotonicMs() - startMs,
    };
  } catch (error) {
    if (error instanceof UnusableInput || isSystemError(error)) {
      return { kind: 'failed', reason: describeError(error) };
    }
    throw error;
  }
}

function takeOver(files: FileSystem, names: LeaseFileNames): void {
  unlinkIfPresent(files, names.previous);
  unlinkIfPresent(files, names.frozen);
  files.rename(names.completed, names.previous);
  syncDirectory(files, names.active);
}

/** What stands in the files makes a clean-up impossible; the message says what. */
class UnusableInput extends Error {}

/** Step 1. */
class Merge<Lease extends FiledLease> implements RowReceiver<Lease> {
  readonly #codec: RowCodec<Lease, unknown>;
  readonly #keys: AddressKeys<Lease>;
  readonly #files: FileSystem;
  readonly #names: LeaseFileNames;
  readonly #index = new RowIndex();
  #file = '';
  #source = 0;
  rows = 0;
  leases = 0;
  rowErrors = 0;

  constructor(codec: RowCodec<Lease, unknown>, files: FileSystem, names: LeaseFileNames) {
    this.#codec = codec;
    this.#keys = codec.createKeys();
    this.#files = files;
    this.#names = names;
  }

  run(): void {
    const { previous, frozen, merged } = this.#names;
    const inputs = [previous, frozen].filter((file) => this.#files.exists(file));
    for (const file of inputs) this.#read(file);
    const sources: RowSource[] = [];
    try {
      for (const file of inputs) sources.push(new RowSource(this.#files, file));
      this.#write(sources);
    } catch (error) {
      // A half-written result is of no use, and its space may be what is missing.
      try {
        unlinkIfPresent(this.#files, merged);
      } catch {
        // The next run empties it.
      }
      throw error;
    } finally {
      for (const source of sources) source.close();
    }
  }

  #read(file: string): void {
    this.#file = file;
    this.#source++;
    const outcome = readLeaseFile(this.#codec, this.#files, file, this);
    if (outcome.kind === 'refused') throw new UnusableInput(`cannot use ${file}: ${outcome.reason}`);
    assert(outcome.kind !== 'stopped', 'a clean-up with too many bad rows has thrown');
  }

  row(record: Lease, offset: number, length: number): void {
    this.rows++;
    const key = this.#keys.keyOf(record);
    if (record.validLifetimeSec === 0) this.#index.delete(key);
    else this.#index.set(key, this.#source, offset, length);
  }

  fault(fault: number, line: number): boolean {
    if (++this.rowErrors <= CLEANUP_ROW_ERRORS_MAX) return true;
    throw new UnusableInput(
      `${this.#file} has more than ${CLEANUP_ROW_ERRORS_MAX} bad rows, last at line ${line}: ${this.#codec.faultTexts[fault]}; correct the file`,
    );
  }

  #write(sources: readonly RowSource[]): void {
    const fd = this.#files.open(this.#names.merged, OpenFlags.writeEmpty);
    try {
      const out = new Uint8Array(OUTPUT_BYTES);
      let filled = new TextEncoder().encodeInto(headerOf(this.#codec), out).written;
      let position = 0;
      const reader = this.#codec.createReader();
      const place: RowPlace = { source: 0, offset: 0, length: 0 };
      for (const key of this.#keys.sort(this.#index.keys())) {
        if (filled > OUTPUT_BYTES - this.#codec.rowBytesMax) {
          position = writeAll(this.#files, fd, out, filled, position);
          filled = 0;
        }
        this.#index.find(key, place);
        filled = copyRow(this.#codec, sources[place.source - 1]!, place, reader, out, filled);
        this.leases++;
      }
      writeAll(this.#files, fd, out, filled, position);
      this.#files.fsync(fd);
    } finally {
      this.#files.close(fd);
    }
  }
}

/** Any number of columns: the row was judged by its file's header when it was read first. */
const ANY_COLUMNS = { min: 1, max: Number.POSITIVE_INFINITY };

/** Writes a row in the current schema. @returns the offset behind it */
function copyRow<Lease extends FiledLease>(
  codec: RowCodec<Lease, unknown>,
  source: RowSource,
  place: RowPlace,
  reader: RowReader<Lease>,
  out: Uint8Array,
  at: number,
): number {
  const fault = reader.decode(source.window, source.fetch(place), ANY_COLUMNS);
  assert(fault === NO_FAULT, 'a row that was good is good when it is read again');
  const end = codec.encode(out, at, reader.record);
  assert(end > at, 'a row that could be read can be written');
  return end;
}
