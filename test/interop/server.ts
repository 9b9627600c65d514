/** One DHCPv4 server under test on a host of a network: Tandem, or the real Kea in its place. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfigurationPlan,
  configurationOf,
  leaseFileOf,
  type PeerName,
  socketOf,
} from './configuration.ts';
import { type HaServer, haStatesOf } from './ha-states.ts';
import { type ServerKind, spelled } from './kea.ts';
import { type FiledLeases, readLeaseFile } from './lease-files.ts';
import type { Network } from './network.ts';
import { createServerProcess } from './server-process.ts';

/**
 * What the scenarios of Tandem run with. `TANDEM_INTEROP_WITH=kea` puts Kea in its place: a scenario that fails there
 * too has a fault of its own.
 */
export const SUBJECT: ServerKind = process.env['TANDEM_INTEROP_WITH'] === 'kea' ? 'kea 2.2' : 'tandem';

export interface DhcpServer extends HaServer {
  readonly name: PeerName;
  readonly leaseFile: string;
  /**
   * Has the running server go over to other keys of the Dhcp4 map than those of the plan, by config-reload: far cheaper than another
   * start, where that is not what a story is about. @throws Error when it refuses them
   */
  reconfigure(dhcp4: Readonly<Record<string, unknown>>): Promise<void>;
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
    ...haStatesOf(process),
    name: plan.name,
    leaseFile: leaseFileOf(plan),
    reconfigure: async (dhcp4) => {
      configure(dhcp4);
      const { result, text } = await self.command('config-reload');
      if (result !== 0) throw new Error(`${kind} refuses its configuration: ${text}`);
    },
    leases: () => readLeaseFile(self.leaseFile),
  };
  return self;
}
