/** What partners change by their streams is told to main where somebody wants to hear of it: all of it, in order, once it is durable. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { closeFd } from '../../src/io/udp.ts';
import { LinkServer } from './support/link-server.ts';
import { socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const ELSEWHERE = parseIpv4('10.9.0.1')!;
/** More than the ring holds. */
const MANY = 120_000;
const AT_ONCE = 2_000;
/** Of the wait for something that must come. */
const QUIET_ROUNDS_MAX = 50;

/** A server that streams to one which is heard. */
function pairOf(t: Test, isHeard: boolean) {
  const a = new LinkServer(t, 'server1');
  const b = new LinkServer(t, 'server2', { changeLogBytes: 1 << 24 });
  b.resume({ ...b.workplace, isHeard });
  const fds = socketPair();
  const open = new Set<number>(fds);
  t.teardown(() => open.forEach(closeFd));
  a.open(fds[0]);
  b.open(fds[1]);
  const turn = (turns = 4): void => {
    for (let i = 0; i < turns; i++) {
      a.turn();
      b.turn();
    }
  };
  turn();
  a.lend();
  turn();
  const closeFirst = (): void => {
    open.delete(fds[0]);
    closeFd(fds[0]);
  };
  return { a, b, turn, closeFirst };
}

t.test('what was applied is told, in order; what was refused or was not there is not', async (t) => {
  const { a, b, turn } = pairOf(t, true);
  a.write([{ address: BASE }]);
  a.write([{ address: ELSEWHERE }]);
  a.write([{ address: BASE + 9, isUpdate: false }]);
  a.write([{ address: BASE + 1 }]);
  a.write([{ address: BASE, isUpdate: false }]);
  turn();
  b.makeDurable();
  turn();
  t.same(b.listen(), [BASE, BASE + 1, BASE]);
});

t.test('where nobody wants to hear of it nothing is written', async (t) => {
  const { a, b, turn } = pairOf(t, false);
  a.write([{ address: BASE }]);
  turn();
  b.makeDurable();
  t.same(b.listen(), []);
});

t.test('while main does not listen the partner waits, and nothing is lost', async (t) => {
  const { a, b, turn } = pairOf(t, true);
  const heard: number[] = [];
  let written = 0;
  const write = (): void => {
    for (let i = 0; i < AT_ONCE && written < MANY; i++, written++)
      if (a.write([{ address: BASE + (written % 50_000) }], false) === 0) return;
  };
  for (let round = 0; round < 2 * (MANY / AT_ONCE); round++) {
    write();
    turn(2);
    b.makeDurable();
  }
  const { recordsReceived } = b.figures();
  t.ok(recordsReceived > 20_000 && recordsReceived < MANY, `${recordsReceived} records fill the ring`);
  turn(10);
  t.equal(b.figures().recordsReceived, recordsReceived, 'no more is taken');
  for (let quiet = 0; heard.length < MANY && quiet < QUIET_ROUNDS_MAX; quiet++) {
    const news = b.listen();
    if (news.length > 0) quiet = 0;
    heard.push(...news);
    write();
    turn(2);
    b.makeDurable();
    turn(2);
  }
  t.equal(heard.length, MANY);
  t.ok(
    heard.every((address, at) => address === BASE + (at % 50_000)),
    'each once, in order',
  );
  t.same(a.heard('down'), []);
});

t.test('a link thread that waits for main sleeps, and wakes when main has listened', async (t) => {
  const { a, b, turn } = pairOf(t, true);
  let written = 0;
  for (let before = -1; b.figures().recordsReceived !== before; ) {
    before = b.figures().recordsReceived;
    for (let i = 0; i < AT_ONCE; i++) written += a.write([{ address: BASE + i }], false) === 0 ? 0 : 1;
    turn(4);
    b.makeDurable();
    turn(4);
  }
  t.ok(b.figures().recordsReceived < written, 'some wait');
  const begin = performance.now();
  b.sleep();
  t.ok(performance.now() - begin > 100, 'nothing makes it spin');
  b.listen();
  const again = performance.now();
  b.sleep();
  t.ok(performance.now() - again < 100, 'it need not wait for its time');
  t.ok(b.figures().recordsReceived > 0);
});

t.test('what waits for main is not taken any more when the partner has gone', async (t) => {
  const { a, b, turn, closeFirst } = pairOf(t, true);
  for (let before = -1; b.figures().recordsReceived !== before; ) {
    before = b.figures().recordsReceived;
    for (let i = 0; i < AT_ONCE; i++) a.write([{ address: BASE + i }], false);
    turn(4);
    b.makeDurable();
    turn(4);
  }
  const { recordsReceived } = b.figures();
  closeFirst();
  for (let i = 0; i < 4; i++) b.turn();
  t.match(b.heard('down'), [{ reason: /closed|broken/ }]);
  t.equal(b.figures().recordsReceived, recordsReceived);
  t.ok(b.listen().length > 20_000, 'what was taken before is told');
});
