/** Whose an address is, when offers are taken back, clocks are set, subnets change and identifiers are shared. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { createReclaimer4 } from '../../src/engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../src/engine/leases/main-lease-store.ts';
import { LeaseState } from '../../src/lease/state.ts';
import type { BenchServer } from './bench-server.ts';
import { leaseOf } from './leases.ts';
import { packet } from './packets.ts';
import {
  countAssigned,
  decline,
  discover,
  lease,
  mac,
  release,
  renew,
  request,
  SERVER,
  serverFor,
} from './queries.ts';
import { TestClock } from './test-clock.ts';

type TestVoice = { equal(found: unknown, wanted: unknown, message: string): unknown };

const RELAY = { 'ip-addresses': ['127.0.0.1'] };
const IDENTIFIER = 61;

function subnet(
  id: number,
  prefix: string,
  pools: readonly string[],
  relay: string,
): Record<string, unknown> {
  const list = pools.map((pool) => ({ pool }));
  return { id, subnet: prefix, pools: list, relay: { 'ip-addresses': [relay] } };
}

function mainOf(server: BenchServer, clock: TestClock) {
  const ids = server.config.subnets.map((each) => each.id);
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), ids);
  const durability = { durable: async () => {} };
  const store = new MainLeaseStore({ book: server.book, accounting: () => accounting, durability, clock });
  const reclaimer = createReclaimer4(
    server.book,
    () => accounting,
    () => server.events,
    clock,
  );
  return { store, reclaimer };
}

/** Every row in exactly one place: what the counters, the rows and the addresses say is one thing. */
function requireSound(t: TestVoice, server: BenchServer): void {
  const addresses = server.addresses();
  t.equal(new Set(addresses).size, addresses.length, 'no address has two rows');
  t.equal(server.book.table.count(), addresses.length, 'the table counts its rows');
}

t.test('a client whose own expired offer is taken back for it gets one row, not two', async (t) => {
  const clock = new TestClock();
  const pools = [{ pool: '10.0.0.10 - 10.0.0.10' }, { pool: '10.0.0.20 - 10.0.0.20' }];
  const server = serverFor(
    t,
    { subnet4: [{ id: 1, subnet: '10.0.0.0/24', pools, relay: RELAY }] },
    { clock },
  );
  t.equal(server.ask(discover(1, [[50, [10, 0, 0, 20]]]))?.yiaddr, '10.0.0.20');
  t.equal(server.ask(discover(2))?.yiaddr, '10.0.0.10');
  clock.pass(11);
  server.ask(packet({ type: MessageType.request, mac: mac(1), options: [[54, SERVER]] }));
  requireSound(t, server);
  for (let client = 3; client < 8; client++) server.ask(discover(client));
  requireSound(t, server);
});

t.test('a subnet without a free address takes back no offer of another subnet', async (t) => {
  const clock = new TestClock();
  const subnet4 = [
    subnet(1, '10.0.0.0/24', ['10.0.0.10 - 10.0.0.10'], '127.0.0.1'),
    subnet(2, '10.2.0.0/24', ['10.2.0.10 - 10.2.0.20'], '127.0.0.2'),
  ];
  const server = serverFor(t, { subnet4 }, { clock });
  server.ask(request(1, '10.0.0.10'));
  server.ask(packet({ mac: mac(2), giaddr: '127.0.0.2' }));
  t.equal(server.lease('10.2.0.10')?.state, LeaseState.offered);
  for (let client = 3; client < 10; client++) t.equal(server.ask(discover(client)), null);
  t.equal(server.statistic('tandem-drop-no-address'), 7);
  t.equal(server.lease('10.2.0.10')?.state, LeaseState.offered, 'it stands');
});

t.test('a client that comes back right after its lease ended gets its address again', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, {}, { clock });
  const { yiaddr } = lease(server, 1);
  lease(server, 2);
  clock.pass(3601);
  t.equal(server.ask(discover(1))?.yiaddr, yiaddr);
  t.equal(server.ask(request(1, yiaddr))?.yiaddr, yiaddr);
  t.equal(server.statistic('assigned-addresses'), countAssigned(server));
  t.equal(server.statistic('reclaimed-leases'), 1);
});

t.test('an address that another client asks for is free as soon as its lease has ended', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, {}, { clock });
  const { yiaddr } = lease(server, 1);
  clock.pass(3600);
  t.not(server.ask(discover(2, [[50, [10, 0, 0, 10]]]))?.yiaddr, yiaddr, 'not in its last second');
  clock.pass(1);
  t.equal(server.ask(discover(3, [[50, [10, 0, 0, 10]]]))?.yiaddr, yiaddr);
});

t.test('a lease that is live again because the clock was set back is nobody else’s', async (t) => {
  const clock = new TestClock();
  const pools = ['10.0.0.10 - 10.0.0.11'];
  const server = serverFor(t, { subnet4: [subnet(1, '10.0.0.0/24', pools, '127.0.0.1')] }, { clock });
  const { reclaimer } = mainOf(server, clock);
  lease(server, 1);
  clock.pass(3601);
  const { config } = server;
  await reclaimer.cycle(config.expiredLeases, false, async () => {});
  clock.set(-60);
  t.equal(server.ask(discover(2, [[50, [10, 0, 0, 10]]]))?.yiaddr, '10.0.0.11', 'not on request');
  t.equal(server.ask(discover(3))?.yiaddr, '10.0.0.11', 'nor as the only free one: the offer is taken back');
  t.equal(server.ask(request(4, '10.0.0.10'))?.type, MessageType.nak);
  t.equal(server.ask(renew(1, '10.0.0.10'))?.type, MessageType.ack, 'its client has it still');
});

t.test(
  'an address that an administrator has blocked is not offered to the client named in the block',
  async (t) => {
    const clock = new TestClock();
    const server = serverFor(t, {}, { clock });
    const { store } = mainOf(server, clock);
    const hwAddress = Uint8Array.of(2, 0, 0, 0, 0, 1);
    const blocked = { hwAddress, state: LeaseState.declined, clttSec: clock.wallSec() };
    store.put(leaseOf(parseIpv4('10.0.0.10')!, blocked));
    t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.11');
    t.equal(server.ask(request(1, '10.0.0.11'))?.type, MessageType.ack);
    t.equal(server.lease('10.0.0.10')?.state, LeaseState.declined, 'the block stays');
    t.equal(server.statistic('declined-addresses'), 1);
    t.equal(server.statistic('assigned-addresses'), countAssigned(server));
  },
);

t.test('a RELEASE and a DECLINE by way of another subnet count for the subnet of the lease', async (t) => {
  const subnet4 = [
    subnet(1, '10.0.0.0/24', ['10.0.0.10 - 10.0.0.20'], '127.0.0.1'),
    subnet(2, '10.2.0.0/24', ['10.2.0.10 - 10.2.0.20'], '127.0.0.2'),
  ];
  const server = serverFor(t, { subnet4 });
  for (const client of [1, 2, 3]) server.ask(request(client, `10.0.0.1${client}`));
  server.ask(release(1, '10.0.0.11', '127.0.0.2'));
  server.ask(decline(2, '10.0.0.12', '127.0.0.2'));
  t.equal(server.lease('10.0.0.12')?.subnetId, 1);
  for (const id of [1, 2]) {
    t.equal(server.subnetStatistic(`subnet[${id}].assigned-addresses`), countAssigned(server, id));
  }
  t.equal(server.subnetStatistic('subnet[1].declined-addresses'), 1);
  t.equal(server.subnetStatistic('subnet[2].declined-addresses'), 0);
});

t.test(
  'a lease whose address belongs to another subnet by now moves there with its next renewal',
  async (t) => {
    const clock = new TestClock();
    const server = serverFor(t, {}, { clock });
    const { store } = mainOf(server, clock);
    const hwAddress = Uint8Array.of(2, 0, 0, 0, 0, 1);
    store.put(leaseOf(parseIpv4('10.0.0.10')!, { hwAddress, subnetId: 7, clttSec: clock.wallSec() }));
    t.equal(server.statistic('assigned-addresses'), 1);
    t.equal(server.ask(renew(1, '10.0.0.10'))?.type, MessageType.ack);
    t.equal(server.lease('10.0.0.10')?.subnetId, 1);
    t.equal(server.statistic('assigned-addresses'), 1);
    t.equal(server.subnetStatistic('subnet[1].assigned-addresses'), 1);
  },
);

t.test(
  'a thousand identifiers with one hardware address slow nobody down and lose nobody’s lease',
  async (t) => {
    const clock = new TestClock();
    const subnet4 = [subnet(1, '10.0.0.0/16', ['10.0.0.0/16'], '127.0.0.1')];
    const server = serverFor(t, { subnet4 }, { clock, changeLogBytes: 1 << 22 });
    const { yiaddr } = lease(server, 1, [[IDENTIFIER, [1, 2, 3]]]);
    for (let id = 0; id < 1000; id++) server.ask(discover(1, [[IDENTIFIER, [9, id >>> 8, id & 255]]]));
    t.equal(server.addresses().length, 1001, 'each is a client of its own');
    t.equal(server.ask(discover(1, [[IDENTIFIER, [1, 2, 3]]]))?.yiaddr, yiaddr);
    t.equal(server.ask(renew(1, yiaddr, [[IDENTIFIER, [1, 2, 3]]]))?.type, MessageType.ack);
    t.equal(server.ask(renew(1, yiaddr))?.type, MessageType.ack, 'also without its identifier');
    requireSound(t, server);
  },
);

t.test('identifiers that fill the memory for long ones are taken back with their offers', async (t) => {
  const subnet4 = [subnet(1, '10.0.0.0/16', ['10.0.0.0/16'], '127.0.0.1')];
  const server = serverFor(
    t,
    { subnet4 },
    { clock: new TestClock(), capacity: 65_536, changeLogBytes: 1 << 22 },
  );
  const long = (client: number): number[] => [client >>> 8, client & 255, ...new Array(253).fill(1)];
  const name = new Array(255).fill(0x61);
  for (let client = 0; client < 8300; client++) {
    server.ask(
      discover(client, [
        [IDENTIFIER, long(client)],
        [12, name],
      ]),
    );
  }
  t.equal(server.statistic('tandem-drop-table-full'), 0);
  const honest = server.ask(discover(9000, [[12, [0x62]]]))!;
  t.ok(honest, 'a client with a short name is served while the flood holds the memory');
  t.equal(server.ask(request(9000, honest.yiaddr, [[12, [0x62]]]))?.type, MessageType.ack);
  requireSound(t, server);
});
