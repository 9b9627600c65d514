/**
 * Directories of tests. Their names, like those of the networks, carry the number of the process that made them, by
 * which a later run finds and removes what a killed one left.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Teardown } from './network.ts';

/** `tdm-<process>-<random>`. */
const DIRECTORY_PATTERN = /^tdm-(\d+)-\w{6}$/;
/** Where a test mounts a disk of its own in its directory. */
export const MOUNT_NAME = 'disk';

/** A new directory, removed when the test ends. Its path is short, as that of a unix socket must be. */
export function temporaryDirectory(t: Teardown): string {
  for (const name of readdirSync(tmpdir())) {
    const creator = DIRECTORY_PATTERN.exec(name)?.[1];
    if (creator !== undefined && Number(creator) !== process.pid && isAbandoned(Number(creator))) {
      removeDirectory(join(tmpdir(), name));
    }
  }
  const directory = mkdtempSync(join(tmpdir(), `tdm-${process.pid}-`));
  t.teardown(() => removeDirectory(directory));
  return directory;
}

/** Whether the process that made something is gone; something with our own number is from a process before us. */
export function isAbandoned(creator: number): boolean {
  if (creator === process.pid) return true;
  try {
    process.kill(creator, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Unmounts first what a test may have mounted; that nothing is mounted is no error. */
function removeDirectory(directory: string): void {
  spawnSync('umount', ['--lazy', join(directory, MOUNT_NAME)], { stdio: 'ignore' });
  rmSync(directory, { recursive: true, force: true });
}
