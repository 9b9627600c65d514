/** The limits library: how many queries a subnet and a class may send in a period. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { compileConfiguration } from '../../../src/engine/compiled/compiled-configuration.ts';
import { allocateRateLimits, RateLimits } from '../../../src/engine/figures/rate-limits.ts';
import { allocateStatistics, G, StatisticsWriter } from '../../../src/engine/figures/statistics.ts';
import { configOf } from '../bench-server.ts';
import { ip, packet } from '../packets.ts';
import { discover, lease, type Options, release, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const VENDOR: Options = [[60, [...Buffer.from('phone')]]];
const FORGOTTEN = G['tandem-rate-limit-forgotten'];
const statistics = new StatisticsWriter(allocateStatistics(1, [7]), 0);
const RELAY = { 'ip-addresses': ['127.0.0.1'] };

function configured(
  subnetRate: string | null,
  classRates: readonly (string | null)[] = [],
  changes: object = {},
) {
  const limit = (rate: string | null) =>
    rate === null ? {} : { 'user-context': { limits: { 'rate-limit': rate } } };
  return {
    'hooks-libraries': [{ library: 'libdhcp_limits.so' }],
    'client-classes': classRates.map((rate, i) => ({
      name: `c${i}`,
      test: i === 0 ? "option[60].text == 'phone'" : 'pkt4.msgtype == 1',
      ...limit(rate),
    })),
    subnet4: [
      {
        id: 7,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.40' }],
        relay: RELAY,
        ...limit(subnetRate),
      },
    ],
    ...changes,
  };
}

t.test(
  'queries above the rate of their class are dropped under a name, those of others are not',
  async (t) => {
    const clock = new TestClock();
    const server = serverFor(t, configured(null, ['2 packets per minute']), { clock });
    lease(server, 1, VENDOR);
    t.equal(server.ask(discover(2, VENDOR)), null);
    t.equal(server.statistic('tandem-drop-rate-limit'), 1);
    t.equal(server.statistic('pkt4-limit-exceeded'), 1);
    t.equal(server.statistic('pkt4-receive-drop'), 1);
    t.equal(server.ask(discover(3))?.type, MessageType.offer);
    clock.pass(59);
    t.equal(server.ask(discover(2, VENDOR)), null);
    clock.pass(2);
    t.equal(server.ask(discover(2, VENDOR))?.type, MessageType.offer, 'the period is over');
  },
);

t.test('every query counts for the subnet that is selected for it', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured('3 packets per hour'), { clock });
  const { yiaddr } = lease(server, 1);
  server.ask(release(1, yiaddr));
  t.equal(server.statistic('tandem-done-release'), 1);
  t.equal(server.ask(discover(1)), null);
  t.equal(server.statistic('tandem-drop-rate-limit'), 1);
});

t.test('the window slides: each query makes room a period after it came', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured('2 packets per minute'), { clock });
  const isServed = (): boolean => server.ask(discover(1)) !== null;
  t.ok(isServed());
  clock.pass(40);
  t.ok(isServed());
  t.notOk(isServed());
  clock.pass(21);
  t.ok(isServed(), 'the first one is over');
  t.notOk(isServed(), 'the second one is not');
  clock.pass(40);
  t.ok(isServed());
  clock.pass(100_000);
  t.ok(isServed());
  t.ok(isServed());
  t.notOk(isServed());
});

t.test('a query over one limit counts for none', async (t) => {
  const server = serverFor(t, configured(null, ['1 packet per year', '3 packets per year']));
  t.ok(server.ask(discover(1, VENDOR)));
  t.notOk(server.ask(discover(1, VENDOR)));
  t.notOk(server.ask(discover(1, VENDOR)));
  t.ok(server.ask(discover(2)));
  t.ok(server.ask(discover(2)), 'the refused ones have used nothing of the other class');
  t.notOk(server.ask(discover(2)));
});

t.test('a rate of 0 drops everything, also what was answered before', async (t) => {
  const server = serverFor(t, configured('0 packets per second'));
  t.equal(server.ask(discover(1)), null);
  const once = serverFor(t, configured('2 packets per year'));
  const { yiaddr } = lease(once, 1);
  t.equal(once.ask(request(1, yiaddr)), null, 'a REQUEST that is sent again is one more query');
});

t.test('queries for another server are none of those that count', async (t) => {
  const server = serverFor(t, configured(null, [null, '1 packet per year']), {});
  const other: Options = [
    [50, ip('10.0.0.10')],
    [54, ip('10.9.9.9')],
  ];
  const rated = serverFor(t, {
    ...configured(null),
    'client-classes': [
      {
        name: 'all',
        test: "member('ALL')",
        'user-context': { limits: { 'rate-limit': '1 packet per year' } },
      },
    ],
  });
  for (let i = 0; i < 5; i++) rated.ask(packet({ type: MessageType.request, options: other }));
  t.equal(rated.statistic('tandem-drop-other-server'), 5);
  t.ok(rated.ask(discover(1)));
  t.ok(server.ask(discover(1)));
});

t.test('a clock that is set back makes nobody wait for it', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, configured('1 packet per minute'), { clock });
  t.ok(server.ask(discover(1)));
  t.notOk(server.ask(discover(1)));
  clock.set(-7200);
  t.ok(server.ask(discover(1)));
  t.notOk(server.ask(discover(1)));
  clock.pass(61);
  t.ok(server.ask(discover(1)));
});

t.test('shards share one count, and another configuration begins anew', async (t) => {
  const config = configOf(configured('10 packets per second'));
  const { subnets, classes } = compileConfiguration(config);
  const memory = allocateRateLimits(config.hooks.limits)!;
  const shards = [0, 1].map(
    () => new RateLimits(memory, config.hooks.limits!, subnets, classes, statistics, FORGOTTEN),
  );
  const served = (limits: readonly RateLimits[], atMs: number, count: number): number =>
    Array.from({ length: count }, (_, i) =>
      limits[i % limits.length]!.admitsSubnet(subnets[0]!, atMs),
    ).filter(Boolean).length;
  t.equal(served(shards, 1e12, 30), 10);
  t.equal(served(shards, 1e12 + 1000, 30), 0, 'never a shorter period than was asked for');
  t.equal(served(shards, 1e12 + 1001, 30), 10, 'and a thousandth of it more at most');
  t.equal(served(shards, 1e12 + 900, 30), 0, 'a shard that looked at the clock a little earlier');
  const next = new RateLimits(
    allocateRateLimits(config.hooks.limits)!,
    config.hooks.limits!,
    subnets,
    classes,
    statistics,
    FORGOTTEN,
  );
  t.equal(served([next], 1e12 + 1001, 30), 10);
});

t.test('in any period no more are served than the rate says', async (t) => {
  const config = configOf(configured('7 packets per minute'));
  const { subnets, classes } = compileConfiguration(config);
  const limits = new RateLimits(
    allocateRateLimits(config.hooks.limits)!,
    config.hooks.limits!,
    subnets,
    classes,
    statistics,
    FORGOTTEN,
  );
  const served: number[] = [];
  let atMs = 1_700_000_000_123;
  for (let i = 0; i < 20_000; i++) {
    atMs += (i * 7919) % 1500;
    if (limits.admitsSubnet(subnets[0]!, atMs)) served.push(atMs);
  }
  const crowded = served.filter((at, i) => i >= 7 && at - served[i - 7]! < 60_000);
  t.same(crowded, []);
});
