/** Synchronizations between two link threads that are joined by a pair of sockets. */
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { isInForce } from '../../src/lease/dhcp4/precedence.ts';
import { SyncKind } from '../../src/link/sync-frames.ts';
import type { TestRecord } from '../peer/support/shards.ts';
import { LinkServer, type LinkServerOptions, NOW_SEC } from './support/link-server.ts';
import { answer, finish, join, type LinkPair, turn } from './support/pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const ELSEWHERE = parseIpv4('10.9.0.1')!;
const VALID_SEC = 3600;
const MANY = 30_000;

type Pair = LinkPair<LinkServer>;

function pairOf(
  t: Pick<Test, 'teardown'>,
  options: { a?: LinkServerOptions; b?: LinkServerOptions } = {},
): Pair {
  return join(t, new LinkServer(t, 'server1', options.a), new LinkServer(t, 'server2', options.b));
}

/** A lease whose client was seen so many seconds ago. */
function lease(host: number, agoSec: number, more: Partial<TestRecord> = {}): TestRecord {
  return { address: BASE + host, expireSec: NOW_SEC - agoSec + VALID_SEC, ...more };
}

/** What both must agree on: every lease that is in force at one of them. */
function inForce(server: LinkServer): Record<number, string> {
  const leases = [...server.leases()].filter(([, each]) => isInForce(each, NOW_SEC));
  return Object.fromEntries(
    leases.map(([address, { clttSec, userContext, state }]) => [
      address - BASE,
      `${clttSec} ${state} ${userContext}`,
    ]),
  );
}

t.test('the leases of the partner are taken, and it gets what it lacks', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.put(lease(0, 100));
  b.put(lease(1, 100));
  a.put(lease(1, 50));
  b.put(lease(2, 50));
  a.put(lease(2, 100));
  a.put(lease(3, 100));
  a.put(lease(4, 100));
  b.put(lease(4, 100));
  a.put(lease(5, 2 * VALID_SEC));
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(
    a.synced().find(({ kind }) => kind === 'done'),
    { counts: { created: 1, updated: 1, kept: 2, foreign: 0, skipped: 0, given: 2, refused: 0 } },
  );
  t.same(inForce(a), inForce(b));
  t.equal(Object.keys(inForce(b)).length, 5);
  t.equal(b.lease(BASE + 5), null, 'what has run out is not given');
  t.match(a.figures(), { syncRows: 4, syncRowsTotal: 4 });
});

t.test('it is done when the last lease is on the disk, not before', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.put(lease(0, 100));
  a.synchronize(SyncKind.exchange);
  turn(pair, 2);
  answer(b);
  turn(pair, 10);
  t.ok(a.lease(BASE));
  t.same(
    a.synced().map(({ kind }) => kind),
    ['answered'],
  );
  a.makeDurable();
  turn(pair, 4);
  t.same(
    a.synced().map(({ kind }) => kind),
    ['answered', 'done'],
  );
});

t.test('ha-sync takes what is newer and gives nothing', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.put(lease(0, 100));
  a.put(lease(1, 100, { userContext: '{"of":"a"}' }));
  b.put(lease(1, 100, { userContext: '{"of":"b"}' }));
  b.put(lease(2, 100));
  a.synchronize(SyncKind.fetch);
  finish(pair);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: 1, updated: 0, kept: 1, given: 0 } });
  t.equal(b.lease(BASE), null);
  t.equal(a.lease(BASE + 1)?.userContext, '{"of":"a"}', 'of one second ours stays');
});

t.test('leases of other subnets are left alone, bad ones are skipped and named', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.put(lease(0, 100));
  b.put({ address: ELSEWHERE, expireSec: VALID_SEC });
  a.put(lease(1, 100));
  a.synchronize(SyncKind.exchange, new Set([2]));
  finish(pair);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: 0, foreign: 2, skipped: 1, given: 0 } });
  t.match(a.synced().at(-1), {
    skipped: [{ address: '10.9.0.1', reason: 'it has no time of its last transaction' }],
  });
});

t.test('what the partner does not take of ours is counted and named', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  a.put({ address: ELSEWHERE });
  a.put(lease(0, 100));
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(a.synced().at(-1), {
    kind: 'done',
    counts: { given: 1, refused: 1 },
    named: [{ address: '10.9.0.1', reason: /does not belong to subnet/ }],
  });
  t.ok(b.lease(BASE));
});

t.test('a client has one lease in a subnet: one that it had long before goes, here and there', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  // The client of an address is in the octets of its record: the same one here at another address.
  const moved = (server: LinkServer, agoSec: number, host: number): void => {
    server.put(lease(0, agoSec));
    const slot = server.book.table.findByAddress(BASE);
    const record = { ...server.book.recordOf(slot), address: BASE + host };
    const hw = Uint8Array.from(record.hw.subarray(record.hwOffset, record.hwOffset + record.hwLength));
    Object.assign(record, { hw, hwOffset: 0, clientId: hw, clientIdOffset: 0 });
    server.book.remove(slot);
    server.book.write(record, NOW_SEC);
  };
  moved(a, 100, 7);
  moved(b, 1000, 8);
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.same(Object.keys(inForce(a)), ['7']);
  t.same(inForce(b), inForce(a));
});

t.test('many leases, with a window that fills and a slow disk', async (t) => {
  const pair = pairOf(t, { a: { changeLogBytes: 1 << 22 }, b: { changeLogBytes: 1 << 23 } });
  const { a, b } = pair;
  for (let host = 0; host < MANY; host++) {
    b.put(lease(host, 100));
    if (host % 1000 === 0) b.makeDurable();
  }
  b.makeDurable();
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: MANY } });
  t.same(inForce(a), inForce(b));
});

t.test(
  'a deletion never overtakes a row that was read before, though the partner reads nothing for a while',
  async (t) => {
    const pair = pairOf(t, { a: { changeLogBytes: 1 << 23 }, b: { changeLogBytes: 1 << 23 } });
    const { a, b } = pair;
    b.put(lease(0, 100));
    a.synchronize(SyncKind.exchange);
    turn(pair, 2);
    answer(b);
    // More than the kernel takes: the rows wait behind records of which a part is out.
    for (let host = 1; host <= MANY / 4; host++) {
      b.put(lease(host, 50));
      b.write([lease(host, 50)], false);
    }
    b.turn();
    t.not(b.figures().recordsSent, 0);
    b.put(lease(0, 100, { isUpdate: false }));
    b.write([lease(0, 100, { isUpdate: false })], false);
    b.turn();
    finish(pair);
    t.equal(a.lease(BASE), null);
    t.same(inForce(a), inForce(b));
  },
);

t.test('the source refuses: nothing has happened, and it can be asked again', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.put(lease(0, 100));
  a.synchronize(SyncKind.exchange);
  turn(pair, 3);
  b.answer('updates are being kept');
  turn(pair, 3);
  t.match(a.synced(), [{ kind: 'answered', refused: 'updates are being kept' }]);
  t.equal(a.lease(BASE), null);
  a.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: 1 } });
  a.synchronize(SyncKind.fetch);
  turn(pair, 3);
  b.answer();
  for (let turns = 0; turns < 5; turns++) {
    turn(pair, 4);
    a.makeDurable();
  }
  t.equal(
    a.synced().filter(({ kind }) => kind === 'done').length,
    2,
    'and once more, by the same connection',
  );
});

t.test('who is being asked does not ask in turn', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.put(lease(0, 100));
  a.synchronize(SyncKind.exchange);
  turn(pair, 2);
  b.synchronize(SyncKind.exchange);
  finish(pair);
  t.match(b.synced(), [{ kind: 'asked' }, { kind: 'answered', refused: /under way/ }]);
  t.match(a.synced().at(-1), { kind: 'done', counts: { created: 1 } });
});

t.test('who gives up ends the connection', async (t) => {
  const pair = pairOf(t);
  const { a, b } = pair;
  b.put(lease(0, 100));
  a.synchronize(SyncKind.exchange);
  turn(pair, 2);
  answer(b);
  turn(pair, 3);
  a.abandon();
  turn(pair, 3);
  t.match(a.heard('down'), [{ reason: 'it was cancelled' }]);
  t.match(b.heard('down'), [{ reason: /cancelled/ }]);
});

t.test('a source that says nothing more is given up', async (t) => {
  let nowMs = 0;
  const pair = pairOf(t, { a: { monotonicMs: () => nowMs } });
  const { a } = pair;
  a.synchronize(SyncKind.exchange);
  turn(pair, 3);
  nowMs = 10_001;
  a.turn();
  t.match(a.heard('down'), [{ reason: /has not gone on with a synchronization for 10000 ms/ }]);
});

t.test('what changes meanwhile follows: tables are equal in the end, however it falls', async () => {
  const host = fc.integer({ min: 0, max: 60 });
  const start = fc.array(fc.tuple(host, fc.integer({ min: 1, max: 2 * VALID_SEC })), { maxLength: 60 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('a' as const) }),
    fc.record({ kind: fc.constant('b' as const) }),
    fc.record({ kind: fc.constant('disk' as const) }),
    fc.record({ kind: fc.constant('grant' as const), host, laterSec: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('release' as const), host }),
    fc.record({ kind: fc.constant('delete' as const), host }),
  );
  fc.assert(
    fc.property(start, start, fc.array(step, { maxLength: 120 }), (ofA, ofB, steps) => {
      const done: (() => void)[] = [];
      const pair = pairOf({ teardown: (end: () => void) => void done.push(end) } as Pick<Test, 'teardown'>);
      const { a, b } = pair;
      for (const [at, agoSec] of ofA) a.put(lease(at, agoSec, { userContext: '{"of":"a"}' }));
      for (const [at, agoSec] of ofB) b.put(lease(at, agoSec, { userContext: '{"of":"b"}' }));
      a.synchronize(SyncKind.exchange);
      let version = 0;
      const change = (record: TestRecord): void => {
        b.put(record);
        if (b.isLent) b.write([record], false);
      };
      for (const each of steps) {
        if (each.kind === 'a') a.turn();
        else if (each.kind === 'b') b.turn();
        else if (each.kind === 'disk') a.makeDurable();
        else {
          const ours = b.lease(BASE + each.host);
          const clttSec = ours?.clttSec ?? 0;
          const context = { userContext: `{"version":${++version}}` };
          // As shards do it: the time of a lease never goes back, and what is released keeps it.
          if (each.kind === 'grant')
            change(lease(each.host, Math.min(NOW_SEC - clttSec, 3 - each.laterSec), context));
          else if (ours !== null && each.kind === 'release')
            change(lease(each.host, NOW_SEC - clttSec, { state: 3, ...context }));
          else if (ours !== null) change(lease(each.host, NOW_SEC - clttSec, { isUpdate: false }));
        }
        answer(b);
      }
      finish(pair);
      const [left, right] = [JSON.stringify(inForce(a)), JSON.stringify(inForce(b))];
      for (const end of done) end();
      return left === right;
    }),
    { seed: 9, numRuns: 150 },
  );
});
