/**
 * A small allocator in shared memory for the variable parts of leases. Blocks are powers of two from 16 bytes to
 * 128 KiB; a freed block goes to the free list of its size class and is found there again. When nothing else is left a
 * larger free block is cut, so that a flood of long identifiers leaves room for the short names of everybody else.
 * Callers hold the table's lock.
 */
import { Control } from './control.ts';

const CLASS_MIN_LOG2 = 4;
const CLASSES = 14;
/** The arena is addressed in units of the smallest block, so that 2^32 bytes and more fit a word. */
const UNIT_BYTES = 1 << CLASS_MIN_LOG2;

export interface ArenaMemory {
  /** See control.ts. */
  readonly control: SharedArrayBuffer;
  readonly arena: SharedArrayBuffer;
}

/** A third of the leases may have a long identifier or a name. */
const ARENA_BYTES_PER_ROW = 64;
/** All leases have a user context beside it. */
const CONTEXT_BYTES_PER_ROW = 256;
const ARENA_BYTES_MIN = 1 << 22;
/** The largest array there is, in whole blocks. */
const ARENA_BYTES_MAX = 2 ** 32 - 16;

/**
 * Octets of the arena of a table.
 * @param capacity leases at most
 * @param keepsContexts leases keep what relays say of their clients
 */
export function arenaBytes(capacity: number, keepsContexts: boolean): number {
  const bytes = capacity * (ARENA_BYTES_PER_ROW + (keepsContexts ? CONTEXT_BYTES_PER_ROW : 0));
  return Math.min(ARENA_BYTES_MAX, Math.max(ARENA_BYTES_MIN, bytes));
}

function classOf(length: number): number {
  const log2 = length <= UNIT_BYTES ? CLASS_MIN_LOG2 : 32 - Math.clz32(length - 1);
  return log2 - CLASS_MIN_LOG2;
}

export class Arena {
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  readonly #unitsMax: number;

  constructor(memory: ArenaMemory) {
    this.bytes = new Uint8Array(memory.arena);
    this.#words = new Int32Array(memory.arena);
    this.#control = new Int32Array(memory.control);
    this.#unitsMax = Math.floor(memory.arena.byteLength / UNIT_BYTES);
  }

  /** @param length 1..131,072 bytes; @returns a block handle > 0, or 0 when the arena is full */
  allocate(length: number): number {
    const sizeClass = classOf(length);
    if (sizeClass >= CLASSES) return 0;
    const block = this.#pop(sizeClass);
    if (block !== 0) return block;
    const units = 1 << sizeClass;
    // Unit 0 is never given out: handle 0 means "no block".
    const top = Math.max(1, this.#control[Control.arenaTop]!);
    if (top + units > this.#unitsMax) return this.#cut(sizeClass);
    this.#control[Control.arenaTop] = top + units;
    return top;
  }

  /** The first part of the smallest larger free block, 0 = there is none; the rest goes to the free lists. */
  #cut(sizeClass: number): number {
    for (let larger = sizeClass + 1; larger < CLASSES; larger++) {
      const block = this.#pop(larger);
      if (block === 0) continue;
      for (let part = larger - 1; part >= sizeClass; part--) this.#push(block + (1 << part), part);
      return block;
    }
    return 0;
  }

  #pop(sizeClass: number): number {
    const head = this.#control[Control.arenaFree + sizeClass]!;
    if (head !== 0) this.#control[Control.arenaFree + sizeClass] = this.#words[this.offset(head) >>> 2]!;
    return head;
  }

  #push(handle: number, sizeClass: number): void {
    this.#words[this.offset(handle) >>> 2] = this.#control[Control.arenaFree + sizeClass]!;
    this.#control[Control.arenaFree + sizeClass] = handle;
  }

  /** Gives a block back; `length` is what it was allocated for. */
  free(handle: number, length: number): void {
    this.#push(handle, classOf(length));
  }

  /** Byte offset of a block in `bytes`. */
  offset(handle: number): number {
    return handle * UNIT_BYTES;
  }
}
