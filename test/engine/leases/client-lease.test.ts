/** Several leases under one hardware address: which of them a client has, and what it may not have. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import type { BenchServer } from '../bench-server.ts';
import { ip, packet } from '../packets.ts';
import { decline, discover, lease, mac, type Options, renew, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const A: Options = [[61, [1, 1, 1]]];
const B: Options = [[61, [2, 2, 2]]];
const C: Options = [[61, [3, 3, 3]]];
const { ack, nak } = MessageType;

const subnetOf = (more: object) => ({
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/16',
      pools: [{ pool: '10.0.0.0/16' }],
      relay: { 'ip-addresses': ['127.0.0.1'] },
      ...more,
    },
  ],
});

function reboot(client: number, address: string, options: Options = []): Uint8Array {
  return packet({ type: MessageType.request, mac: mac(client), options: [[50, ip(address)], ...options] });
}

/** Two leases of one card, the higher address first. */
function withTwoLeases(t: { teardown: (done: () => void) => void }, more: object = {}): BenchServer {
  const server = serverFor(t, subnetOf(more), { clock: new TestClock(), changeLogBytes: 1 << 22 });
  server.ask(request(1, '10.0.0.20', A));
  server.ask(request(1, '10.0.0.10', B));
  return server;
}

t.test('of two leases of its card a client without identifier has the first, and no other', async (t) => {
  const server = withTwoLeases(t);
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.20');
  t.equal(server.ask(renew(1, '10.0.0.10'))?.type, nak, 'it belongs to somebody else');
  t.equal(server.ask(request(1, '10.0.0.10'))?.type, nak);
  t.equal(server.ask(reboot(1, '10.0.0.10'))?.type, nak);
  t.equal(server.ask(renew(1, '10.0.0.20'))?.type, ack);
  t.equal(server.ask(renew(1, '10.0.0.10', B))?.type, ack, 'whose it is keeps it');
  t.same(server.lease('10.0.0.10')?.clientId, Uint8Array.of(2, 2, 2));
});

t.test('a client with an identifier does not get the lease without one that it does not need', async (t) => {
  const server = serverFor(t, subnetOf({}), { clock: new TestClock() });
  server.ask(request(1, '10.0.0.20', A));
  server.ask(request(1, '10.0.0.10', B));
  server.ask(decline(1, '10.0.0.20'));
  server.ask(request(1, '10.0.0.30'));
  t.equal(
    server.lease('10.0.0.10'),
    null,
    'a client without identifier gives up the first lease of its card',
  );
  server.ask(request(1, '10.0.0.40', C));
  t.equal(server.lease('10.0.0.30'), null, 'and so does one whose identifier is new');
  t.equal(server.ask(renew(1, '10.0.0.40', C))?.type, ack);
});

t.test('who comes back is known by the first lease of its card, whosever that is', async (t) => {
  const server = withTwoLeases(t, { 'match-client-id': true });
  t.equal(server.ask(reboot(1, '10.0.0.20', C)), null, 'a new identifier is unknown');
  t.equal(server.ask(reboot(1, '10.0.0.10', B))?.type, ack);
  const authoritative = withTwoLeases(t, { authoritative: true });
  t.equal(authoritative.ask(reboot(1, '10.0.0.20', C))?.type, nak);
});

t.test('the order is that in which leases were given, not in which they were offered', async (t) => {
  const server = serverFor(t, subnetOf({}), { clock: new TestClock() });
  const early = server.ask(discover(1, A))!.yiaddr;
  const late = server.ask(discover(1, B))!.yiaddr;
  server.ask(request(1, late, B));
  server.ask(request(1, early, A));
  t.equal(server.ask(discover(1))?.yiaddr, late);
  server.ask(renew(1, late, [...B, [12, [0x61]]]));
  t.equal(server.ask(discover(1))?.yiaddr, late, 'a new name changes nothing');
});

t.test('a lease that is over and was offered again keeps its place', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, subnetOf({ 'valid-lifetime': 100 }), { clock });
  server.ask(request(1, '10.0.0.20'));
  clock.pass(101);
  server.ask(request(1, '10.0.0.10', B));
  t.equal(server.lease('10.0.0.20'), null, 'the client gave it up for another address');
  server.ask(request(1, '10.0.0.30', C));
  clock.pass(101);
  server.ask(request(1, '10.0.0.30', C));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.10', 'over, and the first');
  t.equal(server.ask(renew(1, '10.0.0.30'))?.type, nak);
  t.equal(server.ask(request(1, '10.0.0.10'))?.type, ack);
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.10');
});

t.test('a flood of identifiers hides no lease that was there before it', async (t) => {
  const server = withTwoLeases(t);
  for (let id = 0; id < 500; id++) server.ask(discover(1, [[61, [9, id >>> 8, id & 255]]]));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.20');
  t.equal(lease(server, 1).yiaddr, '10.0.0.20');
});
