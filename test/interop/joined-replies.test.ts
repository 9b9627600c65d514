/**
 * Replies to one relay leave joined only where somebody is known to cut them. Behind a veth nobody does, and a relay that
 * reads frames takes a joined message for one datagram.
 */
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { needRootAnd } from '../support/need.ts';
import {
  ADDRESS,
  CLIENTS,
  CLIENTS_SEGMENT,
  SERVERS_PREFIX_LENGTH,
  SERVERS_SEGMENT,
} from './configuration.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { BEGIN_MS } from './programs.ts';
import { startRelay } from './relay.ts';
import { createServer } from './server.ts';
import { until } from './waiting.ts';

const BURST = fileURLToPath(new URL('./client-burst.js', import.meta.url));
/** No more than the pool has, and what the sockets of the relay hold. */
const BURST_CLIENTS = 48;

/** How many of the clients of a burst, which the server finds all at once, are answered through dhcrelay. */
async function answered(t: Test, joinReplies: string): Promise<number> {
  const server = (address: string): { address: string } => ({
    address: `${address}/${SERVERS_PREFIX_LENGTH}`,
  });
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: {
      server1: server(ADDRESS.server1),
      server2: server(ADDRESS.server2),
      relay: server(CLIENTS.relayOnServers),
    },
    [CLIENTS_SEGMENT]: {
      relay: { address: `${CLIENTS.relay}/24` },
      client1: { address: '10.80.0.99/24' },
    },
  });
  await startRelay(network);
  const tandem = createServer(network, 'tandem', {
    name: 'server1',
    directory: temporaryDirectory(t),
    mode: null,
    dhcp4: {
      'multi-threading': { 'enable-multi-threading': false },
      'user-context': { tandem: { 'join-replies': joinReplies } },
    },
  });
  await tandem.start();
  const { arguments: status } = await tandem.command('status-get');
  const { pid } = status as { pid: number };
  const sentBefore = await sentBy(network, 'relay');
  process.kill(pid, 'SIGSTOP');
  const burst = network.start('client1', process.execPath, [BURST, String(BURST_CLIENTS), '10.80.0.255']);
  await burst.waitForOutput(/sent/, BEGIN_MS);
  // Each query goes to both servers, of which one only exists.
  await until({ what: 'the relay has passed on the burst', timeoutMs: BEGIN_MS }, async () =>
    (await sentBy(network, 'relay')) - sentBefore >= 2 * BURST_CLIENTS ? true : null,
  );
  process.kill(pid, 'SIGCONT');
  const [, offers] = await burst.waitForOutput(/(\d+) of \d+ offers/, BEGIN_MS);
  await tandem.stop();
  t.notMatch(tandem.log(), /TDM_ENGINE_REPLIES_NOT_JOINED/);
  network.remove();
  return Number(offers);
}

/** UDP datagrams that the programs of a host have sent. */
async function sentBy(network: Network, host: string): Promise<number> {
  const { output } = await network.run(host, 'cat', ['/proc/net/snmp']);
  const [names = '', values = ''] = output.split('\n').filter((line) => line.startsWith('Udp:'));
  return Number(values.split(' ')[names.split(' ').indexOf('OutDatagrams')]);
}

t.test('behind a veth dhcrelay gets every reply of a burst', async (t) => {
  if (!needRootAnd(t, ['ip', 'sysctl', 'dhcrelay'])) return;
  t.equal(await answered(t, 'auto'), BURST_CLIENTS);
  // What the scene can show: there they would leave joined, and be lost.
  t.ok((await answered(t, 'always')) < BURST_CLIENTS / 2, 'joined replies are lost there');
});
