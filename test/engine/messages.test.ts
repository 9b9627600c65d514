import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { BenchServer } from './bench-server.ts';
import { ip, number32, packet, type Reply } from './packets.ts';

const SERVER = ip('127.0.0.1');
const MAC_A = '02:00:00:00:00:0a';
const MAC_B = '02:00:00:00:00:0b';

function serverFor(
  t: { teardown: (done: () => void) => void },
  dhcp4: Record<string, unknown> = {},
): BenchServer {
  const server = new BenchServer(dhcp4);
  t.teardown(() => server.close());
  return server;
}

function lease(server: BenchServer, mac: string, options: [number, number[]][] = []): string {
  const offer = server.ask(packet({ mac, options }))!;
  const query = {
    type: MessageType.request,
    mac,
    options: [[50, ip(offer.yiaddr)], [54, SERVER], ...options] as [number, number[]][],
  };
  return server.ask(packet(query))!.yiaddr;
}

t.test('RELEASE frees the address and keeps the client for affinity [RFC2131 4.3.4]', async (t) => {
  const server = serverFor(t);
  const address = lease(server, MAC_A);
  t.equal(server.ask(packet({ type: MessageType.release, mac: MAC_A, ciaddr: address })), null);
  t.equal(server.lease(address)?.state, LeaseState.released);
  t.equal(server.lease(address)?.validLifetimeSec, 0);
  t.equal(server.statistic('assigned-addresses'), 0);
  t.equal(server.statistic('tandem-done-release'), 1);
  t.equal(lease(server, MAC_A), address, 'the client gets its address back');
});

t.test('RELEASE of somebody else’s address is ignored', async (t) => {
  const server = serverFor(t);
  const address = lease(server, MAC_A);
  server.ask(packet({ type: MessageType.release, mac: MAC_B, ciaddr: address }));
  t.equal(server.lease(address)?.state, LeaseState.assigned);
  t.equal(server.statistic('tandem-ignored-release'), 1);
});

t.test('without affinity a released lease is deleted', async (t) => {
  const server = serverFor(t, { 'expired-leases-processing': { 'hold-reclaimed-time': 0 } });
  const address = lease(server, MAC_A);
  server.ask(packet({ type: MessageType.release, mac: MAC_A, ciaddr: address }));
  t.equal(server.lease(address), null);
});

t.test(
  'DECLINE keeps the address away from everybody for the probation period [RFC2131 4.3.3]',
  async (t) => {
    const server = serverFor(t, { 'decline-probation-period': 600 });
    const address = lease(server, MAC_A);
    const before = systemClock.wallSec();
    t.equal(
      server.ask(
        packet({
          type: MessageType.decline,
          mac: MAC_A,
          options: [
            [50, ip(address)],
            [54, SERVER],
          ],
        }),
      ),
      null,
    );
    const declined = server.lease(address)!;
    t.equal(declined.state, LeaseState.declined);
    t.equal(declined.hwAddress.length, 0);
    t.equal(declined.clientId, null);
    // The address changed hands within a second: cltt is one more, and the probation ends when it ends all the same.
    const end = declined.clttSec + declined.validLifetimeSec;
    t.ok(
      end >= before + 600 && end <= systemClock.wallSec() + 600,
      'the probation is 600 s from the DECLINE',
    );
    t.equal(server.statistic('declined-addresses'), 1);
    t.equal(server.statistic('assigned-addresses'), 1, 'it counts as assigned until the probation ends');
    t.not(lease(server, MAC_A), address);
    const query = {
      type: MessageType.request,
      mac: MAC_B,
      options: [
        [50, ip(address)],
        [54, SERVER],
      ] as [number, number[]][],
    };
    t.equal(server.ask(packet(query))?.type, MessageType.nak);
  },
);

t.test('DECLINE by a stranger is ignored', async (t) => {
  const server = serverFor(t);
  const address = lease(server, MAC_A);
  server.ask(packet({ type: MessageType.decline, mac: MAC_B, options: [[50, ip(address)]] }));
  t.equal(server.lease(address)?.state, LeaseState.assigned);
  t.equal(server.statistic('tandem-ignored-decline'), 1);
});

t.test('INFORM gets options and no lease, at its own address [RFC2131 4.3.5]', async (t) => {
  const server = serverFor(t, { 'option-data': [{ name: 'domain-name-servers', data: '192.0.2.53' }] });
  const ack = server.ask(
    packet({ type: MessageType.inform, ciaddr: '127.0.0.1', giaddr: '0.0.0.0', options: [[55, [6]]] }),
  );
  t.equal(ack?.type, MessageType.ack);
  t.equal(ack?.yiaddr, '0.0.0.0');
  t.equal(number32(ack!, 51), null);
  t.equal(number32(ack!, 1), null);
  t.equal(server.addresses().length, 0);
  const relayed = server.ask(
    packet({
      type: MessageType.inform,
      options: [
        [55, [6]],
        [82, [1, 1, 7]],
      ],
    }),
  )!;
  t.same([...relayed.options.get(6)!], ip('192.0.2.53'));
  t.same([...relayed.options.get(82)!], [1, 1, 7]);
});

t.test('options go out ascending by code: asked ones, and what is sent unasked', async (t) => {
  const server = serverFor(t, {
    'option-data': [
      { name: 'routers', data: '10.0.0.1' },
      { name: 'ntp-servers', data: '192.0.2.1' },
      { name: 'domain-name', data: 'example.org' },
      { name: 'tftp-server-name', data: 'boot', 'always-send': true },
      { name: 'time-offset', data: '7', 'never-send': true },
      { name: 'interface-mtu', data: '1400' },
    ],
  });
  const codes = (list: number[]) =>
    server.ask(
      packet({
        options: [
          [55, list],
          [61, [1, 1]],
          [82, [1, 1, 7]],
        ],
      }),
    )!.codes;
  t.same(codes([]), [53, 1, 3, 15, 51, 54, 61, 66, 82]);
  t.same(codes([2, 26, 42, 3, 99]), [53, 1, 3, 15, 26, 42, 51, 54, 61, 66, 82]);
});

t.test('a subnet’s option wins over the global one, a pool’s over both', async (t) => {
  const dns = (data: string) => [{ name: 'domain-name-servers', data }];
  const server = serverFor(t, {
    'option-data': dns('192.0.2.1'),
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        'option-data': dns('192.0.2.2'),
        pools: [
          { pool: '10.0.0.10 - 10.0.0.10' },
          { pool: '10.0.0.20 - 10.0.0.20', 'option-data': dns('192.0.2.3') },
        ],
        relay: { 'ip-addresses': ['127.0.0.1'] },
      },
    ],
  });
  const first = server.ask(packet({ mac: MAC_A }))!;
  const second = server.ask(packet({ mac: MAC_B }))!;
  t.same([...first.options.get(6)!], ip('192.0.2.2'));
  t.same([...second.options.get(6)!], ip('192.0.2.3'));
});

t.test('next server, server host name and boot file name stand in their fields', async (t) => {
  const server = serverFor(t, {
    'next-server': '192.0.2.7',
    'server-hostname': 'boot.example',
    'boot-file-name': 'pxe.0',
  });
  const offer = server.ask(packet({}))!;
  t.equal(offer.siaddr, '192.0.2.7');
  t.equal(offer.sname, 'boot.example');
  t.equal(offer.file, 'pxe.0');
});

t.test('an option above 255 octets is split, and read back whole [RFC3396 5]', async (t) => {
  const text = 'x'.repeat(300);
  const server = serverFor(t, { 'option-data': [{ name: 'root-path', data: text }] });
  const offer = server.ask(packet({ options: [[55, [17]]] }))!;
  t.equal(Buffer.from(offer.options.get(17)!).toString(), text);
});

t.test('the subnet is chosen by link selection before giaddr [RFC3527 3]', async (t) => {
  const server = serverFor(t, {
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
      },
      { id: 2, subnet: '10.2.0.0/24', pools: [{ pool: '10.2.0.10 - 10.2.0.20' }] },
    ],
  });
  const answer = (options: [number, number[]][]): Reply | null =>
    server.ask(packet({ mac: `02:00:00:00:02:0${options.length}`, options }));
  t.equal(answer([])?.yiaddr, '10.0.0.10');
  t.equal(answer([[82, [5, 4, ...ip('10.2.0.1')]]])?.yiaddr, '10.2.0.10');
  t.equal(
    answer([
      [82, [5, 4, ...ip('10.9.0.1')]],
      [60, [1]],
    ]),
    null,
    'no fallback when nothing matches',
  );
  t.equal(server.statistic('tandem-drop-no-subnet'), 1);
});

t.test('a relay that shows its port is answered there [RFC8357 5]', async (t) => {
  const server = serverFor(t);
  t.ok(server.ask(packet({ options: [[82, [19, 0]]] })));
});

t.test('an OFFER holds its address only as long as the configuration says', async (t) => {
  const server = serverFor(t, { 'user-context': { tandem: { 'offer-hold-time': 5 } } });
  server.ask(packet({ mac: MAC_A }));
  t.equal(server.lease('10.0.0.10')?.state, LeaseState.offered);
  t.equal(server.lease('10.0.0.10')?.validLifetimeSec, 5);
});
