/** What the demonstration shows while it runs: a table that is redrawn on a terminal, else one line a second. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { ServerView } from './server-view.ts';

/** One second of the demonstration. */
export interface Snapshot {
  readonly elapsedSec: number;
  /** Exchanges completed in the last second. */
  readonly ratePerSec: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Clients that wait for an answer now. */
  readonly waiting: number;
  readonly servers: readonly { readonly name: string; readonly view: ServerView }[];
}

/** Where it is shown; process.stdout is one. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const NORMAL_STATES = new Set(['load-balancing', 'hot-standby']);

export class Screen {
  readonly #terminal: Terminal;
  #drawnLines = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Something happened: a line that stays. */
  event(elapsedSec: number, text: string): void {
    this.#erase();
    this.#terminal.write(`${formatSeconds(elapsedSec)}  ${pc.bold(text)}\n`);
  }

  /** Plain text that stays. */
  print(text: string): void {
    this.#erase();
    this.#terminal.write(`${text}\n`);
  }

  /** How things stand now; takes the place of the last one on a terminal. */
  show(snapshot: Snapshot): void {
    if (this.#terminal.isTTY !== true) {
      this.#terminal.write(`${formatLine(snapshot)}\n`);
      return;
    }
    this.#erase();
    const text = formatTable(snapshot);
    this.#terminal.write(`${text}\n`);
    this.#drawnLines = text.split('\n').length;
  }

  /** Leaves the last table on the screen. */
  keep(): void {
    this.#drawnLines = 0;
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#terminal.write(`\x1b[${this.#drawnLines}A\x1b[J`);
    this.#drawnLines = 0;
  }
}

function formatLine({ elapsedSec, ratePerSec, p50Ms, p99Ms, waiting, servers }: Snapshot): string {
  const views = servers.map(({ name, view }) => {
    const drops = formatDrops(view);
    return `${name} ${view.state}, ${count(view.leases)} leases${drops === '' ? '' : `, drops ${drops}`}`;
  });
  const load = `${count(ratePerSec)} exchanges/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
  return [formatSeconds(elapsedSec), load, `${count(waiting)} waiting`, ...views].join('  ');
}

function formatTable({ elapsedSec, ratePerSec, p50Ms, p99Ms, waiting, servers }: Snapshot): string {
  const table = new Table({
    head: ['clients', 'exchanges/s', 'p50 ms', 'p99 ms', 'waiting'],
    style: { head: ['cyan'] },
  });
  table.push([
    formatSeconds(elapsedSec).trim(),
    count(ratePerSec),
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    count(waiting),
  ]);
  const states = new Table({
    head: ['server', 'state', 'leases', 'drops by reason'],
    style: { head: ['cyan'] },
  });
  for (const { name, view } of servers) {
    states.push([name, colorState(view.state), count(view.leases), formatDrops(view)]);
  }
  return `${table.toString()}\n${states.toString()}`;
}

function colorState(state: string): string {
  if (NORMAL_STATES.has(state)) return pc.green(state);
  return state === 'down' ? pc.red(state) : pc.yellow(state);
}

function formatDrops(view: ServerView): string {
  return [...view.drops].map(([reason, value]) => `${reason} ${count(value)}`).join(', ');
}

function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(1).padStart(6)} s`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
