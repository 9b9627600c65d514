/** `tandem serve`: runs the server until a signal, the shutdown command or a fault ends it. */
import { App, type AppOptions } from '../app/app.ts';
import {
  type AnyLoadedConfiguration,
  type ConfigurationFile,
  readAnyConfiguration,
} from '../app/configuration.ts';
import type { App6 } from '../app/dhcp6/app.ts';
import { createLog } from '../log/logger.ts';
import { ExitCode } from './exit-codes.ts';

/** RFC 2131 section 4.1, RFC 8415 section 7.2. */
const SERVER_PORTS = { 4: 67, 6: 547 } as const;

export interface ServeOptions extends ConfigurationFile {
  /** Null = that of the protocol. */
  readonly serverPort: number | null;
  /** 0 = by the rules of the protocol. */
  readonly clientPort: number;
}

/**
 * Serves until told to stop.
 * @param exit ends the process; called exactly once, when everything is on disk or a thread has failed
 */
export async function serve(options: ServeOptions, exit: (code: number) => void): Promise<void> {
  const log = createLog({ level: 'info' });
  // A server that does not start serves nobody; one whose clock is wrong may even be right.
  const loaded = await readAnyConfiguration(options, log, { allowOutdated: true });
  if (!('config' in loaded)) {
    for (const problem of loaded.problems) log('TDM_CONFIG_PROBLEM', { problem });
    log('TDM_CONFIG_REFUSED', { file: options.path, problems: loaded.problems.length });
    return exit(ExitCode.failed);
  }
  let isEnding = false;
  // What comes while the server starts waits until it has started; a second signal must not cut the first one short.
  const shutdown = (exitValue: number): void => {
    if (isEnding) return;
    isEnding = true;
    void started.then(async (app) => exit((await app.stop()) ? exitValue : ExitCode.failed), notStarted);
  };
  const notStarted = (): void => {};
  const onFatal = (error: unknown): void => {
    log('TDM_ENGINE_THREAD_FAILED', {
      reason: String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    exit(ExitCode.internal);
  };
  process.on('SIGTERM', () => shutdown(ExitCode.ok));
  process.on('SIGINT', () => shutdown(ExitCode.ok));
  process.on('SIGHUP', () => void started.then((app) => (isEnding ? undefined : app.reload()), notStarted));
  const started = start(loaded, options, { log, shutdown, onFatal });
  try {
    await started;
  } catch (error) {
    log('TDM_ENGINE_NOT_STARTED', { reason: (error as Error).message });
    exit(ExitCode.failed);
  }
}

type Handlers = Pick<AppOptions, 'log' | 'shutdown' | 'onFatal'>;

/** Starts the server of the family that the file is for; what the other one needs is not loaded. */
async function start(
  loaded: AnyLoadedConfiguration,
  options: ServeOptions,
  handlers: Handlers,
): Promise<App | App6> {
  const { clientPort } = options;
  const serverPort = options.serverPort ?? SERVER_PORTS[loaded.family];
  const common = { file: options, serverPort, clientPort, ...handlers };
  if (loaded.family === 4) return App.start({ loaded, ...common });
  const { App6 } = await import('../app/dhcp6/app.ts');
  return App6.start({ loaded, ...common });
}
