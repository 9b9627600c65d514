/** Names reach DNS: dhclient, Tandem, Debian's kea-dhcp-ddns and BIND. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { needRootAnd } from '../support/need.ts';
import { ask, askAsRelay, behind, ORDERLY } from './comparing.ts';
import { ADDRESS, CLIENTS_SEGMENT } from './configuration.ts';
import { createDhclient } from './dhclient.ts';
import { startDns } from './dns-server.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { serversSegment } from './pair.ts';
import { RELAY_NETWORK, startRelay } from './relay.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';

const PROGRAMS = ['ip', 'kea-dhcp-ddns', 'named', 'dig'];
const NAMES = { 'dhcp-ddns': { 'enable-updates': true }, 'ddns-qualifying-suffix': 'example.com' };

const reversed = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`;
const none = (data: readonly string[]): boolean => data.length === 0;
const only =
  (wanted: string) =>
  (data: readonly string[]): boolean =>
    data.length === 1 && data[0] === wanted;

async function startScene(t: Teardown) {
  const directory = temporaryDirectory(t);
  const plan = serversSegment();
  const network = createNetwork(t, {
    ...RELAY_NETWORK,
    servers: { ...plan['servers'], ...RELAY_NETWORK['servers'] },
  });
  const dhcp4 = { ...ORDERLY, ...NAMES };
  const server = createServer(network, SUBJECT, { name: 'server1', directory, mode: null, dhcp4 });
  const dns = await startDns(network, 'server1', directory);
  await server.start();
  return { directory, network, server, dns };
}

t.test(
  'a dhclient that sends its name gets an A, a PTR and a DHCID record; its release takes them away',
  async (t) => {
    if (!needRootAnd(t, [...PROGRAMS, 'dhclient', 'dhcrelay', 'sysctl'])) return;
    const { directory, network, dns } = await startScene(t);
    await startRelay(network);
    const client = createDhclient(network, 'client1', CLIENTS_SEGMENT, directory, 'send host-name "Laptop";');
    const { address } = await client.bind(20_000);
    await dns.has('laptop.example.com', 'A', only(address));
    await dns.has(reversed(address), 'PTR', only('laptop.example.com.'));
    t.equal((await dns.query('laptop.example.com', 'DHCID')).length, 1, 'a DHCID record');
    await client.release();
    await dns.has('laptop.example.com', 'A', none);
    await dns.has(reversed(address), 'PTR', none);
    t.same(await dns.query('laptop.example.com', 'DHCID'), []);
  },
);

t.test(
  'of two clients with one name the first has it, and the other gets it when the first is gone',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = await startScene(t);
    const { dns, server } = scene;
    const mine = '10.65.0.11';
    const other = '10.65.0.12';
    await acquire(scene, 1, mine);
    await dns.has('shared.example.com', 'A', only(mine));
    await acquire(scene, 2, other);
    // The reverse update of the second one is refused with the forward one; what comes after it shows that it is over.
    await acquire(scene, 3, '10.65.0.13', 'third');
    await dns.has('third.example.com', 'A', only('10.65.0.13'));
    t.same(await dns.query('shared.example.com', 'A'), [mine], 'the name stays with the first');
    await tell(scene, MessageType.release, 1, mine);
    await dns.has('shared.example.com', 'A', none);
    const { result } = await server.command('lease4-resend-ddns', { 'ip-address': other });
    t.equal(result, 0);
    await dns.has('shared.example.com', 'A', only(other));
    await dns.has(reversed(other), 'PTR', only('shared.example.com.'));
  },
);

interface Scene {
  readonly network: Network;
  readonly directory: string;
  readonly server: DhcpServer;
}

const mac = (client: number): string => `02:00:00:00:02:0${client}`;
const SERVER = [54, ip(ADDRESS.server1)] as const;

async function acquire({ network }: Scene, client: number, address: string, name = 'shared') {
  const options = [[50, ip(address)], SERVER, [81, [1, 0, 0, ...Buffer.from(name)]]] as const;
  const datagram = packet({
    type: MessageType.request,
    mac: mac(client),
    xid: client,
    giaddr: ADDRESS.load,
    options: options.map(([code, data]) => [code, [...data]]),
  });
  const [{ reply } = { reply: null }] = await askAsRelay(network, 'server1', [{ datagram }]);
  if (reply?.type !== MessageType.ack) throw new Error(`client ${client} got no lease`);
}

/** Sends what is not answered. */
async function tell({ network }: Scene, type: number, client: number, address: string) {
  const fields = { type, mac: mac(client), xid: 9, ciaddr: address, giaddr: ADDRESS.load, options: [SERVER] };
  const datagram = packet({ ...fields, options: [[54, ip(ADDRESS.server1)]] });
  await ask(network, ['load', ADDRESS.load, ADDRESS.server1], [{ datagram }], behind);
}
