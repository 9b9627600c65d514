/**
 * One server for one set of lease files. The lock is flock(2) on NAME.lock: the kernel gives it back when the process
 * ends, however it ends, so a crash leaves nothing behind that would keep the next start out. The file itself stays;
 * removing it would let two servers lock two different files of the same name.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { tryFileLock } from '../io/file-lock.ts';
import { describeError } from './error-text.ts';
import { isSystemError } from './files.ts';
import { leaseFileNames } from './names.ts';

const LOCK_FILE_MODE = 0o640;

export type LockOutcome =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Takes the lease files of `path` for this process. Also refuses while Kea's own clean-up, which a Kea that was stopped
 * a moment ago may have left running, still works on them. Never throws for what the system says.
 */
export function lockLeaseFile(path: string): LockOutcome {
  const names = leaseFileNames(path);
  const keaPid = runningKeaCleanup(names.keaPid);
  if (keaPid !== null) {
    return refused(`kea-lfc (process ${keaPid}) is at work on ${path}; start again when it has ended`);
  }
  let fd: number | undefined;
  try {
    fd = openSync(names.lock, 'a+', LOCK_FILE_MODE);
    if (tryFileLock(fd)) {
      ftruncateSync(fd, 0);
      writeSync(fd, `${process.pid}\n`);
      const held = fd;
      return { kind: 'held', release: () => closeSync(held) };
    }
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (!isSystemError(error)) throw error;
    const step = error.syscall === 'flock' ? 'lock' : 'open';
    return refused(`cannot ${step} ${names.lock}, ${describeError(error)}`);
  }
  closeSync(fd);
  return refused(
    `the lease file ${path} is in use by process ${readPid(names.lock) ?? 'unknown'}; stop it first`,
  );
}

function refused(reason: string): LockOutcome {
  return { kind: 'refused', reason };
}

/** The process of a kea-lfc at work. A number that was left behind counts only if it is a kea-lfc's now. */
function runningKeaCleanup(pidFile: string): number | null {
  const pid = readPid(pidFile);
  if (pid === null) return null;
  return readText(`/proc/${pid}/comm`)?.trim() === 'kea-lfc' ? pid : null;
}

function readPid(file: string): number | null {
  const pid = Number.parseInt(readText(file) ?? '', 10);
  return pid > 0 ? pid : null;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Absent, or not ours to read: there is nothing to learn from it.
    return null;
  }
}
