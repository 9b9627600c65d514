/**
 * The reply slots of a shard: fixed buffers, each owned by exactly one of {free stack, query in work, parked reply,
 * send queue}. Where a finished reply goes is kept beside its bytes: the address in the form of its family.
 */
import { assert } from '../../base/assert.ts';

export class ReplySlots {
  readonly bytes: Uint8Array;
  readonly size: number;
  /** Octets of one slot: the longest reply of this configuration, so that no reply is too long for it. */
  readonly slotBytes: number;
  readonly lengths: Uint16Array;
  readonly ports: Uint16Array;
  readonly fds: Int32Array;
  /** Statistics cell that counts the reply once it is sent. */
  readonly cells: Int32Array;
  /** Of a parked reply: row of its lease, and the change that has to be safe. */
  readonly rows: Int32Array;
  readonly changes: Int32Array;
  readonly #free: Int32Array;
  #freeCount: number;

  /** @param bytes the sender's slots, `size * slotBytes` octets */
  constructor(bytes: Uint8Array, size: number, slotBytes: number) {
    assert(bytes.length >= size * slotBytes, 'slots are as large as replies');
    this.bytes = bytes;
    this.size = size;
    this.slotBytes = slotBytes;
    this.lengths = new Uint16Array(size);
    this.ports = new Uint16Array(size);
    this.fds = new Int32Array(size);
    this.cells = new Int32Array(size);
    this.rows = new Int32Array(size);
    this.changes = new Int32Array(size);
    this.#free = Int32Array.from({ length: size }, (_, slot) => slot);
    this.#freeCount = size;
  }

  get freeCount(): number {
    return this.#freeCount;
  }

  /** Takes a slot; there must be a free one. */
  take(): number {
    assert(this.#freeCount > 0, 'a free reply slot');
    this.#freeCount -= 1;
    return this.#free[this.#freeCount]!;
  }

  give(slot: number): void {
    assert(this.#freeCount < this.size, 'a slot is given back once');
    this.#free[this.#freeCount] = slot;
    this.#freeCount += 1;
  }
}
