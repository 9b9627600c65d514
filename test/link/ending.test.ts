/** The quiet ends of a connection, and the fence behind which nothing of it is written any more. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { closeFd } from '../../src/io/udp.ts';
import { LinkServer, type LinkServerOptions } from './support/link-server.ts';
import { socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;

/** Two servers with a stream between them, both logs lent. */
function pairOf(
  t: Test,
  options: LinkServerOptions = {},
): { readonly a: LinkServer; readonly b: LinkServer } {
  const [a, b] = [new LinkServer(t, 'server1', options), new LinkServer(t, 'server2')];
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  a.open(fds[0]);
  b.open(fds[1]);
  settle(a, b);
  for (const server of [a, b]) {
    server.lend();
    server.turn();
  }
  return { a, b };
}

/** Turns until nothing moves. */
function settle(a: LinkServer, b: LinkServer): void {
  for (let i = 0; i < 4; i++) {
    a.turn();
    b.turn();
  }
}

const finish = (server: LinkServer, reason: string): void =>
  server.order({ kind: 'finish', route: 1, connection: 1, reason });

t.test('who leaves waits for the partner`s records; nobody loses any', async (t) => {
  const { a, b } = pairOf(t);
  const number = b.write([{ address: BASE }]);
  a.order({ kind: 'recall', route: 1 });
  finish(a, 'new certificates');
  settle(a, b);
  t.equal(b.heard('last').length, 1, 'main of the partner is told');
  t.equal(a.heard('down').length, 0, 'a record is on its way');
  const later = b.write([{ address: BASE + 1 }]);
  settle(a, b);
  t.ok(a.lease(BASE + 1), 'what the partner still sends is taken');
  a.makeDurable();
  settle(a, b);
  t.same([...b.shards.of(0, number), ...b.shards.of(0, later)], [Verdict.confirmed, Verdict.confirmed]);
  b.order({ kind: 'recall', route: 1 });
  finish(b, 'the partner sends no more records');
  settle(a, b);
  t.match(a.heard('down'), [{ wasUp: true, owed: { length: 0 } }]);
  t.match(b.heard('down'), [
    { wasUp: true, owed: { length: 0 }, reason: 'the partner sends no more records' },
  ]);
});

t.test('both may leave at once', async (t) => {
  const { a, b } = pairOf(t);
  for (const server of [a, b]) {
    server.order({ kind: 'recall', route: 1 });
    finish(server, 'new certificates');
  }
  settle(a, b);
  for (const server of [a, b]) t.match(server.heard('down'), [{ owed: { length: 0 } }], server.name);
});

t.test('a partner that does not leave as well is left after a while', async (t) => {
  let nowMs = 1_000;
  const { a, b } = pairOf(t, { monotonicMs: () => nowMs });
  const lost = b.write([{ address: BASE }]);
  a.order({ kind: 'recall', route: 1 });
  finish(a, 'new certificates');
  settle(a, b);
  nowMs += 10_000;
  settle(a, b);
  t.equal(a.heard('down').length, 0);
  nowMs += 1;
  settle(a, b);
  t.match(a.heard('down'), [{ reason: 'new certificates' }]);
  t.same(b.shards.of(0, lost), [Verdict.rejected]);
  t.same([...b.heard('down')[0]!.owed], [BASE]);
});

t.test('before the hello there is nothing to wait for', async (t) => {
  const a = new LinkServer(t, 'server1');
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  a.open(fds[0]);
  finish(a, 'not any more');
  a.turn();
  a.turn();
  t.match(a.heard('down'), [{ reason: 'not any more', wasUp: false }]);
});

t.test('a fence is answered when what had come before it is in the table', async (t) => {
  const { a, b } = pairOf(t);
  a.write([{ address: BASE }]);
  a.turn();
  b.order({ kind: 'fence', route: 1 });
  b.turn();
  while (b.heard('fenced').length === 0) b.turn();
  t.ok(b.lease(BASE), 'it had arrived');
  b.order({ kind: 'pause' });
  b.turn();
  a.write([{ address: BASE + 1 }]);
  a.turn();
  b.order({ kind: 'fence', route: 1 });
  for (let i = 0; i < 3; i++) b.turn();
  t.equal(b.heard('fenced').length, 1, 'not in a pause');
  b.resume();
  while (b.heard('fenced').length === 1) b.turn();
  t.ok(b.lease(BASE + 1));
});

t.test('what is given up before the fence is never written behind it', async (t) => {
  const [a, b] = [new LinkServer(t, 'server1'), new LinkServer(t, 'server2')];
  const [ours, theirs] = socketPair();
  t.teardown(() => closeFd(theirs));
  a.open(ours);
  b.open(theirs);
  settle(a, b);
  a.lend();
  a.turn();
  a.write([{ address: BASE }]);
  a.turn();
  a.order({ kind: 'detach', route: 1 });
  a.turn();
  closeFd(ours);
  b.order({ kind: 'fence', route: 1 });
  while (b.heard('fenced').length === 0) b.turn();
  for (let i = 0; i < 3; i++) b.turn();
  t.equal(b.lease(BASE), null);
  b.order({ kind: 'fence', route: 1 });
  b.turn();
  t.equal(b.heard('fenced').length, 2, 'without a connection there is nothing to wait for');
});

t.test('a fence outlasts more octets than one turn reads', async (t) => {
  const { a, b } = pairOf(t);
  // Some 100 octets each: a turn reads 256 KiB.
  const leases = 4_000;
  for (let i = 0; i < leases; i++)
    a.write([{ address: BASE + i, userContext: JSON.stringify({ a: 'h'.repeat(60) }) }]);
  let sent = 0;
  for (let i = 0; i < 200 && sent < leases; i++) {
    a.turn();
    sent = a.figures().recordsSent;
    // The kernel's buffer is small: the rest waits in that of the first server.
    if (sent === leases) break;
    b.turn();
  }
  b.order({ kind: 'fence', route: 1 });
  b.turn();
  const before = b.figures().recordsReceived;
  while (b.heard('fenced').length === 0) b.turn();
  t.ok(b.figures().recordsReceived >= before);
  const after = b.figures().recordsReceived;
  b.turn();
  t.equal(b.figures().recordsReceived, after, 'nothing was left in the socket');
});
