/** What the kernel keeps of files in memory. */
import { libc } from './libc.ts';

const POSIX_FADV_DONTNEED = 4;
const TO_THE_END = 0;

/**
 * Has the kernel forget what it keeps of a file from a place on and need not write any more: whoever reads it next gets it from the disk.
 * It is advice; a file system that keeps files in memory alone does not take it.
 */
export function forgetCached(fd: number, from: number): void {
  libc.posix_fadvise(fd, from, TO_THE_END, POSIX_FADV_DONTNEED);
}
