/** The commands of the server itself, as one list; those for leases and high availability come from their own parts. */
import type { CommandHandler } from '../answer.ts';
import { type ConfigurationSources, createConfigurationCommands } from './configuration.ts';
import { createStatisticsCommands, type StatisticsSources } from './statistics.ts';
import { createStatusCommands, type StatusSources } from './status.ts';

export interface ServerSources {
  readonly configuration: ConfigurationSources;
  readonly statistics: StatisticsSources;
  readonly status: StatusSources;
}

/** list-commands, status-get, version-get, shutdown, config-*, statistic-*. */
export function createServerCommands(sources: ServerSources): Map<string, CommandHandler> {
  return new Map([
    ...createConfigurationCommands(sources.configuration),
    ...createStatisticsCommands(sources.statistics),
    ...createStatusCommands(sources.status),
  ]);
}
