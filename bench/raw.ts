/** End to end through raw sockets: a server at one end of a cable (veth), the load at the other, each in a namespace of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { formatNumber, median } from './harness.ts';
import { KEA_PROGRAM } from './kea.ts';
import type { Bench, BenchOptions, BenchTable } from './model.ts';

const SERVER = '10.64.0.1';
const LOAD = '10.64.0.9';
const PREFIX_LENGTH = 12;
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./raw-load.js', import.meta.url));
/** Where `.ci/kea3` has put a Kea 3, if it has. */
const KEA_3_DIRECTORY = process.env['TANDEM_KEA3'] ?? '';
const START_MS = 2500;
const ROUNDS = { tiny: 1, quick: 2, full: 5 } as const;
const SECONDS = { tiny: 0.3, quick: 2, full: 4 } as const;
/** Steady load for the latency. */
const RATE = 1000;

interface Run {
  readonly exchangesPerSec: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly retransmitted: number;
  readonly conflicts: number;
  /** All of the run, warming up and draining too. */
  readonly exchanges: number;
}

/** A running server. */
interface Started {
  /** User and kernel time used so far, in seconds. */
  cpu(): readonly [number, number];
  stop(): Promise<void>;
}

/** Two namespaces and the cable between them. */
class Cable {
  readonly #server = `tdm-bench-${process.pid}-server`;
  readonly #load = `tdm-bench-${process.pid}-load`;

  constructor() {
    for (const name of [this.#server, this.#load]) ip('netns', 'add', name);
    ip(
      '-n',
      this.#server,
      'link',
      'add',
      'cable',
      'type',
      'veth',
      'peer',
      'name',
      'cable',
      'netns',
      this.#load,
    );
    for (const [name, address] of [
      [this.#server, SERVER],
      [this.#load, LOAD],
    ] as const) {
      ip('-n', name, 'address', 'add', `${address}/${PREFIX_LENGTH}`, 'dev', 'cable');
      ip('-n', name, 'link', 'set', 'cable', 'up');
    }
  }

  async start(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Started> {
    const child = spawn('ip', ['netns', 'exec', this.#server, program, ...args], {
      stdio: 'ignore',
      env: { ...process.env, ...env },
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await sleep(START_MS);
    return {
      cpu: () => cpuOf(child.pid ?? 0),
      stop: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  load(seconds: number, rate: number, seed: number): Run {
    const args = [PROGRAM, 'cable', SERVER, String(seconds), String(rate), String(seed)];
    const output = execFileSync('ip', ['netns', 'exec', this.#load, process.execPath, ...args], {
      encoding: 'utf8',
    });
    const run: Run = JSON.parse(output);
    if (run.conflicts > 0) throw new Error(`${run.conflicts} addresses were given to two clients`);
    return run;
  }

  remove(): void {
    for (const name of [this.#server, this.#load]) ip('netns', 'delete', name);
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** utime and stime of /proc/PID/stat, in ticks of 10 ms. `ip netns exec` becomes the program that it runs. */
function cpuOf(pid: number): [number, number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [Number(fields[11]) / 100, Number(fields[12]) / 100];
}

/** A server that takes part; its arguments end with the configuration's file. */
interface Contender {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Kea 3 no longer knows the old name of the key. */
  readonly outputs: 'output_options' | 'output-options';
  env(directory: string): Readonly<Record<string, string>>;
}

const TANDEM: Contender = {
  name: 'Tandem',
  program: process.execPath,
  args: [MAIN, 'serve', '-c'],
  outputs: 'output_options',
  env: () => ({}),
};

const KEA_2: Contender = {
  name: 'Kea 2.2',
  program: KEA_PROGRAM,
  args: ['-c'],
  outputs: 'output_options',
  env: (directory) => ({ KEA_PIDFILE_DIR: directory, KEA_LOCKFILE_DIR: 'none' }),
};

const KEA_3: Contender = {
  name: 'Kea 3',
  program: join(KEA_3_DIRECTORY, 'bin/kea-dhcp4'),
  args: ['-X', '-c'],
  outputs: 'output-options',
  env: (directory) => ({
    ...KEA_2.env(directory),
    KEA_DHCP_DATA_DIR: directory,
    KEA_LOG_FILE_DIR: directory,
  }),
};

const RIVALS = existsSync(KEA_3.program) ? [KEA_2, KEA_3] : [KEA_2];

/** The same file for all. */
function configuration(leaseFile: string, outputs: 'output_options' | 'output-options'): string {
  return JSON.stringify({
    Dhcp4: {
      'interfaces-config': { interfaces: ['cable'], 'dhcp-socket-type': 'raw' },
      'lease-database': { type: 'memfile', name: leaseFile, 'lfc-interval': 0 },
      'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 2048 },
      'valid-lifetime': 7200,
      subnet4: [{ id: 1, subnet: '10.64.0.0/12', pools: [{ pool: '10.65.0.0 - 10.79.255.250' }] }],
      loggers: [{ name: 'kea-dhcp4', severity: 'ERROR', [outputs]: [{ output: 'stdout' }] }],
    },
  });
}

async function measure(contender: Contender, { scale }: BenchOptions): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const cable = new Cable();
  let server: Started | null = null;
  try {
    const file = join(directory, 'raw.json');
    writeFileSync(file, configuration(join(directory, 'leases.csv'), contender.outputs));
    server = await cable.start(contender.program, [...contender.args, file], contender.env(directory));
    let seed = 1;
    const seconds = SECONDS[scale];
    cable.load(seconds, 0, seed++);
    const full: Run[] = [];
    const steady: Run[] = [];
    const used: (readonly [number, number])[] = [];
    for (let round = 0; round < ROUNDS[scale]; round++) {
      const before = server.cpu();
      full.push(cable.load(seconds, 0, seed++));
      const after = server.cpu();
      const exchanges = full.at(-1)!.exchanges;
      used.push([((after[0] - before[0]) * 1e6) / exchanges, ((after[1] - before[1]) * 1e6) / exchanges]);
      steady.push(cable.load(seconds, RATE, seed++));
    }
    const middle = (runs: readonly Run[], of: (run: Run) => number): string =>
      formatNumber(median(runs.map(of)));
    return [
      contender.name,
      middle(full, (run) => run.exchangesPerSec),
      middle(full, (run) => run.p50Ms),
      middle(full, (run) => run.p99Ms),
      middle(full, (run) => run.retransmitted),
      `${formatNumber(median(used.map(([user]) => user)))} + ${formatNumber(median(used.map(([, kernel]) => kernel)))}`,
      middle(steady, (run) => run.p50Ms),
      middle(steady, (run) => run.p99Ms),
    ];
  } finally {
    await server?.stop();
    cable.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

export const raw: Bench = {
  name: 'raw',
  question:
    'How many whole exchanges a second does one server complete through raw sockets, with clients on its link that have no address yet?',
  run: async (options): Promise<BenchTable> => {
    const contenders = options.kea ? [TANDEM, ...RIVALS] : [TANDEM];
    const rows: string[][] = [];
    for (const each of process.getuid?.() === 0 ? contenders : []) rows.push(await measure(each, options));
    return {
      columns: [
        'server',
        'DORA/s, 256 in flight',
        'ACK p50 ms',
        'ACK p99 ms',
        'retransmitted',
        'CPU µs a DORA, user + kernel',
        'ACK p50 ms at 1,000 DORA/s',
        'ACK p99 ms at 1,000 DORA/s',
      ],
      rows,
      digest: null,
    };
  },
};
