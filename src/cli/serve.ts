/** `tandem serve`: runs the server until a signal, the shutdown command or a fault ends it. */
import { App } from '../app/app.ts';
import { type ConfigurationFile, readConfiguration } from '../app/configuration.ts';
import { createLog } from '../log/logger.ts';
import { ExitCode } from './exit-codes.ts';

export interface ServeOptions extends ConfigurationFile {
  readonly serverPort: number;
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
  const loaded = readConfiguration(options, log, { allowOutdated: true });
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
  const { serverPort, clientPort } = options;
  process.on('SIGTERM', () => shutdown(ExitCode.ok));
  process.on('SIGINT', () => shutdown(ExitCode.ok));
  process.on('SIGHUP', () => void started.then((app) => (isEnding ? undefined : app.reload()), notStarted));
  const started = App.start({ file: options, loaded, serverPort, clientPort, log, shutdown, onFatal });
  try {
    await started;
  } catch (error) {
    log('TDM_ENGINE_NOT_STARTED', { reason: (error as Error).message });
    exit(ExitCode.failed);
  }
}
