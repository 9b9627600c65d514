/** Whether a text file ends within a line: what was killed while it wrote has left the beginning of one. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const NEWLINE = 0x0a;

/**
 * @param path of a regular file, which is there
 * @returns whether its last octet is none that ends a line; false for an empty file, and for one that may not be read
 */
export function endsWithinLine(path: string): boolean {
  try {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      const last = new Uint8Array(1);
      return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
    } finally {
      closeSync(fd);
    }
  } catch {
    // It is written to all the same: the worst is one line that is two.
    return false;
  }
}
