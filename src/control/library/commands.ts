/** The commands of Kea's libraries that are nothing but commands; they exist when their library is in hooks-libraries. */
import type { CommandLibrary } from '../../config/control-model.ts';
import type { CommandHandler } from '../answer.ts';
import { createClassCommands } from './class-commands.ts';
import type { DocumentSources } from './edit.ts';
import { createHostCommands } from './host-commands.ts';
import { createNetworkCommands } from './network-commands.ts';
import { createSubnetCommands } from './subnet-commands.ts';

export interface LibrarySources {
  readonly documents: DocumentSources;
  /** Those of stat_cmds, which are another one in each family. */
  readonly statLeases: () => Map<string, CommandHandler>;
}

/** The commands of one library. */
export function createLibraryCommands(
  library: CommandLibrary,
  { documents, statLeases }: LibrarySources,
): Map<string, CommandHandler> {
  const makers = {
    stat_cmds: statLeases,
    subnet_cmds: () => new Map([...createSubnetCommands(documents), ...createNetworkCommands(documents)]),
    class_cmds: () => createClassCommands(documents),
    host_cmds: () => createHostCommands(documents),
  } as const satisfies Record<CommandLibrary, () => Map<string, CommandHandler>>;
  return makers[library]();
}
