/**
 * Kea's run_script library: a program of the administrator is run for what happens to leases. It runs beside the service
 * with nothing but its environment: its outcome changes nothing, and a slow one holds up nobody. How many run at once and
 * how many wait is bounded; what finds no place is counted and said.
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { RunScriptConfig } from '../config/hook-model.ts';
import type { LeaseEventListener } from '../events/event.ts';
import type { Log } from '../log/logger.ts';
import { startProgram } from './program.ts';
import type { ScriptCall } from './script-call.ts';

/** Programs that run at once: each is a process. */
export const SCRIPTS_RUNNING_MAX = 16;
/** Calls that wait, of some kilobytes each. */
export const SCRIPTS_WAITING_MAX = 4096;
/** What still runs or waits when the server ends has this long. */
const CLOSE_MS = 2_000;

export class RunScript<Event> implements LeaseEventListener<Event> {
  readonly #path: string;
  readonly #callsOf: (event: Event) => readonly ScriptCall[];
  readonly #log: Log;
  readonly #waiting: ScriptCall[] = [];
  readonly #running = new Set<ChildProcess>();
  #dropped = 0;
  #isFailing = false;
  #onIdle: (() => void) | null = null;

  /** @param callsOf what the script is run for */
  constructor({ path }: RunScriptConfig, callsOf: (event: Event) => readonly ScriptCall[], log: Log) {
    this.#path = path;
    this.#callsOf = callsOf;
    this.#log = log;
  }

  take(event: Event): void {
    for (const call of this.#callsOf(event)) {
      if (this.#running.size < SCRIPTS_RUNNING_MAX) this.#run(call);
      else if (this.#waiting.length < SCRIPTS_WAITING_MAX) this.#waiting.push(call);
      else this.#drop();
    }
  }

  close(): Promise<void> {
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const left = this.#waiting.length;
        this.#waiting.length = 0;
        // They go on by themselves.
        for (const child of this.#running) child.unref();
        if (left > 0) this.#log('TDM_EVENTS_SCRIPTS_DROPPED', { script: this.#path, dropped: left });
        resolve();
      }, CLOSE_MS);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #drop(): void {
    this.#dropped += 1;
    // Said when it begins and at each doubling: a flood of events must not become a flood of messages.
    if ((this.#dropped & (this.#dropped - 1)) === 0)
      this.#log('TDM_EVENTS_SCRIPTS_DROPPED', { script: this.#path, dropped: this.#dropped });
  }

  #run({ hookPoint, environment }: ScriptCall): void {
    const child = startProgram(this.#path, [hookPoint], environment);
    this.#running.add(child);
    child.on('error', (error) => this.#ended(child, error));
    child.on('exit', () => this.#ended(child, null));
  }

  #ended(child: ChildProcess, error: Error | null): void {
    // A program that could not be started has no exit.
    if (!this.#running.delete(child)) return;
    if (error !== null && !this.#isFailing)
      this.#log('TDM_EVENTS_SCRIPT_FAILED', { script: this.#path, reason: error.message });
    this.#isFailing = error !== null;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#run(next);
    else if (this.#running.size === 0) this.#onIdle?.();
  }
}

/** Index of an interface by name, as text; '' when there is none. */
export function interfaceIndex(name: string): string {
  try {
    return readFileSync(`/sys/class/net/${name}/ifindex`, 'latin1').trim();
  } catch {
    return '';
  }
}
