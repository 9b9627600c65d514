/**
 * Collects the pieces of one command. A list of chunks would cost an object for each, so that a client that sends
 * single bytes could take a hundred times the memory that the size limit allows; here it is at most twice.
 */

const FIRST_BYTES = 4096;

export class GrowingBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** Bytes collected. */
  get length(): number {
    return this.#length;
  }

  /** Copies a chunk to the end. */
  push(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * this.#bytes.length, FIRST_BYTES));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** The first `length` bytes as UTF-8; what is not UTF-8 becomes U+FFFD. */
  text(length: number): string {
    return this.#bytes.toString('utf8', 0, length);
  }

  /** Gives the memory back. */
  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
  }
}
