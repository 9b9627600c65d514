/** A server in a process of its own: started, watched, killed. No process outlives this one, whichever way it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** How a server is started. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error go here. */
  readonly logFile: string;
}

const LOG_TAIL_LINES = 15;
const running = new Set<ChildProcess>();

/** Ends every child that still runs. Synchronous, because it is all that can be done while this process exits. */
function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class ServerProcess {
  readonly #command: ServerCommand;
  #child: ChildProcess | null = null;

  constructor(command: ServerCommand) {
    this.#command = command;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /**
   * Starts the process; whether the server inside it came up is for the caller to find out.
   * @throws when the program cannot be run
   */
  async start(): Promise<void> {
    const { program, args, env, logFile } = this.#command;
    const log = openSync(logFile, 'a');
    const child = spawn(program, args, { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
    closeSync(log);
    if (running.size === 0) process.on('exit', killAll);
    running.add(child);
    this.#child = child;
    child.once('exit', () => this.#forget(child));
    try {
      await once(child, 'spawn');
    } catch (error) {
      // What never ran does not exit.
      this.#forget(child);
      throw error;
    }
  }

  /** kill -9, and waits until the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * Asks the server to end; kills it when it has not after `timeoutMs`.
   * @returns whether it ended by itself with exit code 0
   */
  async stop(timeoutMs: number): Promise<boolean> {
    const child = this.#child;
    const timer = setTimeout(() => child?.kill('SIGKILL'), timeoutMs);
    await this.#end('SIGTERM');
    clearTimeout(timer);
    return child === null || child.exitCode === 0;
  }

  /** The last lines that the server wrote, for the report of a failure. */
  logTail(): string {
    try {
      return readFileSync(this.#command.logFile, 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-LOG_TAIL_LINES)
        .join('\n');
    } catch {
      return '(no output)';
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  #forget(child: ChildProcess): void {
    running.delete(child);
    if (running.size === 0) process.off('exit', killAll);
    if (this.#child === child) this.#child = null;
  }
}
