/** The configuration of the running server: the file it came from, what it says, and what only a restart can change. */
import { type LoadResult, loadConfig } from '../config/load.ts';
import type { ServerConfig } from '../config/model.ts';
import { formatProblem } from '../config/problem.ts';
import type { ConfigOutcome } from '../control/commands/configuration.ts';
import type { Log } from '../log/logger.ts';

export interface ConfigurationFile {
  readonly path: string;
  readonly ignoreUnsupported: boolean;
  /** Replaces this-server-name of the HA relationship, so that both servers of a pair can share one file. */
  readonly thisServerName: string | null;
}

export interface LoadedConfiguration {
  readonly config: ServerConfig;
  readonly document: Readonly<Record<string, unknown>>;
}

function load(file: ConfigurationFile): LoadResult {
  const { ignoreUnsupported, thisServerName } = file;
  return loadConfig(file.path, { ignoreUnsupported, ...(thisServerName === null ? {} : { thisServerName }) });
}

/** Reads the file. @returns the configuration, or every problem as text */
export function readConfiguration(file: ConfigurationFile, log: Log): LoadedConfiguration | ConfigOutcome {
  const result = load(file);
  for (const warning of result.warnings) log('TDM_CONFIG_WARNING', { warning: formatProblem(warning) });
  if (result.ok) {
    const { config, document } = result;
    log('TDM_CONFIG_LOADED', {
      file: file.path,
      subnets: config.subnets.length,
      warnings: result.warnings.length,
    });
    return { config, document };
  }
  return { ok: false, problems: result.problems.map(formatProblem) };
}

/** What a running server cannot change: memory, files, listeners and threads are laid out at the start. */
const FIXED: readonly { readonly key: string; readonly value: (config: ServerConfig) => unknown }[] = [
  { key: 'lease-database', value: (config) => config.leaseDatabase },
  { key: 'multi-threading', value: (config) => config.multiThreading },
  { key: 'parked-packet-limit', value: (config) => config.parkedPacketLimit },
  { key: 'control-socket(s)', value: (config) => config.controlSockets },
  { key: 'hooks-libraries (high-availability)', value: (config) => config.relationships },
  { key: 'user-context/tandem', value: (config) => config.tandem },
];

/** Keys in which two configurations differ although only a restart can change them. */
export function fixedDifferences(before: ServerConfig, after: ServerConfig): string[] {
  return FIXED.filter(({ value }) => JSON.stringify(value(before)) !== JSON.stringify(value(after))).map(
    ({ key }) => key,
  );
}
