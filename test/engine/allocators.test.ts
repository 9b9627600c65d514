/** In which order addresses are tried, what an offer is worth, and that a full pool costs what an empty one does. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import type { Allocator } from '../../src/config/model.ts';
import { LeaseState } from '../../src/lease/state.ts';
import type { BenchServer } from './bench-server.ts';
import { type SubnetParts, withSubnets } from './networks.ts';
import { number32 } from './packets.ts';
import { countAssigned, decline, discover, lease, release, renew, request, serverFor } from './queries.ts';
import { TestClock } from './test-clock.ts';

const TWO = ['127.1.0.10 - 127.1.0.12', '127.2.0.10 - 127.2.0.12'];

function serverWith(
  t: { teardown: (done: () => void) => void },
  parts: Partial<SubnetParts>,
  clock = new TestClock(),
): BenchServer {
  const subnet = { id: 1, subnet: '127.0.0.0/8', pools: TWO, ...parts };
  return serverFor(t, {}, { clock, alter: (config) => withSubnets(config, [subnet]) });
}

t.test('iterative goes through all pools before it comes back to what was given up [Kea]', async (t) => {
  const server = serverWith(t, {});
  const given = [1, 2, 3].map((client) => lease(server, client).yiaddr);
  t.same(given, ['127.1.0.10', '127.1.0.11', '127.1.0.12']);
  server.ask(release(1, '127.1.0.10'));
  const onward = [4, 5, 6, 7].map((client) => lease(server, client).yiaddr);
  t.same(onward, ['127.2.0.10', '127.2.0.11', '127.2.0.12', '127.1.0.10']);
  t.equal(server.ask(discover(8)), null);
});

t.test('iterative: clients of two classes do not disturb each other’s pools', async (t) => {
  const pools = ['127.1.0.10 - 127.1.0.12', '127.2.0.10 - 127.2.0.12 of never'];
  const server = serverWith(t, { pools });
  t.same(
    [1, 2, 3].map((client) => lease(server, client).yiaddr),
    ['127.1.0.10', '127.1.0.11', '127.1.0.12'],
  );
  t.equal(server.ask(discover(4)), null);
  server.ask(release(2, '127.1.0.11'));
  t.equal(lease(server, 4).yiaddr, '127.1.0.11');
});

for (const allocator of ['random', 'flq'] satisfies Allocator[]) {
  t.test(`${allocator} gives every address of every pool once, then none`, async (t) => {
    const server = serverWith(t, { allocator });
    const given = [1, 2, 3, 4, 5, 6].map((client) => lease(server, client).yiaddr);
    t.equal(new Set(given).size, 6);
    t.equal(server.ask(discover(7)), null);
    server.ask(release(3, given[2]!));
    t.equal(lease(server, 7).yiaddr, given[2]);
  });
}

t.test('random does not begin at the first address of a large pool', async (t) => {
  const server = serverWith(t, { allocator: 'random', pools: ['127.1.0.0 - 127.2.255.255'] });
  const given = Array.from({ length: 20 }, (_, client) => lease(server, client + 1).yiaddr);
  const sorted = [...given].sort();
  t.notSame(given, sorted, 'in no order');
  t.equal(new Set(given).size, 20);
});

t.test('flq takes the address that has been free for the longest time', async (t) => {
  const server = serverWith(t, { allocator: 'flq', pools: ['127.1.0.10 - 127.1.0.14'] });
  for (let client = 1; client <= 5; client++) lease(server, client);
  for (const address of ['127.1.0.10', '127.1.0.11'])
    server.ask(release(Number(address.slice(-2)) - 9, address));
  t.equal(lease(server, 6).yiaddr, '127.1.0.10');
  t.equal(lease(server, 7).yiaddr, '127.1.0.11');
});

t.test('a pool that is full but for some addresses gives them at once', async (t) => {
  const server = serverWith(t, { pools: ['127.16.0.0 - 127.31.255.255'] });
  const first = parseIpv4('127.16.0.0')!;
  const holes = [1, 77_777, 524_288, 1_048_575];
  for (let at = 0; at < 1 << 20; at++) if (!holes.includes(at)) server.book.hold(first + at);
  const timesMs = [1, 2, 3, 4].map((client) => {
    const begin = performance.now();
    lease(server, client);
    return performance.now() - begin;
  });
  t.equal(server.book.pools.freeCount(0), 0);
  t.ok(Math.min(...timesMs) < 50, `${timesMs.map((each) => each.toFixed(1))} ms`);
});

t.test('with an offer lifetime an offer is a lease, which no peer hears of', async (t) => {
  const clock = new TestClock();
  const server = serverWith(t, { offerLifetimeSec: 60 }, clock);
  server.policy({ updateMode: 1 });
  const offer = server.ask(discover(1))!;
  t.equal(number32(offer, 51), 3600, 'the client is told what it will get');
  t.match(server.lease(offer.yiaddr), { state: LeaseState.assigned, validLifetimeSec: 60 });
  t.equal(server.statistic('assigned-addresses'), 1);
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  t.notOk(server.updates.next(record), 'no update');
  t.equal(server.ask(request(1, offer.yiaddr))?.yiaddr, offer.yiaddr);
  t.ok(server.updates.next(record));
  t.match(server.lease(offer.yiaddr), { validLifetimeSec: 3600 });
  t.equal(server.statistic('assigned-addresses'), 1);
  t.equal(server.statistic('cumulative-assigned-addresses'), 1);
  t.equal(server.ask(discover(1))?.yiaddr, offer.yiaddr);
  t.match(server.lease(offer.yiaddr), { validLifetimeSec: 3600 }, 'a longer lease is not shortened');
});

t.test('an offered lease ends by itself, and can be declined', async (t) => {
  const clock = new TestClock();
  const server = serverWith(t, { offerLifetimeSec: 60, pools: ['127.1.0.10 - 127.1.0.10'] }, clock);
  server.ask(discover(1));
  t.equal(server.ask(discover(2)), null, 'it is taken');
  clock.pass(61);
  t.equal(server.ask(discover(2))?.yiaddr, '127.1.0.10');
  t.equal(countAssigned(server), 1);
  server.ask(decline(2, '127.1.0.10'));
  t.equal(server.statistic('declined-addresses'), 1);
  t.equal(server.statistic('assigned-addresses'), 1);
});

t.test('an infinite lease is nobody else’s, ever', async (t) => {
  const clock = new TestClock();
  const infinite = 0xffffffff;
  const validLifetime = { minSec: infinite, defaultSec: infinite, maxSec: infinite };
  const server = serverWith(t, { validLifetime, pools: ['127.1.0.10 - 127.1.0.10'] }, clock);
  t.equal(number32(lease(server, 1), 51), infinite);
  clock.pass(100_000_000);
  t.equal(server.ask(discover(2)), null);
  t.equal(number32(server.ask(renew(1, '127.1.0.10'))!, 51), infinite);
});
