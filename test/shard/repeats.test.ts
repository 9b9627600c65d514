/** A query that comes again is answered from what is parked or was sent, never granted or written twice. [RFC2131 4.1] */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { REPEAT_SEC_MAX } from '../../src/engine/parked/repeats.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { ChangeWord } from '../../src/lease/change-log.ts';
import type { BenchServer } from '../engine/bench-server.ts';
import { ip, packet, type Reply } from '../engine/packets.ts';
import {
  decline,
  discover,
  lease,
  mac,
  release,
  renew,
  request,
  SERVER,
  serverFor,
} from '../engine/queries.ts';
import { TestClock } from '../engine/test-clock.ts';

const A = '10.0.0.10';
const B = '10.0.0.11';

/** The same query of another attempt. */
function again(datagram: Uint8Array, secs = 4): Uint8Array {
  const copy = Uint8Array.from(datagram);
  new DataView(copy.buffer).setUint16(8, secs);
  return copy;
}

function withXid(datagram: Uint8Array, xid: number): Uint8Array {
  const copy = Uint8Array.from(datagram);
  new DataView(copy.buffer).setUint32(4, xid);
  return copy;
}

const written = (server: BenchServer): number =>
  Atomics.load(new Int32Array(server.bookMemory.changes.words), ChangeWord.last);
const time = (reply: Reply | null, code: number): number =>
  reply === null ? -1 : new DataView(reply.options.get(code)!.slice().buffer).getUint32(0);

t.test('a repetition waits with the first one while that is parked: one row, one answer', async (t) => {
  const server = serverFor(t);
  const query = request(1, A);
  for (const secs of [0, 1, 3, 70]) server.send(again(query, secs));
  t.equal(server.replies().length, 0);
  t.equal(written(server), 1);
  t.equal(server.statistic('tandem-repeated-parked'), 3);
  server.makeDurable();
  t.equal(server.replies().length, 1);
  t.equal(server.statistic('pkt4-request-received'), 4);
});

t.test(
  'what was given back, or left for another address, while its reply was parked is granted to nobody',
  async (t) => {
    for (const { after, replies, dropped } of [
      { after: [release(1, A)], replies: [], dropped: 1 },
      { after: [decline(1, A)], replies: [], dropped: 1 },
      { after: [release(1, A), request(2, A)], replies: [mac(2)], dropped: 1 },
      { after: [renew(1, A)], replies: [mac(1), mac(1)], dropped: 0 },
      { after: [request(1, B)], replies: [mac(1)], dropped: 1 },
      { after: [request(1, B), request(2, A)], replies: [mac(1), mac(2)], dropped: 1 },
    ]) {
      const server = serverFor(t);
      server.send(request(1, A));
      for (const datagram of after) server.send(datagram);
      t.same(server.replies(), [], 'nothing has left');
      server.makeDurable();
      const told = server.replies().map((reply) => reply.mac);
      t.same(
        told,
        replies.map((address) => address.replaceAll(':', '')),
      );
      t.equal(server.statistic('tandem-drop-lease-over'), dropped);
    }
  },
);

t.test('a repetition of what was sent is sent again, octet for octet, and nothing is written', async (t) => {
  const server = serverFor(t, {}, { clock: new TestClock() });
  const query = request(1, A);
  const first = server.ask(query);
  for (let i = 0; i < 3; i++) t.same(server.ask(again(query, i))?.bytes, first?.bytes);
  t.equal(written(server), 1);
  t.equal(server.statistic('tandem-repeated-answered'), 3);
  t.equal(server.statistic('pkt4-ack-sent'), 4);
});

t.test('its lifetimes are shorter by its age, and it is not sent again after ten seconds', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, { 'cache-threshold': 0, 'renew-timer': 900, 'rebind-timer': 1800 }, { clock });
  const query = request(1, A);
  server.ask(query);
  for (const [passed, left] of [
    [3, 3597],
    [4, 3593],
    [REPEAT_SEC_MAX - 7, 3590],
  ] as const) {
    clock.pass(passed);
    const reply = server.ask(again(query));
    t.same(
      [51, 58, 59].map((code) => time(reply, code)),
      [left, left - 2700, left - 1800],
    );
  }
  t.equal(written(server), 1);
  clock.pass(1);
  t.equal(time(server.ask(again(query)), 51), 3600);
  t.equal(written(server), 2);
});

t.test('no answer comes again after the lease changed, or the client has said something else', async (t) => {
  const changes: readonly (readonly [string, (server: BenchServer) => void])[] = [
    ['released', (server) => server.ask(release(1, A))],
    ['declined', (server) => server.ask(decline(1, A))],
    ['a refused REQUEST', (server) => server.ask(withXid(request(1, '10.0.0.99'), 7))],
    ['a DISCOVER', (server) => server.ask(withXid(discover(1), 8))],
    ['another option', (server) => server.ask(request(1, A, [[12, [0x61]]]))],
    [
      'deleted by an operator, given to another',
      (server) => {
        server.book.remove(server.book.table.findByAddress(0x0a00000a));
        server.ask(request(2, A));
      },
    ],
    ['deleted by an operator', (server) => server.book.remove(server.book.table.findByAddress(0x0a00000a))],
    [
      'set back by a partner',
      (server) =>
        server.book.table.rows.setTimes(server.book.table.findByAddress(0x0a00000a), 1_799_999_990, 3600),
    ],
    ['another policy', (server) => server.policy({ updateMode: UpdateMode.record })],
  ];
  for (const [what, change] of changes) {
    const server = serverFor(t, {}, { clock: new TestClock() });
    const query = request(1, A);
    t.equal(server.ask(query)?.type, MessageType.ack);
    change(server);
    server.ask(again(query));
    t.equal(server.statistic('tandem-repeated-answered'), 0, what);
  }
});

t.test('a refused answer is no answer: the repetition is served anew', async (t) => {
  const server = serverFor(t, {}, { clock: new TestClock() });
  server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
  const query = request(1, A);
  server.send(query);
  server.makeDurable();
  server.verdict(1, 1, Verdict.rejected);
  server.send(again(query));
  t.equal(server.statistic('tandem-repeated-parked'), 0);
  server.makeDurable();
  server.verdict(2, 1, Verdict.confirmed);
  t.equal(server.replies().length, 1);
});

t.test('clients of one hash, of one address after the other, and of one card are told apart', async (t) => {
  const server = serverFor(t, {}, { clock: new TestClock() });
  const first = packet({
    type: MessageType.request,
    mac: mac(1),
    options: [
      [50, ip(A)],
      [54, SERVER],
      [61, [1, 1]],
    ],
  });
  const second = packet({
    type: MessageType.request,
    mac: mac(1),
    options: [
      [50, ip(A)],
      [54, SERVER],
      [61, [1, 2]],
    ],
  });
  t.equal(server.ask(first)?.type, MessageType.ack);
  t.equal(server.ask(second)?.type, MessageType.nak, 'another client on the same card');
  t.equal(server.ask(first)?.type, MessageType.ack);
  t.equal(server.statistic('tandem-repeated-answered'), 0);
});

t.test('more clients than are kept: the oldest are forgotten, no slot is lost', async (t) => {
  const server = serverFor(
    t,
    {
      'cache-threshold': 0,
      subnet4: [
        {
          id: 1,
          subnet: '10.0.0.0/16',
          pools: [{ pool: '10.0.1.0 - 10.0.9.255' }],
          relay: { 'ip-addresses': ['127.0.0.1'] },
        },
      ],
    },
    { clock: new TestClock() },
  );
  const granted = Array.from({ length: 200 }, (_, i) => lease(server, i).yiaddr);
  for (let round = 0; round < 3; round++)
    for (const [i, address] of granted.entries())
      t.equal(server.ask(withXid(renew(i, address), round))?.yiaddr, address);
  t.equal(server.statistic('tandem-drop-park-full'), 0);
  t.equal(server.ask(withXid(renew(199, granted[199]!), 2))?.yiaddr, granted[199]);
  t.equal(server.statistic('tandem-repeated-answered'), 1);
  t.equal(server.ask(withXid(renew(0, granted[0]!), 2))?.yiaddr, granted[0]);
  t.equal(server.statistic('tandem-repeated-answered'), 1, 'the first of 200 is not known any more');
});
