/** Shared networks: a client may have its lease in any subnet of the link that is open to it. What a Kea 2.2 does. */
import t from 'tap';
import { systemClock } from '../../../src/base/clock.ts';
import { formatIpv4 } from '../../../src/base/ipv4.ts';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import type { BenchOptions, BenchServer } from '../bench-server.ts';
import { reload, type SubnetParts, withSubnets } from '../networks.ts';
import { ip, number32, packet } from '../packets.ts';
import {
  countAssigned,
  decline,
  discover,
  lease,
  mac,
  release,
  renew,
  request,
  serverFor,
} from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const NETWORK: readonly SubnetParts[] = [
  {
    id: 10,
    subnet: '10.1.0.0/24',
    networkName: 'n',
    pools: ['10.1.0.10 - 10.1.0.11'],
    validLifetime: { minSec: 1000, defaultSec: 1000, maxSec: 1000 },
  },
  {
    id: 20,
    subnet: '10.2.0.0/24',
    networkName: 'n',
    pools: ['10.2.0.10 - 10.2.0.11'],
    clientClasses: ['never'],
  },
  {
    id: 25,
    subnet: '10.25.0.0/24',
    networkName: 'n',
    pools: ['10.25.0.10 - 10.25.0.11'],
    validLifetime: { minSec: 2500, defaultSec: 2500, maxSec: 2500 },
  },
  { id: 30, subnet: '10.3.0.0/16', networkName: 'n', pools: ['10.3.0.10 - 10.3.0.11'] },
  { id: 40, subnet: '10.4.0.0/24', pools: ['10.4.0.10 - 10.4.0.11'] },
];
const REBOOT = (client: number, address: string): Uint8Array =>
  packet({ type: MessageType.request, mac: mac(client), options: [[50, ip(address)]] });

function networkServer(
  t: { teardown: (done: () => void) => void },
  subnets = NETWORK,
  options: BenchOptions = {},
): BenchServer {
  return serverFor(
    t,
    {},
    { clock: new TestClock(), ...options, alter: (config) => withSubnets(config, subnets) },
  );
}

const failures = (server: BenchServer, subnet: string): (number | undefined)[] =>
  ['', '-shared-network', '-subnet', '-no-pools', '-classes'].map((cause) =>
    server.subnetStatistic(`${subnet}v4-allocation-fail${cause}`),
  );

t.test('a full subnet is followed by the next one that is open to the client, by id and round', async (t) => {
  const server = networkServer(t);
  const given = [1, 2, 3, 4, 5, 6].map((client) => lease(server, client).yiaddr);
  t.same(given, ['10.1.0.10', '10.1.0.11', '10.25.0.10', '10.25.0.11', '10.3.0.10', '10.3.0.11']);
  t.equal(server.ask(discover(7)), null);
  for (const [id, count] of [
    [10, 2],
    [20, 0],
    [25, 2],
    [30, 2],
  ] as const) {
    t.equal(countAssigned(server, id), count);
    t.equal(server.subnetStatistic(`subnet[${id}].assigned-addresses`), count);
  }
  server.ask(release(3, '10.25.0.10'));
  t.equal(server.ask(discover(7))?.yiaddr, '10.25.0.10', 'wherever there is room');
});

t.test('the lease’s subnet is the query’s: its mask, its lifetime', async (t) => {
  const server = networkServer(t);
  const acks = [1, 2, 3, 4, 5].map((client) => lease(server, client));
  t.same(
    acks.map((ack) => number32(ack, 51)),
    [1000, 1000, 2500, 2500, 3600],
  );
  t.same(
    acks.map((ack) => formatIpv4(number32(ack, 1)!)),
    [...new Array(4).fill('255.255.255.0'), '255.255.0.0'],
  );
  t.equal(number32(server.ask(renew(3, '10.25.0.10'))!, 51), 2500);
  t.equal(number32(server.ask(discover(3))!, 51), 2500);
});

t.test('failures are counted for the network and for the subnet that was tried last', async (t) => {
  const server = networkServer(t);
  for (let client = 1; client <= 6; client++) lease(server, client);
  server.ask(discover(7));
  t.same(failures(server, ''), [1, 1, 0, 0, 1]);
  // The search began in 30, which gave the last address.
  t.same(failures(server, 'subnet[25].'), [1, 1, 0, 0, 1]);
  server.ask(discover(7));
  t.same(failures(server, 'subnet[10].'), [1, 1, 0, 0, 1], 'then in 25, which was tried last');
});

t.test('failures of a subnet alone: full, without pools, and with pools for others', async (t) => {
  const alone = (pools: readonly string[]): BenchServer =>
    networkServer(t, [{ id: 1, subnet: '127.0.0.0/8', pools }]);
  for (const [pools, expected] of [
    [['127.1.0.1 - 127.1.0.1'], [1, 0, 1, 0, 1]],
    [[], [0, 0, 1, 1, 1]],
    [['127.1.0.1 - 127.1.0.9 of never'], [0, 0, 1, 1, 1]],
  ] as const) {
    const server = alone(pools);
    if (expected[0] === 1) lease(server, 1);
    t.equal(server.ask(discover(2)), null);
    t.same(failures(server, ''), expected);
    t.same(failures(server, 'subnet[1].'), expected);
  }
});

t.test('a client that asks for an address of a sibling gets it, and its former lease goes', async (t) => {
  const server = networkServer(t);
  t.equal(lease(server, 1).yiaddr, '10.1.0.10');
  t.equal(server.ask(request(1, '10.3.0.10'))?.yiaddr, '10.3.0.10');
  t.same(server.addresses(), ['10.3.0.10']);
  t.equal(server.lease('10.3.0.10')?.subnetId, 30);
  t.equal(server.subnetStatistic('subnet[10].assigned-addresses'), 0);
  t.equal(server.subnetStatistic('subnet[30].assigned-addresses'), 1);
  t.equal(server.ask(discover(1, [[50, ip('10.1.0.11')]]))?.yiaddr, '10.3.0.10', 'what it has comes first');
});

t.test('refused is what somebody may have, silent what nobody has', async (t) => {
  const server = networkServer(t);
  lease(server, 1);
  t.equal(server.ask(request(1, '10.2.0.10'))?.type, MessageType.nak, 'in a subnet that is closed to it');
  t.equal(server.ask(request(1, '10.4.0.10'))?.type, MessageType.nak, 'it has moved from another network');
  t.equal(server.ask(request(1, '10.3.9.9')), null, 'of no pool');
  t.equal(server.ask(request(1, '10.99.9.9')), null, 'of nobody');
  t.equal(server.statistic('tandem-drop-address-unmanaged'), 2);
});

t.test('a client finds its lease in a sibling: INIT-REBOOT, RENEW, RELEASE, DECLINE', async (t) => {
  const server = networkServer(t);
  t.equal(server.ask(request(1, '10.25.0.11'))?.type, MessageType.ack);
  t.equal(server.ask(REBOOT(1, '10.25.0.11'))?.type, MessageType.ack);
  t.equal(server.ask(REBOOT(1, '10.1.0.10'))?.type, MessageType.nak);
  t.equal(server.ask(renew(1, '10.25.0.11'))?.type, MessageType.ack);
  server.ask(release(1, '10.25.0.11'));
  t.equal(countAssigned(server), 0);
  t.equal(server.ask(discover(1))?.yiaddr, '10.25.0.11', 'its former one, also in a sibling');
  t.equal(server.ask(request(1, '10.25.0.11'))?.type, MessageType.ack);
  server.ask(decline(1, '10.25.0.11'));
  t.equal(server.subnetStatistic('subnet[25].declined-addresses'), 1);
  t.equal(server.ask(discover(1))?.yiaddr, '10.1.0.10');
});

t.test(
  'a lease is given back and declined from wherever its client is, and by whom it belongs to alone',
  async (t) => {
    const server = networkServer(t);
    lease(server, 1);
    lease(server, 2);
    server.ask(release(2, '10.1.0.10', '10.77.0.1'));
    t.equal(countAssigned(server, 10), 2);
    server.ask(release(1, '10.1.0.10', '10.77.0.1'));
    t.equal(countAssigned(server, 10), 1);
    server.ask(decline(2, '10.1.0.11', '10.77.0.1'));
    t.equal(server.subnetStatistic('subnet[10].declined-addresses'), 1);
  },
);

t.test('an offer in one subnet is not taken back while a sibling has free addresses', async (t) => {
  const server = networkServer(t);
  const offers = [1, 2, 3, 4, 5, 6].map((client) => server.ask(discover(client))?.yiaddr);
  t.equal(new Set(offers).size, 6);
  t.equal(server.ask(discover(7))?.yiaddr, offers[4], 'then the oldest of where the search begins');
});

t.test('each subnet says for itself whether it looks at client identifiers', async (t) => {
  const [first, , second] = NETWORK;
  const server = networkServer(t, [first!, { ...second!, matchClientId: false }]);
  const id = (last: number) => [61, [1, 2, 3, last]] as const;
  const ask = (client: number, address: string, last: number) =>
    server.ask(request(client, address, [id(last)]));
  t.equal(ask(1, '10.1.0.10', 1)?.type, MessageType.ack);
  t.same(server.lease('10.1.0.10')?.clientId, Uint8Array.of(1, 2, 3, 1));
  t.equal(ask(9, '10.1.0.10', 1)?.type, MessageType.ack, 'another card, the same identifier');
  t.equal(ask(2, '10.25.0.10', 2)?.type, MessageType.ack);
  t.equal(server.lease('10.25.0.10')?.clientId, null);
  t.equal(server.ask(discover(2, [id(3)]))?.yiaddr, '10.25.0.10', 'another identifier, the same card');
  t.same(server.ask(discover(2, [id(3)]))?.options.get(61), Uint8Array.of(1, 2, 3, 3), 'it is echoed');
});

t.test(
  'a lease whose subnet is gone is its client’s still, and comes into the subnet of its address',
  async (t) => {
    const server = networkServer(t);
    server.ask(request(1, '10.25.0.10'));
    reload(
      server,
      withSubnets(
        server.config,
        NETWORK.filter(({ id }) => id !== 25),
      ),
      systemClock.wallSec(),
    );
    t.equal(server.ask(renew(1, '10.25.0.10')), null, 'nobody has the address any more');
    t.equal(server.ask(discover(1))?.yiaddr, '10.1.0.10');
    server.ask(release(1, '10.25.0.10'));
    t.not(
      server.addresses().includes('10.25.0.10') && countAssigned(server, 25) > 0,
      true,
      'it can be given back',
    );
  },
);

t.test('the network of a lease that ran out gives it to somebody else', async (t) => {
  const clock = new TestClock();
  const server = networkServer(t, NETWORK, { clock });
  for (let client = 1; client <= 6; client++) lease(server, client);
  clock.pass(1001);
  t.equal(server.ask(discover(7))?.yiaddr, '10.1.0.10', 'though the last search ended elsewhere');
});
