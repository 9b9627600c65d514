/**
 * The active lease file as the journal writes it: batches of whole rows at the end, and nothing half-written before them.
 *
 * `length` is the file up to the last batch that was written (and, when asked, synced) completely. After any failure the
 * next step opens the file again and cuts it back to that length, so that a torn row never stays in front of good ones.
 * A failed fdatasync is treated the same way: the kernel has then dropped the dirty pages or marked them clean, and a
 * second fdatasync would succeed without having written anything. Only writing the rows again makes them durable.
 */
import { assert } from '../base/assert.ts';
import { type FileSystem, OpenFlags, syncDirectory, writeAll } from './files.ts';
import type { LeaseFileNames } from './names.ts';

const CLOSED = -1;
const NEWLINE = 0x0a;
const newline = Uint8Array.of(NEWLINE);

export type RotationOutcome = 'rotated' | 'unfinished';

/** Moves NAME to NAME.1, unless an earlier clean-up has not finished yet. Durable when it returns. */
export function rotateActiveFile(files: FileSystem, names: LeaseFileNames): RotationOutcome {
  if (files.exists(names.frozen) || files.exists(names.completed)) return 'unfinished';
  files.rename(names.active, names.frozen);
  syncDirectory(files, names.active);
  return 'rotated';
}

/**
 * Makes an open lease file consist of its header alone. Durable when it returns.
 * @param header with its newline; @returns its length
 */
export function writeHeader(files: FileSystem, fd: number, path: string, header: string): number {
  files.truncate(fd, 0);
  const octets = new TextEncoder().encode(header);
  try {
    const length = writeAll(files, fd, octets, octets.length, 0);
    files.fsync(fd);
    syncDirectory(files, path);
    return length;
  } catch (error) {
    empty(files, fd);
    throw error;
  }
}

/** Whoever opens the file next, another process maybe, must not find in the page cache what no fsync will bring onto the disk. */
function empty(files: FileSystem, fd: number): void {
  try {
    files.truncate(fd, 0);
  } catch {
    // The error of before says more.
  }
}

export class ActiveLeaseFile {
  readonly #files: FileSystem;
  readonly #names: LeaseFileNames;
  readonly #header: string;
  #fd = CLOSED;
  #inode = -1;
  #length = 0;
  #appended = 0;

  /** @param header of the rows that will be written, with its newline */
  constructor(files: FileSystem, names: LeaseFileNames, header: string) {
    this.#files = files;
    this.#names = names;
    this.#header = header;
  }

  /** Octets of the file, up to the last batch that was kept. */
  get length(): number {
    return this.#length;
  }

  /** Its descriptor. Pre: open. */
  get fd(): number {
    assert(this.#fd !== CLOSED, 'the lease file is open');
    return this.#fd;
  }

  /**
   * Others have written to the open file, one at a time and not now.
   * @param length of the file, up to the last batch that they kept
   * @param isTorn the last of them has failed: what stands behind is cut off, and `open` must follow
   */
  follow(length: number, isTorn: boolean): void {
    if (this.#fd === CLOSED) return;
    this.#length = length;
    if (isTorn) this.#abandon();
  }

  /**
   * Opens the file unless it is open, creates it when it is missing, cuts off what a failed batch left behind.
   * @throws NodeJS.ErrnoException
   */
  open(): void {
    if (this.#fd !== CLOSED) return;
    const fd = this.#files.open(this.#names.active, OpenFlags.readWriteCreate);
    try {
      this.#prepare(fd);
    } catch (error) {
      this.#files.close(fd);
      throw error;
    }
    this.#fd = fd;
  }

  #prepare(fd: number): void {
    const { size, inode } = this.#files.stat(fd);
    if (inode === this.#inode && size >= this.#length) {
      this.#files.truncate(fd, this.#length);
    } else {
      const length = size === 0 ? 0 : this.#endLine(fd, size);
      this.#inode = inode;
      this.#length = length;
    }
    if (this.#length === 0) this.#length = writeHeader(this.#files, fd, this.#names.active, this.#header);
  }

  /** A file that somebody else wrote last may lack its final newline; our first row must not continue that line. */
  #endLine(fd: number, size: number): number {
    const last = new Uint8Array(1);
    this.#files.read(fd, last, 0, 1, size - 1);
    return last[0] === NEWLINE ? size : writeAll(this.#files, fd, newline, 1, size);
  }

  /**
   * Appends whole rows. They stay only after `keep`; when this throws they are gone: open and append them again.
   * Pre: open, and every earlier batch is kept.
   * @throws NodeJS.ErrnoException
   */
  append(rows: Uint8Array, length: number): void {
    assert(this.#fd !== CLOSED && this.#appended === 0, 'the lease file is open and holds whole batches');
    this.#attempt(() => writeAll(this.#files, this.#fd, rows, length, this.#length));
    this.#appended = length;
  }

  /** Makes the appended rows durable; when this throws they are gone. Pre: open. */
  sync(): void {
    this.#attempt(() => this.#files.fdatasync(this.#fd));
  }

  /** From now on the appended rows belong to the file. */
  keep(): void {
    this.#length += this.#appended;
    this.#appended = 0;
  }

  /** Freezes the file for the clean-up and opens a fresh one. Pre: open, and every batch is kept. */
  rotate(): RotationOutcome {
    const outcome = this.#attempt(() => {
      this.#files.fsync(this.#fd);
      return rotateActiveFile(this.#files, this.#names);
    });
    if (outcome === 'rotated') {
      this.close();
      this.open();
    }
    return outcome;
  }

  close(): void {
    if (this.#fd === CLOSED) return;
    const fd = this.#fd;
    this.#fd = CLOSED;
    this.#files.close(fd);
  }

  /**
   * Runs one step; when it fails the file is closed. The descriptor must not be used again: after half a rotation it
   * leads to the frozen file, after half a write its end is a torn row.
   */
  #attempt<Result>(step: () => Result): Result {
    try {
      return step();
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  #abandon(): void {
    const fd = this.#fd;
    this.#fd = CLOSED;
    this.#appended = 0;
    try {
      // At once, because there may be no next time: the torn row should not wait for the next start.
      this.#files.truncate(fd, this.#length);
    } catch {
      // `open` cuts again, and nothing is written before that has worked.
    }
    try {
      this.#files.close(fd);
    } catch {
      // A failed close has released the descriptor all the same (close(2)).
    }
  }
}
