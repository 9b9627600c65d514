/**
 * A disk with one lease file, in shared memory. Each operation is a point, and fdatasync two: others go on while it works. It can
 * fail, as often as it is told.
 */
import type { FileSystem } from '../../src/journal/files.ts';
import { present } from './stage.ts';

const FD = 3;
const SIZE = 0;
/** Octets that fdatasync has made safe. */
const SAFE = 1;
/** Calls of fdatasync that fail from now on. */
const FAILURES = 2;
const WORDS = 4;
const BYTES = 2048;

export type DiskMemory = SharedArrayBuffer;

export function allocateDisk(): DiskMemory {
  return new SharedArrayBuffer(WORDS * 4 + BYTES);
}

/** Has the next calls of fdatasync fail. */
export function failNext(memory: DiskMemory, count: number): void {
  new Int32Array(memory)[FAILURES] = count;
}

/** The text of the file, up to what is safe. */
export function safeText(memory: DiskMemory): string {
  const safe = new Int32Array(memory)[SAFE]!;
  return new TextDecoder().decode(new Uint8Array(memory, WORDS * 4, safe).slice());
}

/** The disk that this thread works with. */
const inUse: { words: Int32Array; bytes: Uint8Array } = {
  words: new Int32Array(0),
  bytes: new Uint8Array(0),
};

export function useDisk(memory: DiskMemory): void {
  inUse.words = new Int32Array(memory, 0, WORDS);
  inUse.bytes = new Uint8Array(memory, WORDS * 4);
}

class DiskFailure extends Error {
  readonly syscall = 'fdatasync';
  readonly errno = -5;
}

export const stageDisk: FileSystem = {
  open: () => FD,
  close: () => {},
  read: (_fd, bytes, offset, length, position) => {
    bytes.set(inUse.bytes.subarray(position, position + length), offset);
    return length;
  },
  write: (_fd, bytes, offset, length, position) => {
    present.stage?.pause();
    inUse.bytes.set(bytes.subarray(offset, offset + length), position);
    inUse.words[SIZE] = Math.max(inUse.words[SIZE]!, position + length);
    return length;
  },
  truncate: (_fd, length) => {
    inUse.words[SIZE] = length;
    inUse.words[SAFE] = Math.min(inUse.words[SAFE]!, length);
  },
  fdatasync: () => {
    const size = inUse.words[SIZE]!;
    present.stage?.pause();
    if (inUse.words[FAILURES]! > 0) {
      inUse.words[FAILURES]! -= 1;
      throw new DiskFailure('the disk of the stage fails');
    }
    inUse.words[SAFE] = Math.max(inUse.words[SAFE]!, size);
  },
  forget: () => {},
  fsync: () => {
    inUse.words[SAFE] = inUse.words[SIZE]!;
  },
  stat: () => ({ size: inUse.words[SIZE]!, inode: 1 }),
  rename: () => {},
  unlink: () => {},
  exists: () => false,
};
