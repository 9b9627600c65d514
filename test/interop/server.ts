/** One DHCPv4 server under test on a host of a network: Tandem, or the real Kea in its place. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandAnswer } from './command.ts';
import {
  type ConfigurationPlan,
  configurationOf,
  leaseFileOf,
  type PeerName,
  socketOf,
} from './configuration.ts';
import { type ServerKind, spelled } from './kea.ts';
import { type FiledLeases, readLeaseFile } from './lease-files.ts';
import type { Network } from './network.ts';
import { createServerProcess, type ServerProcess, withLog } from './server-process.ts';
import { until } from './waiting.ts';

/**
 * What the scenarios of Tandem run with. `TANDEM_INTEROP_WITH=kea` puts Kea in its place: a scenario that fails there
 * too has a fault of its own.
 */
export const SUBJECT: ServerKind = process.env['TANDEM_INTEROP_WITH'] === 'kea' ? 'kea 2.2' : 'tandem';

export interface DhcpServer extends ServerProcess {
  readonly name: PeerName;
  readonly leaseFile: string;
  /**
   * Has the running server go over to other keys of the Dhcp4 map than those of the plan, by config-reload: far cheaper than another
   * start, where that is not what a story is about. @throws Error when it refuses them
   */
  reconfigure(dhcp4: Readonly<Record<string, unknown>>): Promise<void>;
  /** Own HA state as status-get tells it, "" without high availability. */
  haState(): Promise<string>;
  /** State of the partner as this server has learned it last, "" before the first heartbeat. */
  partnerState(): Promise<string>;
  /** Resolves when `haState` is one of `states`. @throws Error with the server's log when it is late. */
  reaches(states: readonly string[], timeoutMs: number): Promise<void>;
  leases(): FiledLeases;
}

/** A server that is not started yet. Its host has the server's name. */
export function createServer(network: Network, kind: ServerKind, plan: ConfigurationPlan): DhcpServer {
  const configFile = join(plan.directory, `${plan.name}.json`);
  const configure = (dhcp4: ConfigurationPlan['dhcp4']): void => {
    const configuration = configurationOf(dhcp4 === undefined ? plan : { ...plan, dhcp4 });
    writeFileSync(configFile, JSON.stringify(spelled(kind, configuration), null, 2));
  };
  const process = createServerProcess(network, kind, {
    daemon: 'kea-dhcp4',
    name: plan.name,
    directory: plan.directory,
    configFile,
    socket: socketOf(plan),
    configure: () => configure(plan.dhcp4),
  });
  const self: DhcpServer = {
    ...process,
    name: plan.name,
    leaseFile: leaseFileOf(plan),
    reconfigure: async (dhcp4) => {
      configure(dhcp4);
      const { result, text } = await self.command('config-reload');
      if (result !== 0) throw new Error(`${kind} refuses its configuration: ${text}`);
    },
    haState: async () => haServers(await self.command('status-get')).local?.state ?? '',
    partnerState: async () => haServers(await self.command('status-get')).remote?.['last-state'] ?? '',
    reaches: (states, timeoutMs) => awaitState(self, states, timeoutMs),
    leases: () => readLeaseFile(self.leaseFile),
  };
  return self;
}

async function awaitState(server: DhcpServer, states: readonly string[], timeoutMs: number): Promise<void> {
  const what = `${server.kind} ${server.name} reaches ${states.join(' or ')}`;
  await withLog(server, () =>
    until({ what, timeoutMs }, async () => (states.includes(await server.haState()) ? true : null)),
  );
}

interface HaServers {
  readonly local?: { readonly state?: string };
  readonly remote?: { readonly 'last-state'?: string };
}

/** `arguments.high-availability[0].ha-servers` of a status-get answer. */
function haServers(answer: CommandAnswer): HaServers {
  const status = answer.arguments as
    | { 'high-availability'?: readonly { 'ha-servers'?: HaServers }[] }
    | undefined;
  return status?.['high-availability']?.[0]?.['ha-servers'] ?? {};
}
