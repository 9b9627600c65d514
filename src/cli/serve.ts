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
  const loaded = readConfiguration(options, log);
  if (!('config' in loaded)) {
    for (const problem of loaded.problems) log('TDM_CONFIG_PROBLEM', { problem });
    log('TDM_CONFIG_REFUSED', { file: options.path, problems: loaded.problems.length });
    return exit(ExitCode.failed);
  }
  let app: App | null = null;
  const shutdown = (exitValue: number): void => {
    const stopping = app === null ? Promise.resolve(true) : app.stop();
    void stopping.then((drained) => exit(drained ? exitValue : ExitCode.failed));
  };
  const onFatal = (error: unknown): void => {
    log('TDM_ENGINE_THREAD_FAILED', {
      reason: String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    exit(ExitCode.internal);
  };
  const { serverPort, clientPort } = options;
  try {
    app = await App.start({ file: options, loaded, serverPort, clientPort, log, shutdown, onFatal });
  } catch (error) {
    log('TDM_ENGINE_NOT_STARTED', { reason: (error as Error).message });
    return exit(ExitCode.failed);
  }
  const running = app;
  process.on('SIGTERM', () => shutdown(ExitCode.ok));
  process.on('SIGINT', () => shutdown(ExitCode.ok));
  process.on('SIGHUP', () => void running.reload());
}
