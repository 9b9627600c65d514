/** Synchronizations between two link threads of DHCPv6: addresses and prefixes, and the prefixes of other kinds of leases. */
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { closeFd } from '../../../src/io/udp.ts';
import { isInForce6 } from '../../../src/lease/dhcp6/precedence.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { SyncKind } from '../../../src/link/sync-frames.ts';
import { address6, prefixAddress6, type TestRecord6 } from '../../peer/support/records6.ts';
import { LinkServer6, type LinkServerOptions, NOW_SEC } from '../support/link-server.ts';
import { answer, finish, join, type LinkPair, turn } from '../support/pair.ts';
import { cutConnection, socketPair } from '../support/socket-pair.ts';

type Pair = LinkPair<LinkServer6>;

const VALID_SEC = 3600;
const MANY = 1_000;
const OUTSIDE = address6('2001:db8:9::1');
const ELSEWHERE = prefixAddress6('3fff:0:0:100::');

function pairOf(t: Pick<Test, 'teardown'>, options: LinkServerOptions = {}): Pair {
  return join(t, new LinkServer6(t, 'server1', options), new LinkServer6(t, 'server2', options));
}

/** Even numbers are addresses, odd ones prefixes. */
function key(number: number): string {
  const half = (number >>> 1) + 1;
  if (number % 2 === 0) return address6(`2001:db8:1::1:${half.toString(16)}`);
  return prefixAddress6(
    `2001:db8:80${(half >>> 8).toString(16).padStart(2, '0')}:${(half & 255).toString(16)}00::`,
  );
}

/** A lease whose client was seen so many seconds ago. */
function lease(number: number, agoSec: number, more: Partial<TestRecord6> = {}): TestRecord6 {
  return { address: key(number), expireSec: NOW_SEC - agoSec + VALID_SEC, ...more };
}

/** What both must agree on: every lease that is in force at one of them. */
function inForce(server: LinkServer6): Record<string, string> {
  const leases = [...server.leases()].filter(([, each]) => isInForce6(each, NOW_SEC));
  return Object.fromEntries(
    leases
      .map(([address, { clttSec, prefixLength, state, userContext }]) => [
        address,
        `/${prefixLength} ${clttSec} ${state} ${userContext}`,
      ])
      .sort(),
  );
}

t.test('the newer one stands, at addresses and at prefixes, and both have all of it', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  for (const kind of [0, 1]) {
    b.put(lease(kind, 100));
    b.put(lease(2 + kind, 100));
    a.put(lease(2 + kind, 50));
    b.put(lease(4 + kind, 50));
    a.put(lease(4 + kind, 100));
    a.put(lease(6 + kind, 100));
    a.put(lease(8 + kind, 2 * VALID_SEC));
  }
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(a.synced().at(-1), {
    kind: 'done',
    counts: { created: 2, updated: 2, kept: 2, foreign: 0, skipped: 0, given: 4, refused: 0 },
  });
  t.same(inForce(a), inForce(b));
  t.equal(Object.keys(inForce(b)).length, 8);
  t.equal(b.lease(key(8)), null, 'what has run out is not given');
});

t.test('a client may have any number of leases: none of them goes', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const duid = Uint8Array.of(0, 3, 0, 1, 1, 2, 3, 4, 5, 6);
  for (let number = 0; number < 8; number++) (number < 4 ? a : b).put(lease(number, 100 + number, { duid }));
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.equal(a.leases().size, 8);
  t.same(inForce(a), inForce(b));
});

t.test('ha-sync takes what is newer and gives nothing', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.put(lease(0, 100));
  a.put(lease(1, 100, { userContext: '{"of":"a"}' }));
  b.put(lease(1, 100, { userContext: '{"of":"b"}' }));
  b.put(lease(3, 100));
  a.synchronize(SyncKind.fetch);
  finish(pair);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: 1, updated: 0, kept: 1, given: 0 } });
  t.equal(b.lease(key(0)), null);
  t.equal(a.lease(key(1))?.userContext, '{"of":"a"}', 'of one second ours stays');
});

t.test('an address outside is skipped or refused by its name, a prefix may lie anywhere', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  const expireSec = NOW_SEC - 100 + VALID_SEC;
  b.put({ address: OUTSIDE, expireSec });
  b.put({ address: ELSEWHERE, expireSec });
  a.put({ address: address6('2001:db8:9::2'), expireSec });
  a.put(lease(0, 100));
  a.synchronize(SyncKind.exchange);
  finish(pair);
  const done = a.synced().at(-1);
  t.match(done, {
    kind: 'done',
    counts: { given: 1, refused: 1 },
    named: [{ address: '2001:db8:9::2', reason: /2001:db8:1::/ }],
  });
  t.ok(a.lease(ELSEWHERE));
  t.ok(b.lease(key(0)));
});

t.test('2,000 leases go over while the disk is slow', async (t) => {
  const pair = pairOf(t, { changeLogBytes: 1 << 22 });
  const { a, b } = pair;
  for (let number = 0; number < 2 * MANY; number++) b.put(lease(number, 100));
  b.makeDurable();
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: 2 * MANY } });
  t.same(inForce(a), inForce(b));
});

t.test('a connection that ends anywhere in a synchronization: the next one makes both whole', async (t) => {
  for (const turns of [1, 3, 6]) {
    const [a, b] = ['server1', 'server2'].map(
      (name) => new LinkServer6(t, name, { changeLogBytes: 1 << 22 }),
    ) as [LinkServer6, LinkServer6];
    for (let number = 0; number < 2 * MANY; number++) {
      if (number % 4 !== 3) a.put(lease(number, number % 4 === 0 ? 200 : 50));
      if (number % 4 !== 2) b.put(lease(number, 100));
    }
    a.makeDurable();
    b.makeDurable();
    const fds = socketPair();
    t.teardown(() => fds.forEach(closeFd));
    a.open(fds[0]);
    b.open(fds[1]);
    turn({ a, b }, 4);
    a.synchronize(SyncKind.exchange);
    turn({ a, b }, 2);
    answer(b);
    turn({ a, b }, turns);
    cutConnection(fds[0]);
    turn({ a, b }, 4);
    t.equal(b.isLent, false);
    a.reports.length = 0;
    b.reports.length = 0;
    const pair = join(t, a, b);
    a.synchronize(SyncKind.exchange);
    finish(pair);
    t.same(inForce(a), inForce(b), `after ${turns} turns`);
    t.equal(Object.keys(inForce(a)).length, 2 * MANY);
  }
});

t.test('what changes meanwhile follows: tables are equal in the end, however it falls', async () => {
  const number = fc.integer({ min: 0, max: 40 });
  const start = fc.array(fc.tuple(number, fc.integer({ min: 1, max: 2 * VALID_SEC })), { maxLength: 40 });
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('a' as const, 'b' as const, 'disk' as const) }),
    fc.record({ kind: fc.constant('grant' as const), number, laterSec: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constantFrom('release' as const, 'delete' as const), number }),
  );
  fc.assert(
    fc.property(start, start, fc.array(step, { maxLength: 80 }), (ofA, ofB, steps) => {
      const done: (() => void)[] = [];
      const pair = pairOf({ teardown: (end: () => void) => void done.push(end) } as Pick<Test, 'teardown'>);
      const { a, b } = pair;
      for (const [at, agoSec] of ofA) a.put(lease(at, agoSec, { userContext: '{"of":"a"}' }));
      for (const [at, agoSec] of ofB) b.put(lease(at, agoSec, { userContext: '{"of":"b"}' }));
      a.synchronize(SyncKind.exchange);
      const change = (record: TestRecord6): void => {
        b.put(record);
        if (b.isLent) b.write([record], false);
      };
      steps.forEach((each, version) => {
        if (!('number' in each)) {
          if (each.kind === 'disk') a.makeDurable();
          else pair[each.kind].turn();
        } else {
          const ours = b.lease(key(each.number));
          const agoSec = NOW_SEC - (ours?.clttSec ?? 0);
          const userContext = `{"version":${version}}`;
          // As shards do it: the time of a lease never goes back, and what is released keeps it.
          if (each.kind === 'grant')
            change(lease(each.number, Math.min(agoSec, 3 - each.laterSec), { userContext }));
          else if (ours !== null && each.kind === 'release')
            change(lease(each.number, agoSec, { state: LeaseState.released, userContext }));
          else if (ours !== null) change(lease(each.number, agoSec, { isUpdate: false }));
        }
        answer(b);
      });
      finish(pair);
      const isSame = JSON.stringify(inForce(a)) === JSON.stringify(inForce(b));
      for (const end of done) end();
      return isSame;
    }),
    { seed: 6, numRuns: 30 },
  );
});
