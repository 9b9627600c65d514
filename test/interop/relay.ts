/** ISC dhcrelay between the clients' segment and both servers, which is also the router between the two. */
import {
  ADDRESS,
  CLIENTS,
  CLIENTS_SEGMENT,
  SERVERS_PREFIX_LENGTH,
  SERVERS_SEGMENT,
} from './configuration.ts';
import type { Network, NetworkPlan } from './network.ts';
import { BEGIN_MS } from './programs.ts';

/** Hash of `01` + address: 134, even, for client1: the primary's; 153, odd, for client2: the secondary's. */
export const CLIENT_MAC = { client1: '0a:00:00:00:00:02', client2: '0a:00:00:00:00:03' } as const;

/** The hosts to add to the servers' segment. */
export const RELAY_NETWORK: NetworkPlan = {
  [SERVERS_SEGMENT]: { relay: { address: `${CLIENTS.relayOnServers}/${SERVERS_PREFIX_LENGTH}` } },
  [CLIENTS_SEGMENT]: {
    relay: { address: `${CLIENTS.relay}/24` },
    client1: { mac: CLIENT_MAC.client1 },
    client2: { mac: CLIENT_MAC.client2 },
  },
};

/** Starts routing and the relay; it forwards every query to both servers. */
export async function startRelay(network: Network): Promise<void> {
  await mustRun(network, 'relay', 'sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
  for (const server of ['server1', 'server2']) {
    await mustRun(network, server, 'ip', ['route', 'add', CLIENTS.subnet, 'via', CLIENTS.relayOnServers]);
  }
  const interfaces = ['-id', CLIENTS_SEGMENT, '-iu', SERVERS_SEGMENT];
  const servers = [ADDRESS.server1, ADDRESS.server2];
  const relay = network.start('relay', 'dhcrelay', ['-4', '-d', '--no-pid', ...interfaces, ...servers]);
  await relay.waitForOutput(/Sending on +Socket\/fallback/, BEGIN_MS);
}

async function mustRun(
  network: Network,
  host: string,
  program: string,
  args: readonly string[],
): Promise<void> {
  const { code, output } = await network.run(host, program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} on ${host} ended with ${code}: ${output}`);
}
