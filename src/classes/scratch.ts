/**
 * Memory for values that stand nowhere in the query, such as a concatenation: one a shard, emptied before each expression. A
 * value that finds no place makes the expression fail, and so does everything else that Kea calls an error of evaluation.
 */

/** Octets of all values that one expression makes. An option is at most a datagram long; the rest is for nesting. */
const SCRATCH_BYTES = 65_536;

export class Scratch {
  readonly bytes = new Uint8Array(SCRATCH_BYTES);
  /** Whether something in the expression in work could not be evaluated: its class is not assigned. */
  failed = false;
  #used = 0;

  /** Before an expression is evaluated. */
  reset(): void {
    this.#used = 0;
    this.failed = false;
  }

  /** @returns the offset of `length` octets; 0 and a failed expression when there are not so many left */
  take(length: number): number {
    const offset = this.#used;
    if (length > SCRATCH_BYTES - offset) {
      this.failed = true;
      return 0;
    }
    this.#used = offset + length;
    return offset;
  }

  /** Whether so many octets are left; the expression fails when not. */
  hasRoom(length: number): boolean {
    if (length > SCRATCH_BYTES - this.#used) this.failed = true;
    return !this.failed;
  }
}
