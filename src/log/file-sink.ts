/**
 * A file as an end of the log, rotated as log4cplus does: when a line has taken the file beyond its size, `file.1` becomes
 * `file.2` and so on up to the number of versions, and `file` becomes `file.1`.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { tandemError } from '../errors.ts';
import { endsWithinLine } from '../io/torn-line.ts';
import type { Announce, Sink } from './output.ts';

export interface FileSinkOptions {
  readonly path: string;
  /** Octets beyond which the file is rotated; 0 = never. */
  readonly maxSize: number;
  /** How many old files are kept, at least 1. */
  readonly maxVersions: number;
}

/** Logs name clients and their addresses: nobody but the owner and his group needs them. */
const FILE_MODE = 0o640;
/** Not blocking: somebody may name a pipe that nobody reads. */
const OPEN_FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

export class FileSink implements Sink {
  readonly #options: FileSinkOptions;
  readonly #announce: Announce;
  #fd: number;
  /** Octets in the file; stays 0 for what is no regular file. */
  #size: number;
  readonly #isRegular: boolean;
  /** The size beyond which a rotation is tried. */
  #limit: number;
  /** The end of the last line could neither be written nor taken back, or was not written by a server that was killed. */
  #isTorn: boolean;

  /** @throws TDM_ERR_LOG_FILE when the file cannot be opened or made */
  constructor(options: FileSinkOptions, announce: Announce) {
    this.#options = options;
    this.#announce = announce;
    try {
      this.#fd = openSync(options.path, OPEN_FLAGS, FILE_MODE);
    } catch (error) {
      throw tandemError('TDM_ERR_LOG_FILE', [options.path, codeOf(error)], error);
    }
    const stat = fstatSync(this.#fd);
    this.#isRegular = stat.isFile();
    this.#size = this.#isRegular ? stat.size : 0;
    this.#isTorn = this.#isRegular && endsWithinLine(options.path);
    this.#limit = this.#isRegular && options.maxSize > 0 ? options.maxSize : Number.POSITIVE_INFINITY;
  }

  get name(): string {
    return this.#options.path;
  }

  write(text: string): string | null {
    const reason = this.#append(Buffer.from(this.#isTorn ? `\n${text}` : text));
    if (reason === null) this.#isTorn = false;
    if (this.#size > this.#limit) this.#rotate();
    return reason;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(bytes: Buffer): string | null {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
      if (this.#isRegular) this.#size += written;
      return null;
    } catch (error) {
      if (written > 0) this.#takeBack();
      return codeOf(error);
    }
  }

  /** Half a line would spoil the next one. */
  #takeBack(): void {
    try {
      if (!this.#isRegular) throw new Error('nothing can be taken back');
      ftruncateSync(this.#fd, this.#size);
    } catch {
      this.#isTorn = true;
    }
  }

  /** When it fails the file goes on as it is, and the next attempt comes when it has grown by its size once more. */
  #rotate(): void {
    const { path, maxSize, maxVersions } = this.#options;
    try {
      // It does not exist when the last attempt could move it and then not make a new one.
      if (existsSync(path)) shiftVersions(path, maxVersions);
      const fd = openSync(path, OPEN_FLAGS, FILE_MODE);
      closeSync(this.#fd);
      this.#fd = fd;
      this.#size = fstatSync(fd).size;
      this.#limit = maxSize;
    } catch (error) {
      this.#limit = this.#size + maxSize;
      this.#announce('TDM_LOG_ROTATION_FAILED', { output: path, reason: codeOf(error) });
    }
  }
}

/** Moves `path` to `path.1`, `path.1` to `path.2`, ...; the oldest is overwritten. */
function shiftVersions(path: string, maxVersions: number): void {
  let last = 1;
  while (last < maxVersions && existsSync(`${path}.${last}`)) last++;
  for (let version = last; version > 1; version--) renameSync(`${path}.${version - 1}`, `${path}.${version}`);
  renameSync(path, `${path}.1`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
