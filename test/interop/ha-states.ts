/** Where a server stands in its relationship, as its status-get tells it: the same words in both families. */
import type { CommandAnswer } from './command.ts';
import { type ServerProcess, withLog } from './server-process.ts';
import { until } from './waiting.ts';

export interface HaStates {
  /** Own HA state, "" without high availability. */
  haState(): Promise<string>;
  /** State of the partner as this server has learned it last, "" before the first heartbeat. */
  partnerState(): Promise<string>;
  /** Resolves when `haState` is one of `states`. @throws Error with the server's log when it is late. */
  reaches(states: readonly string[], timeoutMs: number): Promise<void>;
}

/** A server of either family that has a partner. */
export type HaServer = ServerProcess & HaStates;

/** What the server that runs in `process` says of itself and of its partner. */
export function haStatesOf(process: ServerProcess): HaStates {
  const servers = async () => haServersOf(await process.command('status-get'));
  const haState = async () => (await servers()).local?.state ?? '';
  return {
    haState,
    partnerState: async () => (await servers()).remote?.['last-state'] ?? '',
    reaches: (states, timeoutMs) => {
      const what = `${process.kind} ${process.name} reaches ${states.join(' or ')}`;
      const isReached = async () => (states.includes(await haState()) ? true : null);
      return withLog(process, () => until({ what, timeoutMs }, isReached));
    },
  };
}

interface HaServers {
  readonly local?: { readonly state?: string };
  readonly remote?: { readonly 'last-state'?: string };
}

/** `arguments.high-availability[0].ha-servers` of a status-get answer. */
function haServersOf(answer: CommandAnswer): HaServers {
  const status = answer.arguments as
    | { 'high-availability'?: readonly { 'ha-servers'?: HaServers }[] }
    | undefined;
  return status?.['high-availability']?.[0]?.['ha-servers'] ?? {};
}
