/**
 * Fetches single rows from a lease file by their place. The result of an earlier clean-up is read in its own order, so a
 * window over it is refilled far ahead; the rows of a journal come in any order and are fetched one by one.
 */
import { assert } from '../base/assert.ts';
import { type FileSystem, OpenFlags } from './files.ts';
import type { RowPlace } from './row-index.ts';

const WINDOW_BYTES = 1 << 18;
/** A row that starts this close behind the window counts as read in order. */
const NEAR_BYTES = 1 << 12;
const NEWLINE = 0x0a;

export class RowSource {
  readonly #files: FileSystem;
  readonly #fd: number;
  /** One octet more than is ever read, for the newline that a last row may lack. */
  readonly window = new Uint8Array(WINDOW_BYTES + 1);
  #start = 0;
  #end = 0;

  /** @throws NodeJS.ErrnoException */
  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#fd = files.open(path, OpenFlags.read);
  }

  /** @returns the offset in `window` of the row, which a newline follows; valid until the next call */
  fetch({ offset, length }: RowPlace): number {
    if (offset < this.#start || offset + length > this.#end) this.#load(offset, length);
    const at = offset - this.#start;
    this.window[at + length] = NEWLINE;
    return at;
  }

  close(): void {
    this.#files.close(this.#fd);
  }

  #load(offset: number, length: number): void {
    const inOrder = offset <= this.#end + NEAR_BYTES && offset >= this.#start;
    const wanted = inOrder ? WINDOW_BYTES : length;
    this.#start = offset;
    this.#end = offset;
    while (this.#end < offset + length) {
      const filled = this.#end - offset;
      const count = this.#files.read(this.#fd, this.window, filled, wanted - filled, this.#end);
      assert(count > 0, 'a frozen lease file does not become shorter');
      this.#end += count;
    }
  }
}
