/** `tandem serve` in a process of its own, as an operator runs it, on loopback with ports of the kernel's choice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const START_MS = 20_000;

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

export function freeUdpPort(): number {
  const fd = openUdpSocket({ address: 0x7f000001, port: 0 });
  const port = localPort(fd);
  closeFd(fd);
  return port;
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

  constructor(args: readonly string[], errors: 'inherit' | 'ignore' = 'inherit') {
    this.child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', errors] });
    this.child.stdout!.on('data', (chunk: Buffer) => this.#take(chunk.toString()));
    this.child.once('exit', () => this.#tell());
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
        else if (this.child.exitCode !== null)
          end(new Error(`ended without ${id}: ${JSON.stringify(this.log)}`));
      };
      const timer = setTimeout(
        () => end(new Error(`no ${id} in time: ${JSON.stringify(this.log)}`)),
        START_MS,
      );
      this.#waiting.add(look);
      look();
    });
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
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
