/** Failed file operations in words: what failed, and what the operator can do about it. */
import { errnoName } from '../io/libc.ts';

const advices: Readonly<Record<string, string>> = {
  EACCES: 'give this user read and write access to the file and its directory',
  EPERM: 'give this user read and write access to the file and its directory',
  ENOENT: 'create the directory, or correct `name` in `lease-database`',
  ENOTDIR: 'a part of the path is not a directory: correct `name` in `lease-database`',
  EISDIR: 'the path is a directory: correct `name` in `lease-database`',
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the disk quota is used up: raise it or free some space',
  EFBIG: 'the file may not grow: raise the limit of the file size (ulimit -f)',
  EROFS: 'the file system is mounted read-only: repair it and mount it writable',
  EIO: 'the disk reports an error: look at the kernel log and replace it',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
};

/** `ENOSPC: the disk is full: free some space` */
export function describeErrno(errno: number): string {
  const name = errnoName(errno);
  const advice = advices[name];
  return advice === undefined ? name : `${name}: ${advice}`;
}

/** The same for what a file operation has thrown. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const errno = (error as NodeJS.ErrnoException).errno;
  return errno === undefined ? error.message : describeErrno(Math.abs(errno));
}
