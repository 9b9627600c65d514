/** The owner's side of a load process: starts it where the relay is, gives it orders, reads what it measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoadSettings, LoadSettings6 } from '../src/load/client.ts';
import type { LoadAnswer, LoadOrder } from './load-order.ts';

const PROGRAM = fileURLToPath(new URL('./load-program.js', import.meta.url));

export class LoadProcess {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<unknown[]>;

  /** @param enter the command that runs a program where the relay is; empty = here */
  constructor(settings: LoadSettings | LoadSettings6, enter: readonly string[]) {
    const [program = '', ...args] = [...enter, process.execPath, PROGRAM, JSON.stringify(settings)];
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface(this.#child.stdout!);
    this.#ended = once(this.#lines, 'close');
    // It ends with its standard input, also when this process is killed.
    this.#child.stdin!.on('error', () => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws when the process has ended */
  async order(order: LoadOrder): Promise<LoadAnswer> {
    const answer = once(this.#lines, 'line');
    this.#child.stdin!.write(`${JSON.stringify(order)}\n`);
    const [line] = (await Promise.race([answer, this.#ended])) as readonly string[];
    if (line === undefined) throw new Error('the load has ended before its time');
    return JSON.parse(line) as LoadAnswer;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await gone;
  }
}
