/**
 * Loads a lease database from its files, in Kea's order: NAME.completed alone when there is one, else NAME.2 and NAME.1;
 * then NAME. The last row for an address wins. Afterwards NAME is ready to be appended to: it exists, has the header of
 * the current schema and ends with a newline. Call it with the lock of the lease file held (lock.ts).
 */
import type { Clock } from '../base/clock.ts';
import type { FiledLease, RowCodec } from '../lease/row-codec.ts';
import { makeAppendable, type Repair } from './appendable.ts';
import { describeError } from './error-text.ts';
import { type FileSystem, isSystemError, OpenFlags, syncFile, systemFiles } from './files.ts';
import { type LeaseFileNames, leaseFileNames } from './names.ts';
import { type ReadOutcome, type RowReceiver, readLeaseFile } from './read.ts';

/** Where the leases go. */
export interface LoadSink<Lease extends FiledLease, Address> {
  /** Puts a lease over whatever stands at its address; `full` = there is no memory for it. The record is reused. */
  put(record: Lease): 'kept' | 'full';
  /** Takes the lease at an address away, if there is one. */
  remove(address: Address): void;
}

export interface LoadOptions {
  /** Absolute path, `name` of `lease-database`. */
  readonly path: string;
  /** Bad rows tolerated in one file, 0 = any number (`max-row-errors`). */
  readonly maxRowErrors: number;
}

export interface RowError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

export interface LoadReport {
  readonly files: readonly string[];
  /** Good rows, deletions included. */
  readonly rows: number;
  readonly deletions: number;
  /** Rows for which the sink had no room. */
  readonly notKept: number;
  readonly rowErrorCount: number;
  /** The first of them, at most `ROW_ERRORS_SHOWN_MAX`. */
  readonly rowErrors: readonly RowError[];
  /** What was mended at the end of NAME, if anything. */
  readonly repair: Repair | null;
  /** There was no lease file at all; an empty one was created. */
  readonly created: boolean;
  /** A clean-up has not finished, or a file has another schema: run one soon. */
  readonly cleanupDue: boolean;
  readonly durationMs: number;
}

export type LoadOutcome =
  | { readonly kind: 'loaded'; readonly report: LoadReport }
  /** The sink has part of the leases and must be thrown away. The files are as they were. */
  | { readonly kind: 'refused'; readonly reason: string };

export const ROW_ERRORS_SHOWN_MAX = 100;

/** Never throws for what is in the files or for what the file system says. */
export function loadLeaseFiles<Lease extends FiledLease, Address>(
  codec: RowCodec<Lease, Address>,
  options: LoadOptions,
  sink: LoadSink<Lease, Address>,
  clock: Clock,
  files: FileSystem = systemFiles,
): LoadOutcome {
  return new Loader(codec, options, sink, clock, files).run();
}

/** Ends a load; its message is the reason. */
class Refusal extends Error {}

class Loader<Lease extends FiledLease, Address> implements RowReceiver<Lease> {
  readonly #codec: RowCodec<Lease, Address>;
  readonly #options: LoadOptions;
  readonly #sink: LoadSink<Lease, Address>;
  readonly #clock: Clock;
  readonly #fileSystem: FileSystem;
  readonly #names: LeaseFileNames;
  readonly #files: string[] = [];
  readonly #rowErrors: RowError[] = [];
  #rows = 0;
  #deletions = 0;
  #notKept = 0;
  #rowErrorCount = 0;
  #fileErrorCount = 0;
  #lastError: RowError | null = null;
  #file = '';

  constructor(
    codec: RowCodec<Lease, Address>,
    options: LoadOptions,
    sink: LoadSink<Lease, Address>,
    clock: Clock,
    files: FileSystem,
  ) {
    this.#codec = codec;
    this.#options = options;
    this.#sink = sink;
    this.#clock = clock;
    this.#fileSystem = files;
    this.#names = leaseFileNames(options.path);
  }

  run(): LoadOutcome {
    const startMs = this.#clock.monotonicMs();
    try {
      let isCurrent = this.#loadEarlier();
      const active = this.#exists(this.#names.active) ? this.#load(this.#names.active) : null;
      const repair = this.#attempt('write', this.#names.active, () =>
        makeAppendable(this.#codec, this.#fileSystem, this.#names, active, this.#clock),
      );
      if (active?.kind === 'read' && !active.isCurrent) isCurrent = false;
      const unfinished = this.#exists(this.#names.frozen) || this.#exists(this.#names.completed);
      const durationMs = this.#clock.monotonicMs() - startMs;
      return {
        kind: 'loaded',
        report: this.#report({ repair, cleanupDue: unfinished || !isCurrent, durationMs }),
      };
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
      throw error;
    }
  }

  #report(rest: Pick<LoadReport, 'repair' | 'cleanupDue' | 'durationMs'>): LoadReport {
    return {
      ...rest,
      created: this.#files.length === 0,
      files: this.#files,
      rows: this.#rows,
      deletions: this.#deletions,
      notKept: this.#notKept,
      rowErrorCount: this.#rowErrorCount,
      rowErrors: this.#rowErrors,
    };
  }

  row(record: Lease): void {
    this.#rows++;
    if (record.validLifetimeSec === 0) {
      this.#deletions++;
      this.#sink.remove(this.#codec.addressOf(record));
    } else if (this.#sink.put(record) === 'full') this.#notKept++;
  }

  fault(fault: number, line: number): boolean {
    this.#rowErrorCount++;
    this.#fileErrorCount++;
    const error = { file: this.#file, line, reason: this.#codec.faultTexts[fault]! };
    if (this.#rowErrors.length < ROW_ERRORS_SHOWN_MAX) this.#rowErrors.push(error);
    this.#lastError = error;
    return this.#options.maxRowErrors === 0 || this.#fileErrorCount <= this.#options.maxRowErrors;
  }

  /** What clean-ups have left. @returns whether all of it has the current schema */
  #loadEarlier(): boolean {
    const { completed, previous, frozen } = this.#names;
    const earlier = this.#exists(completed) ? [completed] : [previous, frozen];
    let isCurrent = true;
    for (const file of earlier) {
      if (!this.#exists(file)) continue;
      const outcome = this.#load(file);
      if (outcome.kind === 'read' && !outcome.isCurrent) isCurrent = false;
    }
    return isCurrent;
  }

  #load(file: string): ReadOutcome {
    this.#file = file;
    this.#fileErrorCount = 0;
    this.#sync(file);
    const outcome = this.#attempt('read', file, () =>
      readLeaseFile(this.#codec, this.#fileSystem, file, this),
    );
    if (outcome.kind === 'refused') {
      throw new Refusal(
        `cannot use ${file}: ${outcome.reason}; move it away or correct \`name\` in \`lease-database\``,
      );
    }
    if (outcome.kind === 'stopped') throw new Refusal(this.#tooManyErrors());
    this.#files.push(file);
    return outcome;
  }

  /**
   * A row may stand in the page cache alone: of a process that was killed before its fdatasync, or of a Kea, which makes none. What is
   * read counts as a lease from here on, and may be given to its client, or not be written when a peer sends it, as what it is.
   */
  #sync(file: string): void {
    const fd = this.#attempt('read', file, () => this.#fileSystem.open(file, OpenFlags.read));
    try {
      this.#attempt('write', file, () => syncFile(this.#fileSystem, fd));
    } finally {
      this.#fileSystem.close(fd);
    }
  }

  #tooManyErrors(): string {
    const last = this.#lastError;
    const where = last === null ? '' : `, last at line ${last.line}: ${last.reason}`;
    return `${this.#file} has more than ${this.#options.maxRowErrors} bad rows${where}; correct them, or raise \`max-row-errors\` (0 = any number)`;
  }

  #exists(file: string): boolean {
    return this.#attempt('read', file, () => this.#fileSystem.exists(file));
  }

  #attempt<Result>(verb: 'read' | 'write', file: string, step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      if (isSystemError(error)) {
        throw new Refusal(`cannot ${verb} the lease file ${file}, ${describeError(error)}`);
      }
      throw error;
    }
  }
}
