/** Runs one test file in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type FileEnd, type Outcome, OutcomeReader } from './outcome.ts';

/** A file that hangs is given the time to say in which test, by the limit that tap keeps inside it from when it has been loaded. */
const LAST_WORDS_MS = 10_000;

const running = new Set<ChildProcess>();

/**
 * @param path the compiled file
 * @param limitMs how long it may take
 * @param skippedIsFailed nothing may be skipped where this runs
 * @returns never throws; a file that cannot be started has failed
 */
export function runTestFile(path: string, limitMs: number, skippedIsFailed: boolean): Promise<Outcome> {
  const reader = new OutcomeReader(skippedIsFailed);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', path], {
      // A group of its own: what the file started and left behind ends with it, and cannot keep its pipes open.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(limitMs / 1000) },
    });
    running.add(child);
    let killedAfterMs: number | null = null;
    const limit = setTimeout(() => {
      killedAfterMs = limitMs;
      killGroup(child);
    }, limitMs + LAST_WORDS_MS);
    const settle = (end: FileEnd): void => {
      clearTimeout(limit);
      running.delete(child);
      resolve(reader.finish(end));
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => reader.parser.write(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => reader.keepOutput(text));
    child.on('error', (error) => reader.keepOutput(`cannot start ${process.execPath}: ${error.message}\n`));
    child.on('exit', () => killGroup(child));
    child.on('close', (code, signal) => settle({ code, signal, limitMs: killedAfterMs }));
  });
}

/** Ends every file that is under way, with all that it started. */
export function killTestFiles(): void {
  for (const child of running) killGroup(child);
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group lives any more.
  }
}
