/** Two link threads: when a server hears that its partner has everything that stood in its update log. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { LinkServer } from './support/link-server.ts';
import { join, turn } from './support/pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const ELSEWHERE = parseIpv4('10.9.0.1')!;

/** Two servers with a stream between them, the log of the first one lent. */
function pairOf(t: Test) {
  const pair = join(t, new LinkServer(t, 'server1'), new LinkServer(t, 'server2'));
  pair.a.lend();
  pair.a.turn();
  return pair;
}

function settle(server: LinkServer): void {
  server.order({ kind: 'settle', route: 1 });
}

/** One record is on its way, which the partner has not on its disk, and a settlement waits for it. */
function waiting(t: Test) {
  const pair = pairOf(t);
  const { a } = pair;
  a.write([{ address: BASE }], false);
  turn(pair, 4);
  settle(a);
  a.turn();
  return pair;
}

function answers(server: LinkServer): boolean[] {
  return server.heard('settled').map(({ isSettled }) => isSettled);
}

t.test('a settlement is answered when the partner has the records on its disk, and not before', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  for (let i = 0; i < 50; i++) a.write([{ address: BASE + i }], false);
  settle(a);
  a.turn();
  t.same(answers(a), [], 'they are on their way');
  turn(pair, 8);
  t.ok(b.lease(BASE + 49));
  t.same(answers(a), [], 'they are in its table only');
  b.makeDurable();
  turn(pair, 4);
  t.same(answers(a), [true]);
  t.equal(a.figures().recordsAcknowledged, 50);
});

t.test('what was on its way before the question counts as well', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.write([{ address: BASE }], false);
  turn(pair, 4);
  settle(a);
  turn(pair, 4);
  t.same(answers(a), [], 'the log is empty, its last record is not answered');
  b.makeDurable();
  turn(pair, 4);
  t.same(answers(a), [true]);
  settle(a);
  a.turn();
  t.same(answers(a), [true, true], 'at once, with nothing in the log and nothing on its way');
});

t.test('what is given after the question does not put the answer off', async (t) => {
  for (const isOnItsWay of [true, false]) {
    const pair = pairOf(t);
    const { a, b } = pair;
    a.write([{ address: BASE }], false);
    if (isOnItsWay) a.turn();
    settle(a);
    a.turn();
    b.turn();
    b.makeDurable();
    const later = a.write([{ address: BASE + 1 }]);
    a.turn();
    t.same(answers(a), []);
    turn(pair, 4);
    t.ok(b.lease(BASE + 1));
    turn(pair, 4);
    t.same(answers(a), [true]);
    t.same(a.shards.of(0, later), [], 'the partner has not got that on its disk');
  }
});

t.test('a record that the partner refuses is answered too', async (t) => {
  const pair = pairOf(t);
  const number = pair.a.write([{ address: ELSEWHERE }]);
  settle(pair.a);
  turn(pair, 4);
  pair.b.makeDurable();
  turn(pair, 4);
  t.same(pair.a.shards.of(0, number), [Verdict.rejected]);
  t.same(answers(pair.a), [true]);
});

t.test('each of several is answered, in order, when more records go than a window takes', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const COUNT = 12_000;
  let written = 0;
  let wrong = 0;
  let asked = 0;
  for (let turns = 0; turns < 3_000 && answers(a).length < 3; turns++) {
    while (written < COUNT && a.shards.write(0, [{ address: BASE + written }], false) !== 0) {
      if (++written % (COUNT / 3) !== 0) continue;
      settle(a);
      asked++;
    }
    const before = answers(a).length;
    turn(pair);
    const { recordsAcknowledged } = a.figures();
    if (answers(a).length > before && recordsAcknowledged < answers(a).length * (COUNT / 3)) wrong++;
    b.makeDurable();
  }
  t.same([asked, answers(a), wrong], [3, [true, true, true], 0]);
});

t.test('a log that is called back before that is not settled', async (t) => {
  const pair = waiting(t);
  const { a, b } = pair;
  a.order({ kind: 'recall', route: 1 });
  a.turn();
  t.same(answers(a), [false]);
  b.makeDurable();
  turn(pair, 4);
  t.equal(a.heard('drained').length, 1);
  t.same(answers(a), [false], 'once');
  settle(a);
  a.turn();
  t.same(answers(a), [false, false], 'nor is one that the thread has not got');
  a.lend();
  settle(a);
  a.turn();
  t.same(answers(a), [false, false, true], 'until it is lent again');
});

t.test('a connection that ends before that leaves it unsettled', async (t) => {
  const pair = waiting(t);
  const { a, b } = pair;
  b.order({ kind: 'detach', route: 1 });
  b.turn();
  turn(pair, 2);
  t.same(answers(a), [false]);
  t.equal(a.heard('down').length, 1);
  settle(a);
  a.turn();
  t.same(answers(a), [false, false], 'no connection is there any more');
  a.lend();
  settle(a);
  a.turn();
  t.same(answers(a), [false, false, false], 'a log that could not be lent is not');
});
