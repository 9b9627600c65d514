/**
 * A clean-up of the lease file that is killed at any of its steps, Tandem's or that of a Kea: every server starts on what is
 * left with every lease, and the clean-up of every other one finishes it.
 */

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { runCleanup } from '../journal/support/dhcp4.ts';
import { deletionText, HEADER, HEADER_2_1, loadAll, rowText } from '../journal/support/rows.ts';
import { cleanupCommand, isKea, KEAS, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { type ProgramResult, runProgram } from './programs.ts';
import { createServer } from './server.ts';

const CRASHING_CLEANUP = fileURLToPath(new URL('../journal/support/crashing-cleanup.js', import.meta.url));
/** System calls by which kea-lfc changes something. */
const CALLS = ['write', 'rename', 'unlink'] as const;
const NAME = 'server1.csv';
const SUBNETS = [{ id: 1, subnet: '10.0.0.0/24' }];
const WITHOUT_INTERFACES = {
  'interfaces-config': { interfaces: [], 'dhcp-socket-type': 'udp' },
  subnet4: SUBNETS,
  // The leases are long over: one that is reclaimed is told without its host name.
  'expired-leases-processing': { 'reclaim-timer-wait-time': 0 },
};
const EVERYBODY: readonly ServerKind[] = ['tandem', ...KEAS];

/** The leases that the files below hold together. */
const LEASES = ['10.0.0.2 one', '10.0.0.4 now', '10.0.0.5 now'];

/** Three files of a server, in the columns of its version. */
function writeFiles(path: string, kind: ServerKind): void {
  const cut = (text: string): string => (kind === 'kea 2.2' ? text.replaceAll(/,0\n/g, '\n') : text);
  const header = kind === 'kea 2.2' ? HEADER_2_1 : HEADER;
  const row = (number: number, hostname: string): string => cut(rowText(number, { hostname }));
  const gone = (number: number): string => cut(deletionText(number));
  writeFileSync(`${path}.2`, header + row(0, 'two') + row(1, 'two') + row(2, 'two'));
  writeFileSync(`${path}.1`, header + row(1, 'one') + gone(0) + row(3, 'one'));
  writeFileSync(path, header + row(3, 'now') + gone(2) + row(4, 'now'));
}

/** Runs the clean-up of `kind` until it is killed at the step. @returns whether it was, or came to its end before */
type Killer = (path: string, step: number) => Promise<boolean>;

function killersOf(kind: ServerKind): Killer[] {
  if (kind === 'tandem')
    return [
      async (path, step) =>
        wasKilled(await runProgram(process.execPath, [CRASHING_CLEANUP, path, `${step}`])),
    ];
  return CALLS.map((call) => async (path, step) => {
    const { program, args, env } = cleanupCommand(kind, path);
    const kill = `inject=${call}:signal=SIGKILL:when=${step + 1}`;
    const strace = ['-qq', '-o', '/dev/null', '-f', '-e', `trace=${call}`, '-e', kill];
    return wasKilled(await runProgram('strace', [...strace, program, ...args], { env }));
  });
}

function wasKilled({ code, signal, output }: ProgramResult): boolean {
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`ended with ${code}: ${output}`);
  return signal === 'SIGKILL';
}

/** What is left after a kill: names of the files and what is in them. */
function stateOf(directory: string): string {
  return readdirSync(directory)
    .filter((name) => !name.endsWith('.pid'))
    .map((name) => `${name} ${readFileSync(join(directory, name), 'latin1')}`)
    .sort()
    .join();
}

async function finish(kind: ServerKind, path: string): Promise<void> {
  if (kind === 'tandem') return void runCleanup({ path });
  removeEmptyPid(path);
  const { program, args, env } = cleanupCommand(kind, path);
  const { code, output } = await runProgram(program, args, { env });
  if (code !== 0) throw new Error(`${kind}: ${output}`);
}

/** A kea-lfc that was killed before it wrote its number: neither it nor Kea starts until an operator removes the file. */
function removeEmptyPid(path: string): void {
  if (existsSync(`${path}.pid`) && readFileSync(`${path}.pid`).length === 0) rmSync(`${path}.pid`);
}

/** The leases as a server that starts on the files tells them. */
async function servedBy(network: Network, kind: ServerKind, directory: string): Promise<string[]> {
  if (isKea(kind)) removeEmptyPid(join(directory, NAME));
  const server = createServer(network, kind, {
    name: 'server1',
    directory,
    mode: null,
    dhcp4: WITHOUT_INTERFACES,
  });
  await server.start();
  const answer = await server.command('lease4-get-all');
  await server.stop();
  const { leases } = answer.arguments as { leases: { 'ip-address': string; hostname: string }[] };
  return leases.map((lease) => `${lease['ip-address']} ${lease.hostname}`).sort();
}

/** Every distinct state that a kill leaves behind, in a directory each. */
async function* leftBehind(t: Test, killer: ServerKind): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const kill of killersOf(killer)) {
    for (let step = 0, killed = true; killed; step++) {
      const directory = temporaryDirectory(t);
      writeFiles(join(directory, NAME), killer);
      killed = await kill(join(directory, NAME), step);
      const state = stateOf(directory);
      if (!seen.has(state)) yield directory;
      seen.add(state);
    }
  }
}

// Each with files and processes of its own.
t.jobs = 3;

for (const killer of EVERYBODY) {
  t.test(
    `the clean-up of ${killer} is killed at any step: every server has every lease`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, EVERYBODY, ['ip', 'strace'])) return;
      const network = createNetwork(t, { nothing: { server1: {} } });
      let states = 0;
      for await (const directory of leftBehind(t, killer)) {
        states++;
        const left = readdirSync(directory).join(' ');
        for (const finisher of EVERYBODY) {
          // It appends rows of 11 columns to an output of 12.
          if (killer === 'kea 3.0' && finisher === 'kea 2.2') continue;
          const copy = copyOf(t, directory);
          const path = join(copy, NAME);
          t.same(loadAll(path).map.summary(), LEASES, `${left}: loaded`);
          await finish(finisher, path);
          t.same(loadAll(path).map.summary(), LEASES, `${left}: finished by ${finisher}`);
          t.equal(existsSync(`${path}.1`), false, `${left}: ${finisher} has finished`);
        }
        for (const starter of EVERYBODY)
          t.same(
            await servedBy(network, starter, copyOf(t, directory)),
            LEASES,
            `${left}: ${starter} starts`,
          );
        rmSync(directory, { recursive: true });
      }
      t.ok(states >= 7, `${states} states`);
    },
  );
}

t.test(
  'killed between the two steps of freezing the file: every server has every lease',
  { buffered: true },
  async (t) => {
    if (!needServers(t, EVERYBODY, ['ip'])) return;
    const network = createNetwork(t, { nothing: { server1: {} } });
    for (const writer of EVERYBODY) {
      const directory = temporaryDirectory(t);
      const path = join(directory, NAME);
      writeFiles(path, writer);
      rmSync(path);
      for (const starter of EVERYBODY)
        t.same(
          await servedBy(network, starter, copyOf(t, directory)),
          ['10.0.0.2 one', '10.0.0.3 two', '10.0.0.4 one'],
          `${starter} starts on the files of ${writer}`,
        );
    }
  },
);

function copyOf(t: Test, directory: string): string {
  const copy = temporaryDirectory(t);
  cpSync(directory, copy, { recursive: true });
  return copy;
}
