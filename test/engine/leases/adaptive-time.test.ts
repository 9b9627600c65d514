/** Leases of a subnet that is filling up are short. */
import t from 'tap';
import { packet } from '../packets.ts';
import { discover, lease, mac, renew, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const RELAY = { 'ip-addresses': ['127.0.0.1'] };

function configured(threshold: number | null, allocator: string, more: object = {}) {
  return {
    'min-valid-lifetime': 100,
    'valid-lifetime': 200,
    'max-valid-lifetime': 300,
    'cache-threshold': 0,
    ...(threshold === null ? {} : { 'adaptive-lease-time-threshold': threshold }),
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.11 - 10.0.0.14' }],
        relay: RELAY,
        allocator,
        ...more,
      },
    ],
  };
}

const timeOf = (server: ReturnType<typeof serverFor>, client: number, wishSec = 0): number => {
  const wish = [[51, [0, 0, wishSec >>> 8, wishSec & 255]]] as const;
  lease(server, client, wishSec === 0 ? [] : wish);
  const found = server.addresses().map((address) => server.lease(address)!);
  return found.find(({ hwAddress }) => hwAddress[5] === client)!.validLifetimeSec;
};

t.test('from the threshold on, with the address that is given', async (t) => {
  const server = serverFor(t, configured(0.5, 'flq'));
  t.same(
    [1, 2, 3, 4].map((client) => timeOf(server, client)),
    [200, 100, 100, 100],
  );
});

t.test('a client that wishes for more gets no more', async (t) => {
  const server = serverFor(t, configured(0.5, 'flq'));
  t.equal(timeOf(server, 1, 250), 250);
  t.equal(timeOf(server, 2, 250), 100);
});

t.test('a renewal never shortens what is left', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured(0.9, 'flq'), { clock });
  const { yiaddr } = lease(server, 1);
  for (const client of [2, 3, 4]) lease(server, client);
  clock.pass(50);
  server.ask(renew(1, yiaddr));
  t.equal(server.lease(yiaddr)?.validLifetimeSec, 150);
  clock.pass(60);
  server.ask(renew(1, yiaddr));
  t.equal(server.lease(yiaddr)?.validLifetimeSec, 100);
});

t.test('a BOOTP client has its lease for ever', async (t) => {
  const bootp = { 'hooks-libraries': [{ library: 'libdhcp_bootp.so' }] };
  const server = serverFor(t, { ...configured(0.1, 'flq'), ...bootp });
  const reply = server.ask(packet({ type: null, mac: mac(1) }));
  t.equal(server.lease(reply?.yiaddr ?? '')?.validLifetimeSec, 0xffff_ffff);
});

t.test('other allocators, no threshold, a network that says it, an address of no pool', async (t) => {
  for (const dhcp4 of [configured(0.5, 'iterative'), configured(0.5, 'random'), configured(null, 'flq')]) {
    const server = serverFor(t, dhcp4);
    for (const client of [1, 2, 3, 4]) t.equal(timeOf(server, client), 200);
  }
  const { subnet4, ...global } = configured(null, 'flq');
  const network = { name: 'n', 'adaptive-lease-time-threshold': 0, subnet4 };
  t.equal(timeOf(serverFor(t, { ...global, subnet4: [], 'shared-networks': [network] }), 1), 100);
  const reservations = [{ 'hw-address': '02:00:00:00:00:01', 'ip-address': '10.0.0.99' }];
  const server = serverFor(t, configured(0.1, 'flq', { reservations, 'reservations-out-of-pool': false }));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.99');
  server.ask(request(1, '10.0.0.99'));
  t.equal(server.lease('10.0.0.99')?.validLifetimeSec, 200);
});
