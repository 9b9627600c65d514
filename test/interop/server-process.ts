/** The process of a server under test, of either family: started on a host of a network, asked by its control socket, ended. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandAnswer, sendCommand } from './command.ts';
import { isKea, type KeaDaemon, keaCommand, type ServerKind } from './kea.ts';
import type { Network } from './network.ts';
import type { ProgramEnd, RunningProgram } from './programs.ts';
import { until } from './waiting.ts';

/** From build/test/interop to the packaged program. */
const TANDEM_MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
/** Longer than a start takes on a machine with ten times too much to do. */
const START_TIMEOUT_MS = 60_000;
const LOG_TIMEOUT_MS = 20_000;
const LOG_TAIL_CHARACTERS = 4000;

export interface ServerProcess {
  readonly kind: ServerKind;
  readonly name: string;
  /** Starts the process; resolves when it answers status-get. */
  start(): Promise<void>;
  /** kill -9. */
  crash(): Promise<void>;
  /** Has it do nothing, as a machine that hangs, until `resume`. */
  pause(): void;
  resume(): void;
  isRunning(): boolean;
  /** SIGTERM; resolves with how the process ended. */
  stop(): Promise<ProgramEnd>;
  command(command: string, args?: Readonly<Record<string, unknown>>): Promise<CommandAnswer>;
  /**
   * Resolves when the log has `pattern`. What a server logs before it answers may well be read after the answer: where a
   * line is expected it is to be waited for.
   */
  logs(pattern: RegExp, timeoutMs?: number): Promise<void>;
  /** What the present or last process printed, as far as it is read. */
  log(): string;
}

export interface ProcessPlan {
  /** Which of Kea's servers has its place where it is a Kea. */
  readonly daemon: KeaDaemon;
  /** Of the server, of its host, and of its file without the ending `.json`: Kea names its pid file by it. */
  readonly name: string;
  readonly directory: string;
  readonly configFile: string;
  readonly socket: string;
  /** Writes the configuration, before each start. */
  readonly configure: () => void;
}

/** A process that is not started yet. */
export function createServerProcess(network: Network, kind: ServerKind, plan: ProcessPlan): ServerProcess {
  let process: RunningProgram | null = null;
  const running = (): RunningProgram => {
    if (process === null) throw new Error(`${plan.name} was never started`);
    return process;
  };
  const self: ServerProcess = {
    kind,
    name: plan.name,
    start: async () => {
      plan.configure();
      if (isKea(kind)) removePidFile(plan);
      process = launch(network, kind, plan);
      await awaitService(self, running());
    },
    crash: async () => {
      await running().stop('SIGKILL');
    },
    pause: () => running().signal('SIGSTOP'),
    resume: () => running().signal('SIGCONT'),
    isRunning: () => process?.isRunning() ?? false,
    stop: () => running().stop('SIGTERM'),
    command: (command, args) => sendCommand(plan.socket, command, args),
    logs: async (pattern, timeoutMs = LOG_TIMEOUT_MS) => {
      await running().waitForOutput(pattern, timeoutMs);
    },
    log: () => running().output(),
  };
  return self;
}

function launch(network: Network, kind: ServerKind, plan: ProcessPlan): RunningProgram {
  const { name, directory, configFile, daemon } = plan;
  if (isKea(kind)) {
    const { program, args, env } = keaCommand(kind, directory, daemon);
    return network.start(name, program, [...args, '-c', configFile], { env });
  }
  if (!existsSync(TANDEM_MAIN)) throw new Error(`${TANDEM_MAIN} is missing: run "npm run build" first`);
  const args = [TANDEM_MAIN, 'serve', '-c', configFile];
  return network.start(name, process.execPath, args);
}

/** Kea refuses to start while the pid file of a killed one names a process number that is in use again. */
function removePidFile({ directory, name, daemon }: ProcessPlan): void {
  rmSync(join(directory, `${name}.${daemon}.pid`), { force: true });
}

async function awaitService(server: ServerProcess, program: RunningProgram): Promise<void> {
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

/** Adds the end of the server's log to an error, where tap prints it as a field of its own. */
export async function withLog(
  server: Pick<ServerProcess, 'log'>,
  action: () => Promise<unknown>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw Object.assign(error as Error, { log: server.log().slice(-LOG_TAIL_CHARACTERS) });
  }
}
