/** `tandem serve` in a process of its own, as an operator runs it, on loopback with ports that nobody has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeFd, openUdpSocket } from '../../src/io/udp.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** Longer than a start takes on a machine with ten times as much to do as it can. */
const START_MS = 60_000;
/** Below the range of src/demo/ports.ts and that of the kernel, who gives its ports to others. */
const FIRST_PORT = 14_000;
const PORTS = 6_000;
const PORTS_A_STRETCH = 60;
const STRETCHES = PORTS / PORTS_A_STRETCH;
/** 127.0.0.254, where each process holds the first port of its stretch, as in src/demo/ports.ts. */
const CLAIM_ADDRESS = 0x7f0000fe;
let stretch = process.pid % STRETCHES;
const ports: number[] = [];

export interface LogLine {
  readonly id: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

/** A directory that goes with the test. */
export function scratch(t: { teardown: (done: () => void) => void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-test-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A port for a server that is started a moment later, which no call has returned before, in this process or beside it. */
export function freeUdpPort(): number {
  for (;;) {
    if (ports.length === 0) claimPorts();
    const port = ports.shift()!;
    if (!isTaken(0x7f000001, port)) return port;
  }
}

/** The claim is held as long as the process lives. */
function claimPorts(): void {
  for (let attempt = 0; attempt < STRETCHES; attempt++) {
    const first = FIRST_PORT + stretch * PORTS_A_STRETCH;
    stretch = (stretch + 1) % STRETCHES;
    try {
      openUdpSocket({ address: CLAIM_ADDRESS, port: first });
    } catch {
      continue;
    }
    ports.push(...Array.from({ length: PORTS_A_STRETCH }, (_, index) => first + index));
    return;
  }
  throw new Error(`no free port in ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1}`);
}

function isTaken(address: number, port: number): boolean {
  try {
    closeFd(openUdpSocket({ address, port }));
    return false;
  } catch {
    return true;
  }
}

/** A whole configuration in a file; `dhcp4` adds and replaces keys. */
export function writeConfig(directory: string, dhcp4: Record<string, unknown> = {}): string {
  const file = join(directory, 'tandem.conf');
  const document = {
    Dhcp4: {
      'interfaces-config': { interfaces: ['lo/127.0.0.1'], 'dhcp-socket-type': 'udp' },
      'lease-database': { type: 'memfile', name: join(directory, 'leases.csv') },
      'control-socket': { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      'valid-lifetime': 3600,
      subnet4: [
        {
          id: 1,
          subnet: '10.0.0.0/16',
          pools: [{ pool: '10.0.0.10 - 10.0.255.250' }],
          relay: { 'ip-addresses': ['127.0.0.1'] },
        },
      ],
      ...dhcp4,
    },
  };
  writeFileSync(file, JSON.stringify(document));
  return file;
}

export class ServerUnderTest {
  readonly child: ChildProcess;
  readonly log: LogLine[] = [];
  readonly #waiting = new Set<() => void>();
  #rest = '';
  /** The process has ended and everything that it printed is read; its end alone says nothing of its last lines. */
  #isOver = false;

  constructor(args: readonly string[], errors: 'inherit' | 'ignore' = 'inherit') {
    this.child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', errors] });
    this.child.stdout!.on('data', (chunk: Buffer) => this.#take(chunk.toString()));
    this.child.once('close', () => {
      this.#isOver = true;
      this.#tell();
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.log.push(JSON.parse(line) as LogLine);
    this.#tell();
  }

  #tell(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves with the log line once it is written; rejects when the process ends first. */
  logged(id: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const end = (error: Error | null, line?: LogLine): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (error === null) resolve(line!);
        else reject(error);
      };
      const look = (): void => {
        const line = this.log.find((each) => each.id === id);
        if (line !== undefined) end(null, line);
        else if (this.#isOver) end(new Error(`ended without ${id}: ${JSON.stringify(this.log)}`));
      };
      const timer = setTimeout(
        () => end(new Error(`no ${id} in time: ${JSON.stringify(this.log)}`)),
        START_MS,
      );
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves when the process has ended and its whole log is read. */
  async exitCode(): Promise<number | null> {
    if (!this.#isOver) await once(this.child, 'close');
    return this.child.exitCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exitCode();
  }
}

/** Starts a server and waits until it serves; it ends with the test. */
export async function serve(
  t: { teardown: (done: () => Promise<unknown>) => void },
  file: string,
  port: number,
  more: readonly string[] = [],
): Promise<ServerUnderTest> {
  const server = new ServerUnderTest(['serve', '-c', file, '-p', `${port}`, ...more]);
  t.teardown(() => server.stop('SIGKILL'));
  await server.logged('TDM_ENGINE_SERVING');
  return server;
}
