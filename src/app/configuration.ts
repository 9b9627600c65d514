/** The configuration of the running server: the file it came from, what it says, and what only a restart can change. */
import { systemClock } from '../base/clock.ts';
import { type LoadOptions, type LoadResult, loadConfig } from '../config/load.ts';
import type { ServerConfig } from '../config/model.ts';
import { formatProblem } from '../config/problem.ts';
import type { ConfigOutcome } from '../control/commands/configuration.ts';
import type { Log } from '../log/logger.ts';
import { shardCount } from './shard-count.ts';

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

function load(file: ConfigurationFile, dates: DateRule): LoadResult {
  const { ignoreUnsupported, thisServerName } = file;
  const choices = { ignoreUnsupported, ...dates };
  return loadConfig(file.path, thisServerName === null ? choices : { ...choices, thisServerName });
}

/** Whether certificates that are expired or not valid yet are taken with a warning. */
export type DateRule = Required<Pick<LoadOptions, 'allowOutdated'>>;

/** Reads the file. @returns the configuration, or every problem as text */
export function readConfiguration(
  file: ConfigurationFile,
  log: Log,
  dates: DateRule,
): LoadedConfiguration | ConfigOutcome {
  const result = load(file, dates);
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

/** The configuration in force. */
export class ActiveConfiguration {
  #loaded: LoadedConfiguration;
  #sinceMs = systemClock.monotonicMs();

  constructor(loaded: LoadedConfiguration) {
    this.#loaded = loaded;
  }

  get config(): ServerConfig {
    return this.#loaded.config;
  }

  get document(): object {
    return this.#loaded.document;
  }

  /** Monotonic ms since when it is in force. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  replace(loaded: LoadedConfiguration): void {
    this.#loaded = loaded;
    this.#sinceMs = systemClock.monotonicMs();
  }
}

/**
 * What a running server cannot change, or null. The number of packet threads is the only such thing: the kernel spreads
 * clients over as many sockets as there are threads, and packets that wait in the sockets of another number would be lost.
 */
export function fixedDifference(before: ServerConfig, after: ServerConfig): string | null {
  const [threads, wanted] = [shardCount(before), shardCount(after)];
  if (threads === wanted) return null;
  return `multi-threading asks for ${wanted} packet threads instead of ${threads}: that takes a restart`;
}
