/**
 * The lock beside the file of a unix socket, NAME.lock, as Kea has it. Kea removes whatever socket it finds under its
 * name when nobody has the lock: without it, a Kea that is started by mistake would take this server's name away.
 */
import { closeSync, constants, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { tandemError } from '../../errors.ts';
import { tryFileLock } from '../../io/file-lock.ts';

const MODE = 0o600;
/** Never waits for a writer, should the name be a pipe's, and follows nobody's link. */
const FLAGS = constants.O_RDONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** How often the file may be another one than was locked, because who had it removed it meanwhile. */
const ATTEMPTS_MAX = 10;

/**
 * Takes the name of a socket for this process.
 * @returns what gives it back
 * @throws TDM_ERR_SOCKET_IN_USE, TDM_ERR_SOCKET_UNUSABLE
 */
export function lockSocketName(path: string): () => void {
  const lock = `${path}.lock`;
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const fd = openSync(lock, FLAGS, MODE);
      if (isOurs(fd, lock)) return releaseOf(fd, lock);
      closeSync(fd);
    }
  } catch (error) {
    throw tandemError('TDM_ERR_SOCKET_UNUSABLE', [path, (error as Error).message], error);
  }
  throw tandemError('TDM_ERR_SOCKET_IN_USE', [path]);
}

/** @throws Error of the system; `fd` is closed then */
function isOurs(fd: number, lock: string): boolean {
  try {
    return tryFileLock(fd) && isFile(fd, lock);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Whether the name is still that of the open file: whoever stops removes it, and a lock on it is then worth nothing. */
function isFile(fd: number, lock: string): boolean {
  const [open, named] = [fstatSync(fd), statSync(lock, { throwIfNoEntry: false })];
  return open.ino === named?.ino && open.dev === named.dev;
}

/** Once only: after that the name may be another server's. */
function releaseOf(fd: number, lock: string): () => void {
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    rmSync(lock, { force: true });
    closeSync(fd);
  };
}
