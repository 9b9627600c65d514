/** One server in a network of its own, so that Kea and Tandem have the same addresses: told a configuration, then played to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVERS_SEGMENT } from '../configuration.ts';
import { type ServerKind, spelled } from '../kea.ts';
import { temporaryDirectory } from '../leftovers.ts';
import { createNetwork, type Network, type Teardown } from '../network.ts';
import type { RunningProgram } from '../programs.ts';
import { createServer, type DhcpServer } from '../server.ts';
import { changesByStep } from './changes.ts';
import type { Family } from './families.ts';
import { playSteps } from './player.ts';
import { PLAYED, PLAYER, PREFIX_LENGTH, SERVER } from './scene.ts';
import type { Answer, Step } from './scripts.ts';
import { leaseFileText } from './start-leases.ts';

const SINK_PROGRAM = fileURLToPath(new URL('../request-sink.js', import.meta.url));
const SINK_MS = 60_000;

export interface Side {
  readonly directory: string;
  readonly network: Network;
  readonly server: DhcpServer;
}

/** @param family the configuration that the server starts with */
export async function createSide(t: Teardown, kind: ServerKind, family: Family): Promise<Side> {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: {
      server1: { address: `${SERVER}/${PREFIX_LENGTH}` },
      load: { address: `${PLAYER}/${PREFIX_LENGTH}` },
    },
  });
  const route = (...args: string[]) => network.run('load', 'ip', ['route', 'add', ...args]);
  await route('default', 'dev', SERVERS_SEGMENT);
  for (const prefix of PLAYED) await route('local', prefix, 'dev', 'lo');
  const plan = { name: 'server1', directory, mode: null, dhcp4: dhcp4Of(family, directory, 0) } as const;
  const server = createServer(network, kind, plan);
  await server.start();
  return { directory, network, server };
}

/** One thread, so that answers keep their order; every family has leases of its own. */
export function dhcp4Of(family: Family, directory: string, number: number): Record<string, unknown> {
  return {
    'interfaces-config': { interfaces: [SERVERS_SEGMENT] },
    'control-socket': { 'socket-type': 'unix', 'socket-name': join(directory, 'server1.sock') },
    'lease-database': {
      type: 'memfile',
      name: leaseFileOf(directory, number),
      persist: true,
      'lfc-interval': 0,
    },
    'multi-threading': { 'enable-multi-threading': false },
    'user-context': { tandem: { fdatasync: false } },
    loggers: [{ name: 'kea-dhcp4', severity: 'WARN', output_options: [{ output: 'stdout' }] }],
    'hooks-libraries': [],
    'valid-lifetime': 4000,
    'cache-max-age': 0,
    ...family.dhcp4,
  };
}

function leaseFileOf(directory: string, number: number): string {
  return join(directory, `leases-${number}.csv`);
}

/** @param number of the family. @throws Error when the server refuses its configuration */
export async function configure({ directory, server }: Side, family: Family, number: number): Promise<void> {
  const dhcp4 = dhcp4Of(family, directory, number);
  if (family.leases !== undefined)
    writeFileSync(leaseFileOf(directory, number), leaseFileText(family.leases, Date.now()));
  writeFileSync(
    join(directory, 'server1.json'),
    JSON.stringify(spelled(server.kind, { Dhcp4: dhcp4 }), null, 2),
  );
  const { result, text } = await server.command('config-reload');
  if (result !== 0) throw new Error(`${server.kind} with "${family.name}": ${text}`);
}

/** @returns the answer to each step. @throws Error when one is late */
export async function play(side: Side, family: Family, steps: readonly Step[]): Promise<Answer[]> {
  const { network } = side;
  const sink = family.isNamed ? await startSink(network) : null;
  const answers = await playSteps(network, steps);
  if (sink === null) return answers;
  const changes = await changesByStep(sink, steps.length).catch((error: Error) => {
    const told = sink.output().split('\n');
    const message = `${side.server.kind} with "${family.name}", ${steps.length} steps: the last change is late`;
    throw Object.assign(error, {
      message: `${message}; ${told.length} came, the last: ${told.slice(-3).join(' ')}`,
      log: side.server.log().slice(-4000),
    });
  });
  await sink.stop('SIGTERM');
  return answers.map((answer, index) => ({ ...answer, changes: changes[index] ?? [] }));
}

/** In the place of kea-dhcp-ddns. */
async function startSink(network: Network): Promise<RunningProgram> {
  const sink = network.start('server1', process.execPath, [SINK_PROGRAM]);
  await sink.waitForOutput(/listening/, SINK_MS);
  return sink;
}
