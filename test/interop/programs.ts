/** Child processes of the interop tests: output kept, end awaited, and none left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { until } from './waiting.ts';

/** Output kept of one program; of a longer output the last part. */
const OUTPUT_BYTES_MAX = 4 << 20;
/** What a program takes to begin, on a machine with ten times too much to do. */
export const BEGIN_MS = 60_000;
/** Nothing that is run to its end takes this long, but for a hung one. */
const RUN_MS_MAX = 20_000;

/** PATH with the directories of system programs, which an ordinary PATH may lack. */
export const SYSTEM_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

export interface ProgramEnd {
  /** Exit status, null when a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramResult extends ProgramEnd {
  /** Standard output and standard error in order of arrival. */
  readonly output: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<ProgramEnd>;
  output(): string;
  isRunning(): boolean;
  /** Resolves with the match. @throws Error with the output when the time is over or the program ended before. */
  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** Sends `signal` and waits for the end; after `timeoutMs` SIGKILL. */
  stop(signal: NodeJS.Signals, timeoutMs?: number): Promise<ProgramEnd>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program with closed standard input. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): RunningProgram {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: SYSTEM_PATH, ...options.env },
    cwd: options.cwd,
  });
  const name = [program, ...args].join(' ');
  let text = '';
  const keep = (chunk: string): void => {
    text = (text + chunk).slice(-OUTPUT_BYTES_MAX);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  running.add(child);
  let end: ProgramEnd | null = null;
  const ended = new Promise<ProgramEnd>((resolve) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
      running.delete(child);
      end = { code, signal };
      resolve(end);
    };
    child.on('error', (error) => {
      keep(`cannot start ${name}: ${error.message}\n`);
      settle(127, null);
    });
    child.on('close', settle);
  });
  return {
    pid: child.pid ?? -1,
    ended,
    output: () => text,
    isRunning: () => end === null,
    waitForOutput: (pattern, timeoutMs) =>
      awaitOutput(
        name,
        pattern,
        timeoutMs,
        () => text,
        () => end,
      ),
    signal: (signal) => void child.kill(signal),
    stop: async (signal, timeoutMs = 10_000) => {
      if (end === null) child.kill(signal);
      const force = setTimeout(() => endByForce(child), timeoutMs);
      const how = await ended;
      clearTimeout(force);
      return how;
    },
  };
}

/** Its own children may live on and hold its output open: nobody waits for them. */
function endByForce(child: ChildProcess): void {
  child.kill('SIGKILL');
  const letGo = (): void => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  if (child.exitCode === null && child.signalCode === null) child.once('exit', letGo);
  else letGo();
}

/** Runs a program to its end; one that takes too long is killed. Never throws for an exit status. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const child = startProgram(program, args, options);
  const limit = setTimeout(() => void child.stop('SIGKILL'), RUN_MS_MAX);
  const end = await child.ended;
  clearTimeout(limit);
  return { ...end, output: child.output() };
}

async function awaitOutput(
  name: string,
  pattern: RegExp,
  timeoutMs: number,
  text: () => string,
  end: () => ProgramEnd | null,
): Promise<RegExpExecArray> {
  const match = await until({ what: `${pattern} in the output of ${name}`, timeoutMs, pollMs: 20 }, () => {
    const found = pattern.exec(text());
    return found ?? (end() === null ? null : 'ended');
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it printed:\n${text()}`);
  });
  if (match === 'ended') throw new Error(`${name} ended without printing ${pattern}; it printed:\n${text()}`);
  return match;
}
