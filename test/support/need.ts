/**
 * What a test needs of the machine it runs on. A test that cannot run says why and is skipped; where CI=true nothing
 * may be skipped, so the same words become a failure.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Test } from 'tap';

/** The two methods of a tap test that are used here. */
export type TestVoice = Pick<Test, 'pass' | 'fail'>;

/** True when the test runs as root; otherwise the test is skipped (failed with CI=true). */
export function needRoot(t: TestVoice): boolean {
  return process.getuid?.() === 0 || missing(t, 'needs root, for network namespaces and mounts');
}

/** True when `program` is in PATH or a system directory; otherwise the test is skipped (failed with CI=true). */
export function needProgram(t: TestVoice, program: string): boolean {
  return findProgram(program) !== null || missing(t, `needs the program ${program}, which is not installed`);
}

/** All needs at once: root and every program of the list. */
export function needRootAnd(t: TestVoice, programs: readonly string[]): boolean {
  return needRoot(t) && programs.every((program) => needProgram(t, program));
}

/** Absolute path of a program, or null. The system directories count even when PATH of an ordinary user lacks them. */
export function findProgram(program: string): string | null {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.map((directory) => join(directory, program)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For a need that shows only when it is tried. @returns false, as the functions above */
export function missing(t: TestVoice, reason: string): false {
  if (process.env['CI'] === 'true') t.fail(`${reason} (with CI=true a test may not be skipped)`);
  else t.pass(reason, { skip: true });
  return false;
}
