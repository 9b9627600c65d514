/** Host reservations: who is known, and whose an address is. What a Kea 2.2 does, but where it says otherwise. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { HostModes } from '../../src/config/host-model.ts';
import type { ServerConfig } from '../../src/config/model.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import type { BenchServer } from './bench-server.ts';
import { type HostParts, hostOf, reload, type SubnetParts, withSubnets } from './networks.ts';
import { ip, packet } from './packets.ts';
import { decline, discover, lease, mac, release, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const MODES: HostModes = { global: false, inSubnet: true, outOfPool: false };
/** The relay's own subnet. */
const ONE: SubnetParts = { id: 1, subnet: '127.0.0.0/8', pools: ['127.1.0.10 - 127.1.0.13'] };
const clock = new TestClock();

interface Scene {
  readonly subnets?: readonly SubnetParts[];
  readonly hosts: readonly HostParts[];
  readonly more?: Partial<ServerConfig>;
}

function serverWith(
  t: { teardown: (done: () => void) => void },
  { subnets, hosts, more }: Scene,
): BenchServer {
  const alter = (config: ServerConfig): ServerConfig => ({
    ...withSubnets(config, subnets ?? [ONE]),
    hosts: hosts.map(hostOf),
    ...more,
  });
  return serverFor(t, {}, { clock, alter });
}

const yiaddr = (server: BenchServer, datagram: Uint8Array): string | null =>
  server.ask(datagram)?.yiaddr ?? null;
const type = (server: BenchServer, datagram: Uint8Array): number | null => server.ask(datagram)?.type ?? null;
const wanting = (client: number, address: string): Uint8Array => discover(client, [[50, ip(address)]]);

t.test('a reserved address is its host’s, in a pool and out of it', async (t) => {
  const hosts = [
    { hw: 1, address: '127.1.0.12' },
    { hw: 2, address: '127.9.9.9' },
  ];
  const server = serverWith(t, { hosts });
  t.equal(lease(server, 1).yiaddr, '127.1.0.12');
  t.equal(lease(server, 2).yiaddr, '127.9.9.9');
  t.equal(type(server, renew(2, '127.9.9.9')), MessageType.ack);
  t.equal(server.statistic('assigned-addresses'), 2);
  server.ask(release(1, '127.1.0.12'));
  server.ask(release(2, '127.9.9.9'));
  t.equal(server.statistic('assigned-addresses'), 0);
  t.equal(yiaddr(server, discover(1)), '127.1.0.12');
});

t.test('nobody else gets it: not by allocation, not by asking, not after it was given back', async (t) => {
  const server = serverWith(t, {
    hosts: [
      { hw: 1, address: '127.1.0.11' },
      { hw: 2, address: '127.9.9.9' },
    ],
  });
  t.equal(yiaddr(server, wanting(8, '127.1.0.11')), '127.1.0.10');
  t.equal(type(server, request(8, '127.1.0.11')), MessageType.nak);
  t.equal(type(server, request(8, '127.9.9.9')), MessageType.nak, 'out of the pools');
  lease(server, 1);
  server.ask(release(1, '127.1.0.11'));
  const others = [8, 9, 10].map((client) => lease(server, client).yiaddr);
  t.same(others.sort(), ['127.1.0.10', '127.1.0.12', '127.1.0.13']);
  t.equal(server.ask(discover(11)), null, 'the last free address is reserved');
  t.equal(yiaddr(server, discover(1)), '127.1.0.11');
});

t.test('a host that asks for another address is refused as long as its own is free', async (t) => {
  const server = serverWith(t, { hosts: [{ hw: 1, address: '127.1.0.11' }] });
  t.equal(yiaddr(server, wanting(1, '127.1.0.12')), '127.1.0.11');
  t.equal(type(server, request(1, '127.1.0.12')), MessageType.nak);
  t.equal(type(server, request(1, '127.1.0.11')), MessageType.ack);
  const anywhere = packet({ type: MessageType.request, mac: mac(1), options: [[54, ip('127.0.0.1')]] });
  t.equal(yiaddr(server, anywhere), '127.1.0.11', 'who asks for nothing gets it');
});

t.test('an address that somebody else holds: a conflict, and another address meanwhile', async (t) => {
  const server = serverWith(t, { hosts: [] });
  t.equal(lease(server, 5).yiaddr, '127.1.0.10');
  const hosts = [hostOf({ hw: 1, address: '127.1.0.10' })];
  const config = { ...server.config, hosts };
  reload(server, config, clock.wallSec());
  t.equal(yiaddr(server, discover(1)), '127.1.0.11');
  t.equal(server.statistic('v4-reservation-conflicts'), 1);
  t.equal(server.subnetStatistic('subnet[1].v4-reservation-conflicts'), 1);
  t.equal(type(server, request(1, '127.1.0.11')), MessageType.ack, 'while its own is in use');
  t.equal(type(server, renew(5, '127.1.0.10')), MessageType.nak, 'it is kept for somebody else now');
  t.not(yiaddr(server, discover(5)), '127.1.0.10');
  server.ask(release(5, '127.1.0.10'));
  t.equal(yiaddr(server, discover(1)), '127.1.0.10', 'as soon as it is free');
  t.equal(type(server, renew(1, '127.1.0.11')), MessageType.nak, 'the way to it');
  t.equal(type(server, request(1, '127.1.0.10')), MessageType.ack);
  t.same(
    server.addresses(),
    server.addresses().filter((address) => address !== '127.1.0.11'),
  );
});

t.test('a reserved address that was declined is in conflict until its probation ends', async (t) => {
  const server = serverWith(t, { hosts: [{ hw: 1, address: '127.1.0.11' }] });
  lease(server, 1);
  server.ask(decline(1, '127.1.0.11'));
  t.equal(yiaddr(server, discover(1)), '127.1.0.10');
  t.equal(server.statistic('v4-reservation-conflicts'), 1);
  clock.pass(86_500);
  t.equal(yiaddr(server, discover(1)), '127.1.0.11');
});

t.test('identifiers are tried in the order of the configuration, each by its own rule', async (t) => {
  const duid = [0, 1, 0, 1, 9, 9];
  const clientId = [255, 1, 2, 3, 4, ...duid];
  const hosts: HostParts[] = [
    { hw: 1, address: '127.5.0.1' },
    { identifier: 'duid', identifierBytes: Uint8Array.from(duid), address: '127.5.0.2' },
    { identifier: 'circuit-id', identifierBytes: Uint8Array.of(7, 7), address: '127.5.0.3' },
    { identifier: 'client-id', identifierBytes: Uint8Array.from(clientId), address: '127.5.0.4' },
  ];
  const agent = [82, [2, 1, 0, 1, 2, 7, 7]] as const;
  const all = discover(1, [[61, clientId], agent]);
  const order = ['hw-address', 'duid', 'circuit-id', 'client-id'] as const;
  for (const [at] of order.entries()) {
    const hostIdentifiers = [...order.slice(at), ...order.slice(0, at)];
    const server = serverWith(t, { hosts, more: { hostIdentifiers } });
    t.equal(yiaddr(server, all), `127.5.0.${at + 1}`, order[at] ?? '');
  }
  const only = serverWith(t, { hosts, more: { hostIdentifiers: ['duid'] } });
  t.equal(yiaddr(only, discover(1)), '127.1.0.10', 'what is not listed counts for nothing');
  t.equal(yiaddr(only, discover(2, [[61, [255, 1, 2, 3, 4]]])), '127.1.0.11', 'a DUID of no octets');
  t.equal(yiaddr(only, discover(3, [[61, [1, ...clientId.slice(1)]]])), '127.1.0.12', 'of another type');
  const cut = serverWith(t, { hosts });
  t.equal(yiaddr(cut, discover(4, [[82, [1, 9, 7, 7]]])), '127.1.0.10', 'a sub-option that is cut off');
});

t.test('a client identifier that the subnet ignores identifies the host all the same', async (t) => {
  const hosts: HostParts[] = [
    { identifier: 'client-id', identifierBytes: Uint8Array.of(1, 2, 3), address: '127.5.0.1' },
  ];
  const server = serverWith(t, { hosts, subnets: [{ ...ONE, matchClientId: false }] });
  t.equal(yiaddr(server, discover(9, [[61, [1, 2, 3]]])), '127.5.0.1');
  t.equal(server.ask(request(9, '127.5.0.1', [[61, [1, 2, 3]]]))?.type, MessageType.ack);
  t.equal(server.lease('127.5.0.1')?.clientId, null);
});

t.test('several hosts may have one address: the first to come has it', async (t) => {
  const server = serverWith(t, {
    hosts: [
      { hw: 1, address: '127.1.0.11' },
      { hw: 2, address: '127.1.0.11' },
    ],
  });
  t.equal(lease(server, 2).yiaddr, '127.1.0.11');
  t.equal(yiaddr(server, discover(1)), '127.1.0.10');
  t.equal(type(server, request(3, '127.1.0.11')), MessageType.nak);
});

t.test('modes: switched off, out of the pools, global', async (t) => {
  const hosts: HostParts[] = [
    { hw: 1, address: '127.1.0.11' },
    { hw: 2, address: '127.9.9.9' },
    { hw: 3, subnetId: 0, address: '127.8.8.8' },
  ];
  const modes = (hostModes: Partial<HostModes>): BenchServer =>
    serverWith(t, { hosts, subnets: [{ ...ONE, hostModes: { ...MODES, ...hostModes } }] });
  const offers = (server: BenchServer): (string | null)[] =>
    [1, 2, 3].map((client) => yiaddr(server, discover(client)));
  t.same(offers(modes({ inSubnet: false })), ['127.1.0.10', '127.1.0.11', '127.1.0.12']);
  t.same(offers(modes({ outOfPool: true })), ['127.1.0.10', '127.9.9.9', '127.1.0.11']);
  t.same(offers(modes({ global: true })), ['127.1.0.11', '127.9.9.9', '127.8.8.8']);
  t.same(offers(modes({ global: true, inSubnet: false })), ['127.1.0.10', '127.1.0.11', '127.8.8.8']);
});

t.test('a global reservation keeps its address from nobody [Kea]', async (t) => {
  const subnets = [{ ...ONE, hostModes: { ...MODES, global: true } }];
  const server = serverWith(t, { hosts: [{ hw: 1, subnetId: 0, address: '127.1.0.10' }], subnets });
  t.equal(lease(server, 7).yiaddr, '127.1.0.10');
  t.equal(yiaddr(server, discover(1)), '127.1.0.11');
  t.equal(server.statistic('v4-reservation-conflicts'), 1);
});

t.test('a global reservation of an address elsewhere counts in its own subnet alone [Kea 3]', async (t) => {
  const global = { ...MODES, global: true };
  const server = serverWith(t, {
    hosts: [
      { hw: 1, subnetId: 0, address: '10.9.0.1' },
      { hw: 2, subnetId: 0, address: '10.9.0.10' },
    ],
    subnets: [
      { ...ONE, hostModes: global },
      { id: 2, subnet: '10.9.0.0/24', pools: ['10.9.0.10 - 10.9.0.11'], hostModes: global },
    ],
  });
  t.match(lease(server, 1).yiaddr, /^127\.1\.0\./, 'from the pool');
  t.match(lease(server, 2).yiaddr, /^127\.1\.0\./, 'though it lies in a pool of another subnet');
  t.equal(server.statistic('v4-reservation-conflicts'), 0);
  const there = [82, [5, 4, ...ip('10.9.0.0')]] as const;
  t.equal(yiaddr(server, discover(2, [there])), '10.9.0.10', 'its own, where it lies');
});

const NETWORK: readonly SubnetParts[] = [
  { id: 10, subnet: '10.1.0.0/24', networkName: 'n', pools: ['10.1.0.10 - 10.1.0.11'] },
  {
    id: 20,
    subnet: '10.2.0.0/24',
    networkName: 'n',
    pools: ['10.2.0.10 - 10.2.0.11'],
    clientClasses: ['never'],
  },
  { id: 30, subnet: '10.3.0.0/24', networkName: 'n', pools: ['10.3.0.10 - 10.3.0.11'] },
];

t.test('a host of a sibling gets its address there, unless that is closed to it', async (t) => {
  const hosts = [
    { hw: 1, subnetId: 30, address: '10.3.0.99' },
    { hw: 2, subnetId: 20, address: '10.2.0.99' },
    { hw: 3, subnetId: 30, address: '10.3.0.10' },
  ];
  const server = serverWith(t, { hosts, subnets: NETWORK });
  t.equal(lease(server, 1).yiaddr, '10.3.0.99');
  t.equal(server.lease('10.3.0.99')?.subnetId, 30);
  t.equal(yiaddr(server, discover(2)), '10.1.0.10');
  t.equal(type(server, request(4, '10.3.0.10')), MessageType.nak, 'also there it is kept from others');
  t.equal(yiaddr(server, wanting(4, '10.3.0.10')), '10.1.0.11');
});

t.test('a client with a lease is moved to the address that was reserved for it since', async (t) => {
  const server = serverWith(t, { hosts: [], subnets: NETWORK });
  t.equal(lease(server, 1).yiaddr, '10.1.0.10');
  reload(
    server,
    { ...server.config, hosts: [hostOf({ hw: 1, subnetId: 30, address: '10.3.0.99' })] },
    clock.wallSec(),
  );
  t.equal(type(server, renew(1, '10.1.0.10')), MessageType.nak);
  t.equal(yiaddr(server, discover(1)), '10.3.0.99');
  t.equal(type(server, request(1, '10.3.0.99')), MessageType.ack);
  t.same(server.addresses(), ['10.3.0.99'], 'the former lease is gone');
});

t.test('a client whose reservation was taken away keeps nothing out of the pools', async (t) => {
  const server = serverWith(t, { hosts: [{ hw: 1, address: '127.9.9.9' }] });
  lease(server, 1);
  reload(server, { ...server.config, hosts: [] }, clock.wallSec());
  t.equal(server.ask(renew(1, '127.9.9.9')), null, 'it is nobody’s address');
  t.equal(yiaddr(server, discover(1)), '127.1.0.10');
  t.equal(type(server, request(1, '127.1.0.10')), MessageType.ack);
  t.same(server.addresses(), ['127.1.0.10']);
});

t.test('a host may drop, and may open guards when it is global', async (t) => {
  const guarded: SubnetParts = { id: 1, subnet: '127.0.0.0/8', pools: ['127.1.0.10 - 127.1.0.13 of staff'] };
  const subnets = [{ ...guarded, hostModes: { ...MODES, global: true } }];
  const hosts: HostParts[] = [
    { hw: 1, clientClasses: ['DROP'] },
    { hw: 2, subnetId: 0, clientClasses: ['staff'] },
    { hw: 3, clientClasses: ['staff'] },
  ];
  const server = serverWith(t, { hosts, subnets });
  t.equal(server.ask(discover(1)), null);
  t.equal(server.statistic('tandem-drop-class'), 1);
  t.equal(yiaddr(server, discover(2)), '127.1.0.10');
  t.equal(yiaddr(server, discover(3)), '127.1.0.11');
  t.equal(server.ask(discover(4)), null, 'everybody else stays out');
});

t.test('a global host that is looked up early may open a subnet', async (t) => {
  const subnets: SubnetParts[] = [
    { id: 1, subnet: '127.0.0.0/8', pools: ['127.1.0.10 - 127.1.0.13'], clientClasses: ['staff'] },
    { id: 2, subnet: '127.0.0.0/16', pools: ['127.0.5.1 - 127.0.5.9'] },
  ].map((each) => ({ ...each, hostModes: { ...MODES, global: true } }));
  const hosts = [{ hw: 2, subnetId: 0, clientClasses: ['staff'] }];
  const server = (earlyGlobalHosts: boolean) => serverWith(t, { hosts, subnets, more: { earlyGlobalHosts } });
  t.equal(yiaddr(server(true), discover(2)), '127.1.0.10');
  t.equal(yiaddr(server(true), discover(3)), '127.0.5.1');
  t.equal(yiaddr(server(false), discover(2)), '127.0.5.1', 'too late');
});

t.test('addresses that end in 0 and 255 are given to nobody who does not ask', async (t) => {
  const pools = ['127.1.0.254 - 127.1.2.1'];
  const alter = (config: ServerConfig): ServerConfig => ({
    ...withSubnets(config, [{ ...ONE, pools }]),
    compatibility: { ...config.compatibility, excludeFirstLast24: true },
  });
  const server = serverFor(t, {}, { alter });
  t.equal(server.book.pools.freeCount(0), 256);
  t.equal(lease(server, 1).yiaddr, '127.1.0.254');
  t.equal(lease(server, 2).yiaddr, '127.1.1.1');
  t.equal(type(server, request(3, '127.1.1.0')), MessageType.ack, 'as in Kea');
  t.equal(type(server, request(4, '127.1.1.0')), MessageType.nak);
  t.equal(parseIpv4('127.1.1.0') !== null && server.lease('127.1.1.0')?.hwAddress[5], 3);
});
