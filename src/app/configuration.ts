/** The configuration of the running server: the file it came from, what it says, and what only a restart can change. */
import { systemClock } from '../base/clock.ts';
import type { ServerConfig6 } from '../config/dhcp6/model.ts';
import { checkDocument, type LoadOptions, type LoadResult, loadConfig } from '../config/load.ts';
import { type AnyLoadResult, loadAnyConfig } from '../config/load-any.ts';
import type { ServerConfig } from '../config/model.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import type { ConfigOutcome } from '../control/commands/configuration.ts';
import type { Log } from '../log/logger.ts';
import { OwnPlaces } from './control/own-places.ts';
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

function choicesOf({ ignoreUnsupported, thisServerName }: ConfigurationFile, dates: DateRule): LoadOptions {
  const choices = { ignoreUnsupported, ...dates };
  return thisServerName === null ? choices : { ...choices, thisServerName };
}

/** Whether certificates that are expired or not valid yet are taken with a warning. */
export type DateRule = Required<Pick<LoadOptions, 'allowOutdated'>>;

/** What a configuration file of either family says. */
export type AnyLoadedConfiguration =
  | (LoadedConfiguration & { readonly family: 4 })
  | {
      readonly family: 6;
      readonly config: ServerConfig6;
      readonly document: Readonly<Record<string, unknown>>;
    };

/** Reads the file of a server of either family. @returns the configuration, or every problem as text */
export async function readAnyConfiguration(
  file: ConfigurationFile,
  log: Log,
  dates: DateRule,
): Promise<AnyLoadedConfiguration | ConfigOutcome> {
  const result = await loadAnyConfig(file.path, choicesOf(file, dates));
  tell(result, file, log);
  return result.ok ? result : refusalOf(result);
}

/** Reads the file of a DHCPv4 server. @returns the configuration, or every problem as text */
export function readConfiguration(
  file: ConfigurationFile,
  log: Log,
  dates: DateRule,
): LoadedConfiguration | ConfigOutcome {
  const result = loadConfig(file.path, choicesOf(file, dates));
  tell(result, file, log);
  return loadedOf(result);
}

function tell(result: AnyLoadResult | LoadResult, { path }: ConfigurationFile, log: Log): void {
  for (const warning of result.warnings) log('TDM_CONFIG_WARNING', { warning: formatProblem(warning) });
  if (result.ok)
    log('TDM_CONFIG_LOADED', {
      file: path,
      subnets: result.config.subnets.length,
      warnings: result.warnings.length,
    });
}

/**
 * Reads a document that came by a command, under the same choices as the file, and within the places of the file.
 * @param document `{ "Dhcp4": ... }`, not changed
 * @param places where the configuration of the file writes
 */
export function readDocument(
  document: object,
  file: ConfigurationFile,
  places: OwnPlaces,
  dates: DateRule,
): LoadedConfiguration | ConfigOutcome {
  const loaded = loadedOf(checkDocument(document, choicesOf(file, dates)));
  if (!('config' in loaded)) return loaded;
  const strays = places.strays(loaded);
  return strays.length === 0 ? loaded : { ok: false, problems: strays };
}

function loadedOf(result: LoadResult): LoadedConfiguration | ConfigOutcome {
  if (result.ok) return { config: result.config, document: result.document };
  return refusalOf(result);
}

function refusalOf({ problems }: { readonly problems: readonly Problem[] }): ConfigOutcome {
  return { ok: false, problems: problems.map(formatProblem) };
}

/** The configuration in force. */
export class ActiveConfiguration {
  #loaded: LoadedConfiguration;
  #sinceMs = systemClock.monotonicMs();
  #places: OwnPlaces;

  readonly #file: string;

  /** @param loaded what the file says */
  constructor(loaded: LoadedConfiguration, file: string) {
    this.#loaded = loaded;
    this.#file = file;
    this.#places = OwnPlaces.of(loaded, file);
  }

  get config(): ServerConfig {
    return this.#loaded.config;
  }

  get document(): LoadedConfiguration['document'] {
    return this.#loaded.document;
  }

  /** Where the configuration that the file had last lets the server write. */
  get places(): OwnPlaces {
    return this.#places;
  }

  /** Monotonic ms since when it is in force. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** @param isOfFile the file says so, not a command */
  replace(loaded: LoadedConfiguration, isOfFile: boolean): void {
    this.#loaded = loaded;
    if (isOfFile) this.#places = OwnPlaces.of(loaded, this.#file);
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
