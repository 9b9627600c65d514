/** What main hears of leases: one event for each change, in order, once the change is on the disk. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { createReclaimer4 } from '../../src/engine/leases/expiring-leases.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { Listening } from '../../src/engine/leases/lease-events.ts';
import type { LeaseEvent } from '../../src/events/event.ts';
import { parseLeaseEvent } from '../../src/events/parse.ts';
import { EventReader } from '../../src/events/reader.ts';
import { LeaseEventKind } from '../../src/lease/events.ts';
import type { BenchServer } from '../engine/bench-server.ts';
import { ip, packet } from '../engine/packets.ts';
import { decline, discover, lease, mac, release, renew, request, serverFor } from '../engine/queries.ts';
import { TestClock } from '../engine/test-clock.ts';

const AGENT = [1, 4, 0x65, 0x74, 0x68, 0x31];
const HOST_NAME = [...Buffer.from('alpha')];

function heard(server: BenchServer): LeaseEvent[] {
  const events: LeaseEvent[] = [];
  const reader = new EventReader(server.eventMemory, {
    durable: () => 0,
    parse: parseLeaseEvent,
    take: (event) => void events.push(event),
  });
  reader.close();
  return events;
}

/** Kind, and the addresses of former, present and replaced lease. */
function told({ kind, former, lease, replaced }: LeaseEvent): readonly unknown[] {
  return [kind, former?.address ?? null, lease?.address ?? null, replaced?.address ?? null];
}

t.test('a lease is granted, renewed, released, granted again, declined', async (t) => {
  const server = serverFor(t, { 'cache-threshold': 0 }, { listening: Listening.queries });
  const { yiaddr } = lease(server, 1, [
    [12, HOST_NAME],
    [82, AGENT],
  ]);
  const address = parseIpv4(yiaddr)!;
  server.ask(renew(1, yiaddr));
  server.send(release(1, yiaddr));
  lease(server, 1);
  server.send(decline(1, yiaddr));
  const events = heard(server);
  t.strictSame(events.map(told), [
    [LeaseEventKind.granted, null, address, null],
    [LeaseEventKind.renewed, address, address, null],
    [LeaseEventKind.released, address, null, null],
    [LeaseEventKind.granted, null, address, null],
    [LeaseEventKind.declined, address, address, null],
  ]);
  t.match(events[0]?.lease, { hostname: 'alpha', subnetId: 1, state: 0 });
  t.match(events[0]?.query, { messageType: 3, localAddress: parseIpv4('127.0.0.1')!, interfaceName: 'lo' });
  t.strictSame([...events[0]!.query!.agentOptions], AGENT);
  t.equal(events[0]?.query?.header.length, 44);
  t.equal(events[4]?.former?.hwAddress.length, 6, 'the client that declined');
  t.equal(events[4]?.lease?.hwAddress.length, 0);
});

t.test('a client that takes another address leaves the one it had', async (t) => {
  const server = serverFor(t, {}, { listening: Listening.leases });
  const { yiaddr } = lease(server, 1);
  const other = '10.0.0.19';
  server.ask(discover(1, [[50, ip(other)]]));
  server.ask(request(1, other));
  const [, event] = heard(server);
  t.strictSame(told(event!), [LeaseEventKind.granted, null, parseIpv4(other), parseIpv4(yiaddr)]);
  t.equal(event?.query, null, 'queries are written down only where somebody wants them');
});

t.test('leases that run out, and declined addresses that come back', async (t) => {
  const clock = new TestClock();
  const options = { clock, listening: Listening.leases, changeLogBytes: 1 << 22 };
  const server = serverFor(t, { 'decline-probation-period': 50, 'valid-lifetime': 100 }, options);
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1]);
  const reclaimer = createReclaimer4(
    server.book,
    () => accounting,
    () => server.events,
    clock,
  );
  const first = lease(server, 1).yiaddr;
  const second = lease(server, 2).yiaddr;
  server.send(decline(2, second));
  clock.pass(200);
  await reclaimer.cycle(server.config.expiredLeases, true, async () => {});
  const last = heard(server).slice(-2);
  t.strictSame(
    new Set(last.map(told)),
    new Set([
      [LeaseEventKind.expired, parseIpv4(first), null, null],
      [LeaseEventKind.recovered, parseIpv4(second), null, null],
    ]),
  );
});

t.test(
  'messages that might have changed a lease and have changed none, where somebody wants to hear of them',
  async (t) => {
    for (const [listening, count] of [
      [Listening.all, 4],
      [Listening.queries, 0],
    ] as const) {
      const server = serverFor(t, { 'cache-threshold': 0.5 }, { listening });
      const { yiaddr } = lease(server, 1);
      server.ask(discover(2));
      heard(server);
      server.ask(renew(1, yiaddr));
      server.ask(request(2, yiaddr));
      server.send(release(2, yiaddr));
      server.send(decline(2, yiaddr));
      const events = heard(server);
      t.strictSame(
        events.map(told),
        Array.from({ length: count }, () => [LeaseEventKind.unchanged, null, null, null]),
      );
      if (count > 0)
        t.strictSame(
          events.map(({ query }) => query?.messageType),
          [MessageType.request, MessageType.request, MessageType.release, MessageType.decline],
        );
    }
  },
);

t.test('nobody listens: nothing is written; a full ring loses events and counts them', async (t) => {
  const quiet = serverFor(t);
  lease(quiet, 1);
  t.strictSame(heard(quiet), []);

  const server = serverFor(t, { 'cache-threshold': 0 }, { listening: Listening.queries });
  const { yiaddr } = lease(server, 1);
  // Each with its own transaction: what is asked again is answered again, which is no event.
  for (let i = 0; i < 1500; i++)
    server.ask(packet({ type: MessageType.request, mac: mac(1), ciaddr: yiaddr, xid: i }));
  const events: LeaseEvent[] = [];
  const reader = new EventReader(server.eventMemory, {
    durable: () => 0,
    parse: parseLeaseEvent,
    take: (event) => void events.push(event),
  });
  reader.close();
  t.ok(events.length > 500, 'some hundred kilobytes were held');
  t.equal(events.length + reader.takeLost(), 1501, 'each event was told or is counted');
  t.equal(reader.takeLost(), 0);
});

t.test('an event is told when its change is on the disk, not before', async (t) => {
  const server = serverFor(t, {}, { listening: Listening.leases });
  let durable = 0;
  const told: LeaseEvent[] = [];
  const both = new Promise<void>((resolve) => {
    const reader = new EventReader(server.eventMemory, {
      durable: () => durable,
      parse: parseLeaseEvent,
      take: (event) => {
        told.push(event);
        if (told.length === 1) durable = 2;
        if (told.length === 2) {
          reader.close();
          resolve();
        }
      },
    });
    lease(server, 1);
    lease(server, 2);
    reader.start();
    t.equal(told.length, 0, 'nothing is on the disk');
    durable = 1;
    server.events.announce();
  });
  // Waiting for events keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  await both;
  clearInterval(alive);
  t.equal(told.length, 2);
});

function formatted(request: string, response: string): Record<string, unknown> {
  const parameters = { path: '/tmp', 'request-parser-format': request, 'response-parser-format': response };
  return { 'hooks-libraries': [{ library: 'libdhcp_legal_log.so', parameters }] };
}

t.test('formats of the forensic log are made of the query and of its reply', async (t) => {
  const response =
    "addrtotext(pkt4.yiaddr) + '/' + uint32totext(option[51].hex) + '/' + hexstring(pkt4.mac, '') + " +
    "ifelse(pkt4.msgtype == 5 and pkt4.htype == 1 and pkt4.hlen == 6 and not member('ALL'), ' ok', ' no')";
  const server = serverFor(
    t,
    { 'cache-threshold': 0, ...formatted("option[12].hex + 0x0a + hexstring(pkt4.msgtype, '')", response) },
    { listening: Listening.queries },
  );
  const { yiaddr } = lease(server, 1, [[12, HOST_NAME]]);
  server.send(release(1, yiaddr));
  t.strictSame(
    heard(server).map(({ texts: { request, response } }) => [request, response]),
    [
      ['alpha\n00000003', `${yiaddr}/3600/020000000001 ok`],
      ['\n00000007', null],
    ],
  );
});

t.test('what formats see of the datagrams: the ends, the interface, the octets of the options', async (t) => {
  const ends =
    "addrtotext(pkt.src) + ' ' + addrtotext(pkt.dst) + ' ' + pkt.iface + ' ' + uint32totext(pkt.len)";
  const server = serverFor(
    t,
    { 'cache-threshold': 0, ...formatted(ends, ends) },
    { listening: Listening.queries },
  );
  const { yiaddr } = lease(server, 1);
  const type = MessageType.request;
  const renewal = packet({ type, xid: 8, mac: mac(1), ciaddr: yiaddr, giaddr: '0.0.0.0' });
  server.send(renewal);
  const [byRelay, direct] = heard(server);
  t.match(byRelay?.texts.request, /^127\.0\.0\.1 127\.0\.0\.1 lo 2\d\d$/);
  t.match(byRelay?.texts.response, /^127\.0\.0\.1 127\.0\.0\.1 lo 2\d\d$/);
  // [Kea] Neither the cookie nor the end is in the length of a packet.
  t.equal(direct?.texts.request, `127.0.0.1 127.0.0.1 lo ${renewal.length - 5}`);
  t.match(
    direct?.texts.response,
    new RegExp(`^${yiaddr} 127.0.0.1 lo 2\\d\\d$`),
    'of a reply: where it goes',
  );
});

t.test('a format that fails, or grows too long, makes no text', async (t) => {
  const server = serverFor(t, formatted('addrtotext(option[12].hex)', "'x'"), {
    listening: Listening.queries,
  });
  lease(server, 1, [[12, HOST_NAME]]);
  t.strictSame(heard(server)[0]?.texts, { request: null, response: 'x' });
  t.equal(server.statistic('tandem-legal-log-errors'), 1);
  const threefold = "hexstring(hexstring(hexstring(option[225].hex, ':'), ':'), ':')";
  const longer = serverFor(t, formatted(threefold, ''), { listening: Listening.queries });
  const octets = Array.from({ length: 200 }, () => 0x61);
  lease(longer, 1, [[225, octets]]);
  lease(longer, 2, [
    [225, octets],
    [225, octets],
  ]);
  t.strictSame(
    heard(longer).map((event) => event.texts.request?.length ?? null),
    [5387, null],
  );
  t.equal(longer.statistic('tandem-legal-log-errors'), 1);
});
