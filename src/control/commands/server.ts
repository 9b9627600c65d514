/** The commands of the server itself, as one list; those for leases and high availability come from their own parts. */
import type { CommandHandler } from '../answer.ts';
import type { StatisticHistory } from '../statistic-history.ts';
import { type ConfigurationSources, createConfigurationCommands } from './configuration.ts';
import { createMaintenanceCommands, type MaintenanceSources } from './maintenance.ts';
import { createStatisticsCommands } from './statistics.ts';
import { createStatusCommands, type StatusSources } from './status.ts';
import { type SubnetSelectSources, subnetSelectTest } from './subnet4-select-test.ts';
import { subnet4o6SelectTest } from './subnet4o6-select-test.ts';

export interface ServerSources {
  readonly configuration: ConfigurationSources;
  readonly maintenance: MaintenanceSources;
  readonly statistics: StatisticHistory;
  readonly status: StatusSources;
  readonly subnetSelect: SubnetSelectSources;
}

/** Those that exist whatever libraries are loaded. */
export function createServerCommands(sources: ServerSources): Map<string, CommandHandler> {
  return new Map([
    ...createConfigurationCommands(sources.configuration),
    ...createMaintenanceCommands(sources.maintenance),
    ...createStatisticsCommands(sources.statistics),
    ...createStatusCommands(sources.status),
    ['subnet4-select-test', (args: unknown) => subnetSelectTest(sources.subnetSelect, args)],
    ['subnet4o6-select-test', subnet4o6SelectTest],
  ]);
}
