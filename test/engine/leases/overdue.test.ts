/** What is over is free at once: nobody waits for the expiry timer, which does not run here at all. */
import t from 'tap';
import { type CompiledPool, compileSubnets } from '../../../src/engine/compiled/compiled.ts';
import { OverdueSearch } from '../../../src/engine/leases/overdue.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import type { BenchServer } from '../bench-server.ts';
import { countAssigned, decline, discover, lease, release, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const ONE = {
  'valid-lifetime': 60,
  'decline-probation-period': 2,
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/24',
      pools: [{ pool: '10.0.0.10 - 10.0.0.10' }],
      relay: { 'ip-addresses': ['127.0.0.1'] },
    },
  ],
};

function scene(
  t: { teardown: (done: () => void) => void },
  changes: Record<string, unknown> = {},
): { server: BenchServer; clock: TestClock } {
  const clock = new TestClock();
  return { server: serverFor(t, { ...ONE, ...changes }, { clock }), clock };
}

t.test('a declined address is offered as soon as its probation is over', async (t) => {
  const { server, clock } = scene(t);
  const { yiaddr } = lease(server, 1);
  server.ask(decline(1, yiaddr));
  for (let second = 1; second <= 2; second++) {
    clock.pass(1);
    t.equal(server.ask(discover(2)), null, `${second} s later`);
  }
  clock.pass(1);
  t.equal(server.ask(discover(2))?.yiaddr, yiaddr);
  t.equal(server.statistic('declined-addresses'), 0);
  t.equal(server.statistic('reclaimed-declined-addresses'), 1);
  t.equal(server.ask(request(2, yiaddr))?.yiaddr, yiaddr);
  t.equal(server.statistic('assigned-addresses'), countAssigned(server));
});

t.test('a lease that has run out is anybody’s', async (t) => {
  const { server, clock } = scene(t);
  const { yiaddr } = lease(server, 1);
  clock.pass(60);
  t.equal(server.ask(discover(2)), null);
  clock.pass(1);
  t.equal(server.ask(request(2, yiaddr))?.yiaddr, yiaddr);
  clock.pass(61);
  t.equal(server.ask(discover(3))?.yiaddr, yiaddr);
  t.equal(server.statistic('reclaimed-leases'), 2);
});

t.test('an offer that nobody took is over by itself', async (t) => {
  const { server, clock } = scene(t, { 'user-context': { tandem: { 'offer-hold-time': 5 } } });
  const first = server.ask(discover(1))!;
  clock.pass(6);
  t.equal(server.ask(discover(2))?.yiaddr, first.yiaddr);
  t.equal(server.lease(first.yiaddr)?.state, LeaseState.offered);
});

t.test('what is over comes before offers are taken back', async (t) => {
  const { server, clock } = scene(t, {
    subnet4: [{ ...ONE.subnet4[0], pools: [{ pool: '10.0.0.10 - 10.0.0.11' }] }],
  });
  const gone = lease(server, 1);
  clock.pass(61);
  const open = server.ask(discover(2))!;
  t.not(open.yiaddr, gone.yiaddr, 'the address that was never given comes first');
  t.equal(server.ask(discover(3))?.yiaddr, gone.yiaddr);
  t.equal(server.ask(discover(2))?.yiaddr, open.yiaddr, 'and keeps its offer');
});

t.test('a released address is free at once, a clock that goes back takes nothing from anybody', async (t) => {
  const { server, clock } = scene(t);
  const { yiaddr } = lease(server, 1);
  clock.pass(1);
  server.ask(release(1, yiaddr));
  clock.pass(1);
  t.equal(lease(server, 2).yiaddr, yiaddr);
  clock.pass(61);
  clock.set(-30);
  t.equal(server.ask(discover(3)), null, 'the lease has 29 s left by the clock as it is now');
  clock.pass(31);
  t.equal(server.ask(discover(3))?.yiaddr, yiaddr);
});

t.test('a full pool costs one look a second', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, ONE, { clock });
  lease(server, 1);
  const pool = compileSubnets(server.config)[0]!.pools[0] as CompiledPool;
  const search = new OverdueSearch(server.book, 1);
  const now = clock.wallSec();
  t.equal(search.release(pool, now), false);
  t.equal(search.release(pool, now + 61), true);
  t.equal(search.release(pool, now + 61), false, 'it was looked through');
  server.book.hold(pool.first);
  t.equal(search.release(pool, now + 62), true, 'and is again in the next');
});

t.test('every address that is over is found, in pools of several and of many', async (t) => {
  const { server, clock } = scene(t, {
    subnet4: [
      {
        ...ONE.subnet4[0],
        subnet: '10.0.0.0/16',
        pools: [{ pool: '10.0.1.0 - 10.0.1.99' }, { pool: '10.0.2.0 - 10.0.2.99' }],
      },
    ],
  });
  const before = new Set(Array.from({ length: 200 }, (_, client) => lease(server, client).yiaddr));
  t.equal(before.size, 200);
  t.equal(server.ask(discover(999)), null);
  clock.pass(61);
  const after = new Set(Array.from({ length: 200 }, (_, client) => lease(server, 1000 + client).yiaddr));
  t.same(after, before);
  t.equal(server.ask(discover(999)), null);
  t.equal(server.statistic('assigned-addresses'), countAssigned(server));
});

t.test('a declined offer goes back to its pool, and is the last to be offered again', async (t) => {
  const { server } = scene(t, {
    subnet4: [{ ...ONE.subnet4[0], pools: [{ pool: '10.0.0.10 - 10.0.0.12' }] }],
  });
  const seen: string[] = [];
  for (let round = 0; round < 4; round++) {
    const { yiaddr } = server.ask(discover(1))!;
    seen.push(yiaddr);
    server.ask(decline(1, yiaddr));
    t.equal(server.lease(yiaddr), null);
  }
  t.same(seen, ['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.10']);
  t.equal(server.statistic('tandem-done-decline-offer'), 4);
  t.equal(server.statistic('declined-addresses'), 0);
});

t.test('a declined offer of an address that was asked for is followed by another', async (t) => {
  const { server } = scene(t, {
    subnet4: [{ ...ONE.subnet4[0], pools: [{ pool: '10.0.0.10 - 10.0.0.12' }] }],
  });
  const first = server.ask(discover(1, [[50, [10, 0, 0, 10]]]))!;
  t.equal(first.yiaddr, '10.0.0.10');
  server.ask(decline(2, first.yiaddr));
  t.equal(server.lease(first.yiaddr)?.state, LeaseState.offered, 'a stranger declines nothing');
  server.ask(decline(1, first.yiaddr));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.11');
});
