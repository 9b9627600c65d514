/**
 * Reads a small file that somebody else may be replacing at this moment: whole, unchanged from the first byte to the last,
 * bounded, and never waiting. What is no regular file (a FIFO without a writer would hold the process for ever) is refused.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Why a file cannot be used, in a few words. */
export interface Unreadable {
  readonly reason: string;
}

/**
 * @param octetsMax a longer file is refused before it is read
 * @returns the content, owned by the caller. Never throws
 */
export function readWholeFile(path: string, octetsMax: number): Buffer | Unreadable {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    return { reason: wordsOf(error) };
  }
  try {
    return readOpened(fd, octetsMax);
  } catch (error) {
    return { reason: wordsOf(error) };
  } finally {
    closeSync(fd);
  }
}

function readOpened(fd: number, octetsMax: number): Buffer | Unreadable {
  const before = fstatSync(fd, { bigint: true });
  if (!before.isFile()) return { reason: before.isDirectory() ? 'a directory' : 'not a regular file' };
  if (before.size > octetsMax) return { reason: `${before.size} octets, more than ${octetsMax}` };
  const bytes = Buffer.alloc(Number(before.size));
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(fd, bytes, length, bytes.length - length, length);
    if (count === 0) break;
    length += count;
  }
  // Who writes in place is seen by this. Who renames another file over this one leaves us the old one, which is whole: of
  // that only the ctime tells, because the file has lost a name.
  const after = fstatSync(fd, { bigint: true });
  const isSame = after.size === before.size && after.mtimeNs === before.mtimeNs;
  return isSame && length === bytes.length ? bytes : { reason: 'it changed while it was being read' };
}

/** What differs when a file was replaced or written to; two numbers of nanoseconds, because a second is long. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
}

/** What a system call's error says, without the call and the path: `ENOENT: no such file or directory`. */
export function wordsOf(error: unknown): string {
  return String((error as Error).message).split(', ', 1)[0]!;
}
