/** Commands by which an administrator has work done now that the server does by itself: leases-reclaim and its like. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';

export interface MaintenanceSources {
  /** Reclaims every lease that is over, whatever the limits of a cycle are; resolves when it is done. */
  readonly reclaim: (remove: boolean) => Promise<void>;
  /** Begins a clean-up of the lease file; `none` = there is no lease file. */
  readonly cleanUp: () => 'started' | 'running' | 'none';
  /** Each interface that is to be served, and whether it is. */
  readonly interfaces: () => ReadonlyMap<string, boolean>;
}

export function createMaintenanceCommands(sources: MaintenanceSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['config-backend-pull', () => ({ result: Result.empty, text: 'No config backend.' })],
    ['interface-list', () => interfaceList(sources)],
    ['kea-lfc-start', () => cleanUp(sources)],
    ['leases-reclaim', (args) => leasesReclaim(sources, args)],
    // Nothing was loaded that could be loaded again: the libraries are parts of the program.
    ['libreload', () => success('Hooks libraries successfully reloaded.')],
  ]);
}

async function leasesReclaim({ reclaim }: MaintenanceSources, args: unknown): Promise<Answer> {
  if (args !== undefined && !isMap(args)) return failure(`Error during command processing: ${NOT_A_MAP}`);
  const remove = args?.['remove'];
  if (remove === undefined) return failure("Missing mandatory 'remove' parameter.");
  if (typeof remove !== 'boolean') return failure("'remove' parameter expected to be a boolean.");
  await reclaim(remove);
  return success('Reclamation of expired leases is complete.');
}

function cleanUp(sources: MaintenanceSources): Answer {
  const outcome = sources.cleanUp();
  if (outcome === 'none')
    return failure('there is no lease file: persist of lease-database is false', Result.unsupported);
  if (outcome === 'running') return failure('a clean-up of the lease file is under way', Result.empty);
  return success('the clean-up of the lease file has begun');
}

function interfaceList({ interfaces }: MaintenanceSources): Answer {
  const list = [...interfaces()].map(([name, served]) => ({ name, served }));
  return { result: Result.success, arguments: { interfaces: list } };
}
