/** One DHCP server under test on a host of a network: Tandem, or the real Kea in its place. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandAnswer, sendCommand } from './command.ts';
import {
  type ConfigurationPlan,
  configurationOf,
  leaseFileOf,
  type PeerName,
  socketOf,
} from './configuration.ts';
import { isKea, keaCommand, type ServerKind, spelled } from './kea.ts';
import { type FiledLeases, readLeaseFile } from './lease-files.ts';
import type { Network } from './network.ts';
import type { ProgramEnd, RunningProgram } from './programs.ts';
import { until } from './waiting.ts';

/**
 * What the scenarios of Tandem run with. `TANDEM_INTEROP_WITH=kea` puts Kea in its place: a scenario that fails there
 * too has a fault of its own.
 */
export const SUBJECT: ServerKind = process.env['TANDEM_INTEROP_WITH'] === 'kea' ? 'kea 2.2' : 'tandem';

/** From build/test/interop to the packaged program. */
const TANDEM_MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
/** Longer than a start takes on a machine with ten times too much to do. */
const START_TIMEOUT_MS = 60_000;
const LOG_TIMEOUT_MS = 20_000;
const LOG_TAIL_CHARACTERS = 4000;

export interface DhcpServer {
  readonly kind: ServerKind;
  readonly name: PeerName;
  readonly leaseFile: string;
  /** Starts the process; resolves when it answers status-get. */
  start(): Promise<void>;
  /** kill -9. */
  crash(): Promise<void>;
  isRunning(): boolean;
  /** SIGTERM; resolves with how the process ended. */
  stop(): Promise<ProgramEnd>;
  /**
   * Has the running server go over to other keys of the Dhcp4 map than those of the plan, by config-reload: far cheaper than another
   * start, where that is not what a story is about. @throws Error when it refuses them
   */
  reconfigure(dhcp4: Readonly<Record<string, unknown>>): Promise<void>;
  command(command: string, args?: Readonly<Record<string, unknown>>): Promise<CommandAnswer>;
  /** Own HA state as status-get tells it, "" without high availability. */
  haState(): Promise<string>;
  /** State of the partner as this server has learned it last, "" before the first heartbeat. */
  partnerState(): Promise<string>;
  /** Resolves when `haState` is one of `states`. @throws Error with the server's log when it is late. */
  reaches(states: readonly string[], timeoutMs: number): Promise<void>;
  leases(): FiledLeases;
  /**
   * Resolves when the log has `pattern`. What a server logs before it answers may well be read after the answer: where a
   * line is expected it is to be waited for.
   */
  logs(pattern: RegExp, timeoutMs?: number): Promise<void>;
  /** What the present or last process printed, as far as it is read. */
  log(): string;
}

/** A server that is not started yet. Its host has the server's name. */
export function createServer(network: Network, kind: ServerKind, plan: ConfigurationPlan): DhcpServer {
  const configFile = join(plan.directory, `${plan.name}.json`);
  const socket = socketOf(plan);
  let process: RunningProgram | null = null;
  const running = (): RunningProgram => {
    if (process === null) throw new Error(`${plan.name} was never started`);
    return process;
  };
  const configure = (dhcp4: ConfigurationPlan['dhcp4']): void => {
    const configuration = configurationOf(dhcp4 === undefined ? plan : { ...plan, dhcp4 });
    writeFileSync(configFile, JSON.stringify(spelled(kind, configuration), null, 2));
  };
  const self: DhcpServer = {
    kind,
    name: plan.name,
    leaseFile: leaseFileOf(plan),
    start: async () => {
      configure(plan.dhcp4);
      if (isKea(kind)) removePidFile(plan);
      process = launch(network, kind, plan, configFile);
      await awaitService(self, running());
    },
    crash: async () => {
      await running().stop('SIGKILL');
    },
    isRunning: () => process?.isRunning() ?? false,
    stop: () => running().stop('SIGTERM'),
    reconfigure: async (dhcp4) => {
      configure(dhcp4);
      const { result, text } = await self.command('config-reload');
      if (result !== 0) throw new Error(`${kind} refuses its configuration: ${text}`);
    },
    command: (command, args) => sendCommand(socket, command, args),
    haState: async () => haServers(await self.command('status-get')).local?.state ?? '',
    partnerState: async () => haServers(await self.command('status-get')).remote?.['last-state'] ?? '',
    reaches: (states, timeoutMs) => awaitState(self, states, timeoutMs),
    leases: () => readLeaseFile(self.leaseFile),
    logs: async (pattern, timeoutMs = LOG_TIMEOUT_MS) => {
      await running().waitForOutput(pattern, timeoutMs);
    },
    log: () => running().output(),
  };
  return self;
}

function launch(
  network: Network,
  kind: ServerKind,
  plan: ConfigurationPlan,
  configFile: string,
): RunningProgram {
  if (isKea(kind)) {
    const { program, args, env } = keaCommand(kind, plan.directory);
    return network.start(plan.name, program, [...args, '-c', configFile], { env });
  }
  if (!existsSync(TANDEM_MAIN)) throw new Error(`${TANDEM_MAIN} is missing: run "npm run build" first`);
  const args = [TANDEM_MAIN, 'serve', '-c', configFile];
  return network.start(plan.name, process.execPath, args);
}

/** Kea refuses to start while the pid file of a killed one names a process number that is in use again. */
function removePidFile(plan: ConfigurationPlan): void {
  rmSync(join(plan.directory, `${plan.name}.kea-dhcp4.pid`), { force: true });
}

async function awaitService(server: DhcpServer, program: RunningProgram): Promise<void> {
  const what = `${server.kind} ${server.name} answers status-get`;
  const ended = new Error(`${server.kind} ${server.name} ended at start`);
  await withLog(server, async () => {
    const answered = await until({ what, timeoutMs: START_TIMEOUT_MS }, async () => {
      if (!program.isRunning()) return ended;
      return (await server.command('status-get')).result === 0 ? true : null;
    });
    if (answered === ended) throw ended;
  });
}

async function awaitState(server: DhcpServer, states: readonly string[], timeoutMs: number): Promise<void> {
  const what = `${server.kind} ${server.name} reaches ${states.join(' or ')}`;
  await withLog(server, () =>
    until({ what, timeoutMs }, async () => (states.includes(await server.haState()) ? true : null)),
  );
}

/** Adds the end of the server's log to an error, where tap prints it as a field of its own. */
async function withLog(server: DhcpServer, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw Object.assign(error as Error, { log: server.log().slice(-LOG_TAIL_CHARACTERS) });
  }
}

interface HaServers {
  readonly local?: { readonly state?: string };
  readonly remote?: { readonly 'last-state'?: string };
}

/** `arguments.high-availability[0].ha-servers` of a status-get answer. */
function haServers(answer: CommandAnswer): HaServers {
  const status = answer.arguments as
    | { 'high-availability'?: readonly { 'ha-servers'?: HaServers }[] }
    | undefined;
  return status?.['high-availability']?.[0]?.['ha-servers'] ?? {};
}
