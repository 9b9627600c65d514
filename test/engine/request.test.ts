import t from 'tap';
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

function selecting(
  server: BenchServer,
  mac: string,
  address: string,
  more: [number, number[]][] = [],
): Reply | null {
  return server.ask(
    packet({ type: MessageType.request, mac, options: [[50, ip(address)], [54, SERVER], ...more] }),
  );
}

/** A whole exchange; the address of the lease. */
function lease(server: BenchServer, mac: string): string {
  const offer = server.ask(packet({ mac }))!;
  return selecting(server, mac, offer.yiaddr)!.yiaddr;
}

t.test('a REQUEST in RENEWING extends the lease [RFC2131 4.3.2]', async (t) => {
  const server = serverFor(t, { 'cache-max-age': 0 });
  const address = lease(server, MAC_A);
  const ack = server.ask(packet({ type: MessageType.request, mac: MAC_A, ciaddr: address }))!;
  t.equal(ack.type, MessageType.ack);
  t.equal(ack.yiaddr, address);
  t.equal(ack.ciaddr, address);
  t.equal(server.statistic('v4-lease-reuses'), 0);
  t.equal(server.statistic('assigned-addresses'), 1);
  t.equal(server.addresses().length, 1);
});

t.test(
  'a REQUEST in INIT-REBOOT for the own address is confirmed, for another one refused [RFC2131 4.3.2]',
  async (t) => {
    const server = serverFor(t);
    const address = lease(server, MAC_A);
    const reboot = (wanted: string) =>
      server.ask(packet({ type: MessageType.request, mac: MAC_A, options: [[50, ip(wanted)]] }));
    t.equal(reboot(address)?.type, MessageType.ack);
    t.equal(reboot('10.0.0.19')?.type, MessageType.nak);
  },
);

t.test(
  'an unknown client in INIT-REBOOT gets silence, or a NAK from an authoritative server [RFC2131 4.3.2]',
  async (t) => {
    const query = packet({ type: MessageType.request, mac: MAC_B, options: [[50, ip('10.0.0.15')]] });
    const modest = serverFor(t);
    t.equal(modest.ask(query), null);
    t.equal(modest.statistic('tandem-drop-unknown-client'), 1);
    const authoritative = serverFor(t, { authoritative: true });
    t.equal(authoritative.ask(query)?.type, MessageType.nak);
  },
);

t.test('an address in use by another client is refused', async (t) => {
  const server = serverFor(t);
  const address = lease(server, MAC_A);
  const nak = selecting(server, MAC_B, address)!;
  t.equal(nak.type, MessageType.nak);
  t.equal(nak.yiaddr, '0.0.0.0');
  t.equal(nak.flags, 0x8000, 'the relay is told to broadcast');
  t.same([...nak.codes], [53, 54], 'a NAK carries nothing else');
  t.equal(server.lease(address)?.hwAddress[5], 0x0a);
});

t.test('an address on offer to another client is refused while the offer holds', async (t) => {
  const server = serverFor(t);
  const offer = server.ask(packet({ mac: MAC_A }))!;
  t.equal(selecting(server, MAC_B, offer.yiaddr)?.type, MessageType.nak);
  t.equal(selecting(server, MAC_A, offer.yiaddr)?.type, MessageType.ack);
});

t.test('two clients are never offered the same address', async (t) => {
  const server = serverFor(t);
  const seen = new Set<string>();
  for (let i = 0; i < 11; i++)
    seen.add(server.ask(packet({ mac: `02:00:00:00:01:0${i.toString(16)}` }))!.yiaddr);
  t.equal(seen.size, 11, 'all of the pool');
  t.ok(server.ask(packet({ mac: MAC_B })), 'a full pool of offers: the oldest is taken back');
  t.equal(server.addresses().length, 11);
});

t.test('a client that takes another address loses the one it had', async (t) => {
  const server = serverFor(t);
  const first = lease(server, MAC_A);
  t.equal(selecting(server, MAC_A, '10.0.0.18')?.yiaddr, '10.0.0.18');
  t.equal(server.lease(first), null);
  t.equal(server.statistic('assigned-addresses'), 1);
});

t.test('the client identifier decides, not the hardware address [RFC2131 4.2]', async (t) => {
  const server = serverFor(t);
  const id: [number, number[]] = [61, [0, 1, 2, 3]];
  const offer = server.ask(packet({ mac: MAC_A, options: [id] }))!;
  const ack = selecting(server, MAC_A, offer.yiaddr, [id])!;
  const moved = server.ask(
    packet({ type: MessageType.request, mac: MAC_B, ciaddr: ack.yiaddr, options: [id] }),
  )!;
  t.equal(moved.type, MessageType.ack);
  t.equal(server.lease(ack.yiaddr)?.hwAddress[5], 0x0b, 'the new hardware address is kept');
  const other = server.ask(
    packet({ type: MessageType.request, mac: MAC_B, ciaddr: ack.yiaddr, options: [[61, [7, 7]]] }),
  )!;
  t.equal(other.type, MessageType.nak);
});

t.test('match-client-id false: the hardware address decides and no identifier is kept', async (t) => {
  const server = serverFor(t, { 'match-client-id': false });
  const offer = server.ask(packet({ mac: MAC_A, options: [[61, [1, 1]]] }))!;
  selecting(server, MAC_A, offer.yiaddr, [[61, [1, 1]]]);
  const ack = selecting(server, MAC_A, offer.yiaddr, [[61, [2, 2]]])!;
  t.equal(ack.type, MessageType.ack);
  t.same([...ack.options.get(61)!], [2, 2], 'it is echoed all the same');
  t.equal(server.lease(offer.yiaddr)?.clientId, null);
});

t.test('a REQUEST that names another server is left to it [RFC2131 4.3.2]', async (t) => {
  const server = serverFor(t);
  const query = packet({
    type: MessageType.request,
    options: [
      [50, ip('10.0.0.11')],
      [54, ip('192.0.2.1')],
    ],
  });
  t.equal(server.ask(query), null);
  t.equal(server.statistic('tandem-drop-other-server'), 1);
  t.equal(server.statistic('pkt4-not-for-us'), 1);
});

t.test('the server identifier override of a relay names this server [RFC5107 4]', async (t) => {
  const server = serverFor(t);
  const override = ip('192.0.2.9');
  const query = packet({
    type: MessageType.request,
    options: [
      [50, ip('10.0.0.11')],
      [54, override],
      [82, [11, 4, ...override]],
    ],
  });
  t.equal(server.ask(query)?.type, MessageType.ack);
});

t.test('an address of no pool is nobody’s: silence', async (t) => {
  const server = serverFor(t);
  t.equal(selecting(server, MAC_A, '10.0.0.200'), null);
  t.equal(server.statistic('tandem-drop-address-unmanaged'), 1);
});

t.test('lease time: the wish is clamped, the timers follow [RFC2131 4.3.1]', async (t) => {
  const server = serverFor(t, {
    'min-valid-lifetime': 1000,
    'valid-lifetime': 2000,
    'max-valid-lifetime': 3000,
    'calculate-tee-times': true,
  });
  const wish = (seconds: number): [number, number[]] => [
    51,
    [seconds >>> 24, (seconds >>> 16) & 255, (seconds >>> 8) & 255, seconds & 255],
  ];
  const times = (more: [number, number[]][]) => {
    const ack = selecting(server, MAC_A, '10.0.0.10', more)!;
    return [51, 58, 59].map((code) => number32(ack, code));
  };
  t.same(times([]), [2000, 1000, 1750]);
  t.same(times([wish(1)]), [1000, 500, 875]);
  t.same(times([wish(0xffffffff)]), [3000, 1500, 2625]);
  t.equal(server.lease('10.0.0.10')?.validLifetimeSec, 3000);
});

t.test('explicit timers win, and those that make no sense are left out', async (t) => {
  const server = serverFor(t, { 'renew-timer': 900, 'rebind-timer': 5000, 'valid-lifetime': 3600 });
  const ack = selecting(server, MAC_A, '10.0.0.10')!;
  t.equal(number32(ack, 58), 900);
  t.equal(number32(ack, 59), null, 'T2 is not below the lease time');
});

t.test('an unchanged lease is answered without a write while it is fresh', async (t) => {
  const server = serverFor(t, { 'cache-threshold': 0.5 });
  const address = lease(server, MAC_A);
  server.send(packet({ type: MessageType.request, mac: MAC_A, ciaddr: address }));
  const [ack] = server.replies();
  t.equal(ack?.type, MessageType.ack, 'it waits for nothing');
  t.ok(number32(ack!, 51)! <= 3600 && number32(ack!, 51)! > 3590);
  t.equal(server.statistic('v4-lease-reuses'), 1);
});

t.test('a server whose clients wait for backups writes a fresh lease again', async (t) => {
  const server = serverFor(t, { 'cache-threshold': 0.5 });
  const address = lease(server, MAC_A);
  server.policy({ reusesLeases: false });
  server.send(packet({ type: MessageType.request, mac: MAC_A, ciaddr: address }));
  t.same(server.replies(), [], 'it is parked');
  t.equal(server.statistic('v4-lease-reuses'), 0);
});

t.test('the lease of a client that asks for no address is found', async (t) => {
  const server = serverFor(t);
  const address = lease(server, MAC_A);
  const ack = server.ask(packet({ type: MessageType.request, mac: MAC_A, options: [[54, SERVER]] }))!;
  t.equal(ack.yiaddr, address);
});

t.test('a host name is kept in lower case without what no name may hold, and echoed', async (t) => {
  const server = serverFor(t);
  const name = [...Buffer.from('My_Host;,\u0001.Local')];
  const ack = selecting(server, MAC_A, '10.0.0.10', [[12, name]])!;
  t.equal(server.lease('10.0.0.10')?.hostname, 'myhost.local');
  t.equal(Buffer.from(ack.options.get(12)!).toString(), 'myhost.local');
  t.equal(server.lease('10.0.0.10')?.state, LeaseState.assigned);
});
