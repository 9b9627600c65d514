/** Two link threads, joined by a pair of sockets: records, acknowledgements, refusals, and the end of a connection. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { closeFd } from '../../src/io/udp.ts';
import { LinkServer, type LinkServerOptions } from './support/link-server.ts';
import { socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const ELSEWHERE = parseIpv4('10.9.0.1')!;
const ROUNDS = 10;
/** Less than any sleep that nobody ends. */
const QUICK_MS = 200;

interface Pair {
  readonly a: LinkServer;
  readonly b: LinkServer;
  /** Closes the end of the first server, as its main does when it has heard of its end. */
  readonly closeFirst: () => void;
}

/** Two servers with a stream between them, the log of the first one lent. */
function pairOf(t: Test, options: { a?: LinkServerOptions; b?: LinkServerOptions } = {}): Pair {
  const a = new LinkServer(t, 'server1', options.a);
  const b = new LinkServer(t, 'server2', options.b);
  const fds = socketPair();
  const open = new Set<number>(fds);
  t.teardown(() => open.forEach(closeFd));
  const closeFirst = (): void => {
    open.delete(fds[0]);
    closeFd(fds[0]);
  };
  a.open(fds[0]);
  b.open(fds[1]);
  settle({ a, b });
  t.equal(a.heard('up').length, 1);
  t.equal(b.heard('up').length, 1);
  a.lend();
  a.turn();
  return { a, b, closeFirst };
}

/** Turns until nothing moves. */
function settle({ a, b }: Pick<Pair, 'a' | 'b'>, turns = 4): void {
  for (let i = 0; i < turns; i++) {
    a.turn();
    b.turn();
  }
}

t.test('a record is in the partner`s table, counted there, and confirmed when it is durable', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const number = a.write([{ address: BASE }]);
  settle(pair);
  t.match(b.lease(BASE), { address: BASE, subnetId: 1, validLifetimeSec: 3600, state: 0 });
  t.equal(b.assigned(1), 1);
  t.same(a.shards.of(0, number), [], 'not before it is on the disk');
  b.makeDurable();
  settle(pair);
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
  t.match(a.figures(), { recordsSent: 1, recordsAcknowledged: 1, recordsRefused: 0, opened: 1 });
  t.match(b.figures(), { recordsReceived: 1 });
});

t.test('both directions share the connection', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.lend();
  b.turn();
  const numbers = [a.write([{ address: BASE }]), b.write([{ address: BASE + 1 }], true, 1)];
  settle(pair);
  a.makeDurable();
  b.makeDurable();
  settle(pair);
  t.same(a.shards.of(0, numbers[0]!), [Verdict.confirmed]);
  t.same(b.shards.of(1, numbers[1]!), [Verdict.confirmed]);
  t.ok(a.lease(BASE + 1));
  t.ok(b.lease(BASE));
});

t.test('a deletion deletes, also what is not there', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.write([{ address: BASE }]);
  a.write([{ address: BASE, isUpdate: false }]);
  const nothing = a.write([{ address: BASE + 1, isUpdate: false }]);
  settle(pair);
  b.makeDurable();
  settle(pair);
  t.equal(b.lease(BASE), null);
  t.equal(b.assigned(1), 0);
  t.same(a.shards.of(0, nothing), [Verdict.confirmed]);
});

t.test('what the partner does not take is refused, alone, and main is told of whom', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const [good, bad, half] = [
    a.write([{ address: BASE }]),
    a.write([{ address: ELSEWHERE }]),
    a.write([{ address: ELSEWHERE + 1 }, { address: BASE + 1 }]),
  ];
  settle(pair);
  b.makeDurable();
  settle(pair);
  t.same(a.shards.of(0, good), [Verdict.confirmed]);
  t.same(a.shards.of(0, bad), [Verdict.rejected]);
  t.same(a.shards.of(0, half), [Verdict.rejected], 'each record of a transaction counts');
  const [news] = a.heard('news');
  t.match(news?.news, {
    hasAccepted: true,
    conflicts: [
      { hwAddress: '02:00:0a:09:00:01', clientId: '02:00:0a:09:00:01' },
      { hwAddress: '02:00:0a:09:00:02' },
    ],
    conflictReason: /does not belong to subnet 10.0.0.0\/16, subnet-id=1/,
    refusals: [],
    accepted: [],
  });
  t.equal(a.figures().recordsRefused, 2);
});

t.test('a server that is out of room says that it cannot hold a lease', async (t) => {
  const pair = pairOf(t, { b: { changeLogBytes: 1 << 18 } });
  const { a, b } = pair;
  for (let i = 0; i < 3000; i++) {
    a.write([{ address: BASE + i }]);
    if (i % 500 === 0) settle(pair, 1);
  }
  settle(pair);
  b.makeDurable();
  settle(pair);
  t.match(a.heard('news')[0]?.news, { refusals: [{ hwAddress: /^02/ }], refusalReason: /no memory is left/ });
});

t.test(
  'main hears of completed updates now and then, and of accepted clients while it tracks them',
  async (t) => {
    const pair = pairOf(t);
    const { a, b } = pair;
    a.order({ kind: 'track', route: 1, on: true });
    for (let i = 0; i < 20; i++) {
      a.write([{ address: BASE + i }]);
      settle(pair, 2);
      b.makeDurable();
      settle(pair, 2);
    }
    t.equal(a.heard('completed').length, 1, 'not for each');
    t.equal(a.heard('news').flatMap(({ news }) => news.accepted).length, 20);
  },
);

t.test('thousands of records go through a window, in order, with nothing lost', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const COUNT = 40_000;
  let written = 0;
  for (let turns = 0; turns < 5_000 && a.shards.given[0]!.size < COUNT; turns++) {
    while (
      written < COUNT &&
      a.shards.write(0, [{ address: BASE + (written % 20_000), expireSec: 1_800_000_000 + written }]) !== 0
    )
      written++;
    a.turn();
    b.turn();
    b.makeDurable();
    b.turn();
  }
  t.equal(a.shards.given[0]!.size, COUNT);
  t.ok(
    [...a.shards.given[0]!.values()].every((given) => given.length === 1 && given[0] === Verdict.confirmed),
  );
  for (let i = 0; i < 20_000; i += 997)
    t.equal(b.lease(BASE + i)!.clttSec + 3600, 1_800_000_000 + 20_000 + i, 'the last one stands');
  const { framesSent } = a.figures();
  t.ok(framesSent < COUNT / 20, `${framesSent} frames`);
});

t.test('the log goes back between two transactions; what is on its way ends as before', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const number = a.write([{ address: BASE }]);
  a.turn();
  a.order({ kind: 'recall', route: 1 });
  a.turn();
  t.equal(a.heard('back').length, 1);
  t.equal(a.isLent, false);
  t.equal(a.heard('drained').length, 0);
  const rest = a.write([{ address: BASE + 1 }]);
  settle(pair);
  b.makeDurable();
  settle(pair);
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
  t.equal(a.heard('drained').length, 1);
  t.same(a.shards.of(0, rest), [], 'main reads it');
  t.equal(b.lease(BASE + 1), null);
  a.lend();
  settle(pair);
  t.ok(b.lease(BASE + 1), 'unless it lends the log again');
});

t.test('the end of a connection rejects what is on its way, and names its addresses', async (t) => {
  const { a, b } = pairOf(t);
  const numbers = [a.write([{ address: BASE }]), a.write([{ address: BASE + 1 }, { address: BASE + 2 }])];
  const silent = a.write([{ address: BASE + 3 }], false);
  a.turn();
  b.order({ kind: 'detach', route: 1 });
  b.turn();
  a.turn();
  for (const number of numbers) t.same(a.shards.of(0, number), [Verdict.rejected]);
  t.same(a.shards.of(0, silent), []);
  const [down] = a.heard('down');
  t.match(down, { wasUp: true, reason: 'the partner has ended the stream: the relationship has ended' });
  t.same([...down!.owed], [BASE, BASE + 1, BASE + 2, BASE + 3]);
  t.equal(a.isLent, false);
});

t.test('an idle stream that ends owes nothing', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.write([{ address: BASE }]);
  settle(pair);
  b.makeDurable();
  settle(pair);
  b.order({ kind: 'close', route: 1, connection: 1, reason: 'the test wants it' });
  settle(pair);
  t.match(a.heard('down'), [{ owed: { length: 0 }, reason: /the test wants it/ }]);
});

t.test('records that the partner has given up are not written any more', async (t) => {
  const pair = pairOf(t);
  const { a, b, closeFirst } = pair;
  a.write([{ address: BASE }]);
  a.turn();
  // As after a pause of this process: both the records and the end of the connection have come.
  a.order({ kind: 'detach', route: 1 });
  a.turn();
  closeFirst();
  b.turn();
  t.equal(b.lease(BASE), null, 'main of the partner sends them by another way, and newer ones perhaps');
  t.equal(b.heard('down').length, 1);
});

t.test('a partner that does not acknowledge in time has failed', async (t) => {
  let nowMs = 1_000;
  const pair = pairOf(t, { a: { monotonicMs: () => nowMs } });
  const { a } = pair;
  const number = a.write([{ address: BASE }]);
  settle(pair);
  nowMs += 10_000;
  a.turn();
  t.equal(a.heard('down').length, 0);
  nowMs += 1;
  a.turn();
  t.same(a.shards.of(0, number), [Verdict.rejected]);
  t.match(a.heard('down'), [{ reason: 'no acknowledgement within 10000 ms' }]);
});

t.test('a connection without a hello is closed', async (t) => {
  let nowMs = 1_000;
  const server = new LinkServer(t, 'server1', { monotonicMs: () => nowMs });
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  server.open(fds[0]);
  server.turn();
  nowMs += 5_001;
  server.turn();
  t.match(server.heard('down'), [{ wasUp: false, reason: /has not said hello within 5000 ms/ }]);
});

t.test('a newer connection takes the place of the older one', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const number = a.write([{ address: BASE }]);
  a.turn();
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  a.open(fds[0]);
  b.open(fds[1]);
  settle(pair);
  t.same(a.shards.of(0, number), [Verdict.rejected]);
  t.match(a.heard('down'), [{ connection: 1 }]);
  t.match(a.heard('up'), [{ connection: 1 }, { connection: 2 }]);
  a.lend();
  const again = a.write([{ address: BASE }]);
  settle(pair);
  b.makeDurable();
  settle(pair);
  t.same(a.shards.of(0, again), [Verdict.confirmed]);
});

t.test('a log that is lent to a connection which has just ended comes back', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.order({ kind: 'detach', route: 1 });
  b.turn();
  a.turn();
  a.lend();
  a.turn();
  t.equal(a.heard('back').length, 1);
  t.equal(a.isLent, false);
  t.same(a.shards.of(0, a.write([{ address: BASE }])), []);
});

t.test('a pause is one: nothing is read, nothing is written, everything goes on behind it', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.order({ kind: 'pause' });
  b.turn();
  t.equal(b.heard('paused').length, 1);
  const number = a.write([{ address: BASE }]);
  settle(pair);
  t.equal(b.lease(BASE), null);
  b.order({ kind: 'detach', route: 1 });
  b.turn();
  t.equal(b.heard('down').length, 0, 'orders wait as well');
  b.resume();
  b.turn();
  b.turn();
  t.equal(b.heard('down').length, 1);
  a.turn();
  t.same(a.shards.of(0, number), [Verdict.rejected]);
});

t.test('at the stop what is on its way arrives, if the partner is quick', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const number = a.write([{ address: BASE }]);
  a.turn();
  b.turn();
  b.makeDurable();
  b.turn();
  a.order({ kind: 'stop' });
  a.run();
  t.same(a.shards.of(0, number), [Verdict.confirmed]);
  t.match(a.heard('down'), [{ reason: 'this server stops', owed: { length: 0 } }]);
  b.turn();
  t.match(b.heard('down'), [{ reason: 'the partner has ended the stream: this server stops' }]);
});

t.test('names must fit', async (t) => {
  const a = new LinkServer(t, 'server1', { partner: 'server3' });
  const b = new LinkServer(t, 'server2');
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  a.open(fds[0]);
  b.open(fds[1]);
  settle({ a, b });
  t.match(b.heard('down'), [
    { reason: 'protocol fault: the hello is of "server1" to "server3", not of "server1" to "server2"' },
  ]);
  t.equal(a.heard('down').length, 1);
  t.equal(a.heard('up').length + b.heard('up').length, 0);
});

t.test('it sleeps until there is something, and is woken for that', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  settle(pair);
  // A wake-up that is lost costs the whole sleep each time; a busy machine, some of the times.
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS && fastestMs >= QUICK_MS; round++) {
    const started = Date.now();
    a.write([{ address: BASE + round }]);
    a.sleep();
    b.sleep();
    b.makeDurable();
    b.sleep();
    a.sleep();
    fastestMs = Math.min(fastestMs, Date.now() - started);
    t.same(a.shards.of(0, round), [Verdict.confirmed]);
  }
  t.ok(fastestMs < QUICK_MS, `${fastestMs} ms`);
});
