/** Pools of DHCPv6 give each of their addresses and prefixes once, and nothing else. */
import t from 'tap';
import { formatIpv6 } from '../../../../src/base/ipv6-text.ts';
import { allocateLeaseTable6 } from '../../../../src/lease/dhcp6/layout.ts';
import { allocatePools6 } from '../../../../src/lease/dhcp6/pools/memory.ts';
import { planPools6, poolNumbersOf } from '../../../../src/lease/dhcp6/pools/plan.ts';
import { PoolSet6 } from '../../../../src/lease/dhcp6/pools/pool-set.ts';
import { LeaseTable6 } from '../../../../src/lease/dhcp6/table.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { addressNumber, recordWith } from '../support/leases.ts';
import { numberOf, octets, octetsOf, planOf, subnetOf } from '../support/pools.ts';

const NOW = 1_700_000_000;

/** A table that counts how often an address is looked for. */
class CountingTable extends LeaseTable6 {
  looks = 0;

  override findByAddress(bytes: Uint8Array, offset: number): number {
    this.looks++;
    return super.findByAddress(bytes, offset);
  }
}

const tableOf = (capacity = 1000): CountingTable => new CountingTable(allocateLeaseTable6(capacity));

/** Makes an address somebody's until an hour from now. */
function lease(table: LeaseTable6, address: Uint8Array, clttSec = NOW): void {
  const slot = table.insert(address, 0);
  table.setClient(slot, recordWith({ address }));
  table.rows.setTimes(slot, clttSec, 1800, 3600);
}

/** What a pool proposes next, in text form; '' = nothing. */
function propose(pools: PoolSet6, table: LeaseTable6, pool = 0, nowSec = NOW): string {
  const out = new Uint8Array(16);
  return pools.propose(pool, table, nowSec, out) ? formatIpv6(out) : '';
}

/** Proposes and takes. */
function take(pools: PoolSet6, table: LeaseTable6, pool = 0): string {
  const text = propose(pools, table, pool);
  if (text !== '') {
    lease(table, octets(text));
    pools.hold(octets(text), 0);
  }
  return text;
}

const setOf = (...pools: string[]): PoolSet6 => new PoolSet6(allocatePools6(planOf(pools)));

t.test('pools are numbered over all subnets, those of addresses before those of prefixes', async (t) => {
  const plan = planPools6([
    subnetOf(3, ['2001:db8:3::/40>56', '2001:db8:3::1-2001:db8:3::9', '2001:db8:4::/48>48']),
    subnetOf(5, []),
    subnetOf(7, ['2001:db8:7::1-2001:db8:7::1']),
  ]);
  t.same(poolNumbersOf(plan, 3), { addressPools: 0, prefixPools: 1, end: 3 });
  t.same(poolNumbersOf(plan, 5), { addressPools: 3, prefixPools: 3, end: 3 });
  t.same(poolNumbersOf(plan, 7), { addressPools: 3, prefixPools: 4, end: 4 });
  t.throws(() => poolNumbersOf(plan, 4), /no subnet 4/);
  const pools = new PoolSet6(allocatePools6(plan));
  t.same(
    [0, 1, 2, 3].map((pool) => pools.unitLength(pool)),
    [128, 56, 48, 128],
  );
  t.same(
    [0, 1, 2, 3].map((pool) => pools.total(pool)),
    [9n, 65_536n, 1n, 1n],
  );
});

t.test('a range of ten gives ten addresses in order, then none', async (t) => {
  const pools = setOf('2001:db8::fff8-2001:db8::1:1');
  const table = tableOf();
  const given = Array.from({ length: 10 }, () => take(pools, table));
  t.same(
    given,
    ['fff8', 'fff9', 'fffa', 'fffb', 'fffc', 'fffd', 'fffe', 'ffff', '1:0', '1:1'].map(
      (s) => `2001:db8::${s}`,
    ),
  );
  t.ok(pools.isExhausted(0));
  t.equal(take(pools, table), '');
  t.ok(pools.release(octets('2001:db8::ffff'), 0));
  t.notOk(pools.isExhausted(0));
  table.remove(table.findByAddress(octets('2001:db8::ffff'), 0));
  t.equal(take(pools, table), '2001:db8::ffff');
});

t.test('what is proposed and not taken is proposed again when it is its turn', async (t) => {
  const pools = setOf('2001:db8::1-2001:db8::3');
  const table = tableOf();
  t.same(
    [1, 2, 3, 4].map(() => propose(pools, table)),
    ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::1'],
  );
});

t.test('prefixes are given from the first to the last, each at its own place', async (t) => {
  const pools = setOf('2001:db8:0:fffe::/63>64', '2001:db8:100::/47>48', '2001:db8:200::/48>48');
  const table = tableOf();
  const given = [0, 0, 0, 1, 1, 1, 2, 2].map((pool) => take(pools, table, pool));
  t.same(given, [
    '2001:db8:0:fffe::',
    '2001:db8:0:ffff::',
    '',
    '2001:db8:100::',
    '2001:db8:101::',
    '',
    '2001:db8:200::',
    '',
  ]);
});

t.test('a pool has its units and no other address', async (t) => {
  const pools = setOf('2001:db8::5-2001:db8::9', '2001:db8::/48>64', '::/0>32', '2001:db8::/48>48');
  const cases: [number, string, boolean][] = [
    [0, '2001:db8::4', false],
    [0, '2001:db8::5', true],
    [0, '2001:db8::9', true],
    [0, '2001:db8::a', false],
    [1, '2001:db7:ffff:ffff::', false],
    [1, '2001:db8::', true],
    [1, '2001:db8:0:1::', true],
    [1, '2001:db8:0:1::1', false],
    [1, '2001:db8:0:0:8000::', false],
    [1, '2001:db8:0:ffff::', true],
    [1, '2001:db8:1::', false],
    [2, '::', true],
    [2, 'ffff:ffff::', true],
    [2, 'ffff:ffff:8000::', false],
    [3, '2001:db8::', true],
    [3, '2001:db8:0:1::', false],
  ];
  for (const [pool, address, isIn] of cases)
    t.equal(pools.has(pool, octets(`${address}`), 0), isIn, `${address} of pool ${pool}`);
  const within = Uint8Array.of(9, 9, ...octets('2001:db8::6'), 9);
  t.ok(pools.has(0, within, 2), 'at an offset');
});

t.test('an address lies before a pool, in one of its units, or behind it', async (t) => {
  const pools = setOf('2001:db8::5-2001:db8::9', '2001:db8::/48>64', '::/0>32', 'ffff::/16>33');
  const cases: [number, string, number][] = [
    [0, '2001:db8::4', -1],
    [0, '2001:db8::5', 0],
    [0, '2001:db8::9', 0],
    [0, '2001:db8::a', 1],
    [0, '2001:db8:1::', 1],
    [1, '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', -1],
    [1, '2001:db8::1', 0],
    [1, '2001:db8:0:ffff:ffff:ffff:ffff:ffff', 0],
    [1, '2001:db8:1::', 1],
    [2, '::', 0],
    [2, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 0],
    [3, 'fffe:ffff:ffff::', -1],
    [3, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 0],
  ];
  for (const [pool, address, side] of cases)
    t.equal(Math.sign(pools.sideOf(pool, octets(`${address}`), 0)), side, `${address} and pool ${pool}`);
  const within = Uint8Array.of(9, 9, ...octets('2001:db8::6'), 9);
  t.equal(pools.sideOf(0, within, 2), 0, 'at an offset');
});

t.test('a lease within a prefix does not take the prefix', async (t) => {
  const pools = setOf('2001:db8::1-2001:db8::1', '2001:db8::/47>48');
  const table = tableOf();
  t.equal(take(pools, table, 0), '2001:db8::1');
  t.equal(take(pools, table, 1), '2001:db8::');
  t.equal(take(pools, table, 1), '2001:db8:1::');
  t.notOk(pools.release(octets('2001:db8::2'), 0));
  t.equal(take(pools, table, 1), '');
});

t.test('a large pool goes on behind the last address, and at its end from its first one', async (t) => {
  const memory = allocatePools6(planOf(['2001:db8::fffe-2001:db8:0:1::5']));
  const pools = new PoolSet6(memory);
  const table = tableOf();
  t.equal(pools.total(0), (1n << 64n) + 5n - 0xfffen + 1n);
  t.same(
    [1, 2, 3].map(() => take(pools, table)),
    ['2001:db8::fffe', '2001:db8::ffff', '2001:db8::1:0'],
  );
  t.notOk(pools.isExhausted(0));
  t.notOk(pools.release(octets('2001:db8::ffff'), 0), 'there is no bit');
  const words = new Uint32Array(memory.cursors);
  words.set([0, 0, 0, 0xffff_ffff]);
  t.equal(propose(pools, table), '2001:db8::1:0:fffd');
  t.equal(propose(pools, table), '2001:db8::1:0:fffe', 'carried into the next word');
  words.set([0, 0, 0xffff_ffff, 0xffff_0007]);
  t.equal(propose(pools, table), '2001:db8:0:1::5', 'the last one');
  t.equal(propose(pools, table), '2001:db8::1:1', 'behind the three that are taken');
});

t.test('a large pool finds what is free behind as many leases as one likes, in a few looks', async (t) => {
  for (const text of ['2001:db8::-2001:db8::ffff:ffff:ffff:ffff', '2001:db8::/32>64', '2001:db8::/32>60']) {
    const plan = planOf([text]);
    const unit = 1n << BigInt(128 - plan.pools[0]!.unitLength);
    const pools = new PoolSet6(allocatePools6(plan));
    const table = tableOf(20_000);
    for (let i = 0n; i < 10_000n; i++) lease(table, octetsOf(plan.pools[0]!.first + i * unit));
    table.looks = 0;
    const given = new Set<string>();
    for (let i = 0; i < 5000; i++) given.add(take(pools, table));
    t.equal(given.size, 5000, text);
    t.notOk(given.has(''));
    t.ok(table.looks < 5000 * 3, `${table.looks} looks, that of \`take\` among them`);
    for (const address of given)
      if (!pools.has(0, octets(address), 0)) t.fail(`${address} is not of ${text}`);
  }
});

t.test('the end of the address space is the end of a pool, and no address lies behind it', async (t) => {
  const all = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff';
  const small = setOf(`${all}:fffe-${all}:ffff`);
  const table = tableOf();
  t.same(
    [1, 2, 3].map(() => take(small, table)),
    [`${all}:fffe`, `${all}:ffff`, ''],
  );
  const large = setOf(`ffff::-${all}:ffff`, 'ffff:ffff::/32>64', 'ffff:ffff:ffff:fffe::/63>64');
  t.equal(take(large, table, 2), 'ffff:ffff:ffff:fffe::');
  t.equal(take(large, table, 2), 'ffff:ffff:ffff:ffff::');
  t.equal(take(large, table, 2), '');
  t.equal(take(large, table, 0), 'ffff::');
  t.equal(take(large, table, 1), 'ffff:ffff::');
  t.ok(large.has(0, octets(`${all}:ffff`), 0));
});

t.test(':: is nobody’s, be it of a small pool or of a large one', async (t) => {
  const table = tableOf();
  t.equal(propose(setOf('::-::3'), table), '::1');
  t.equal(propose(setOf('::-::ffff:ffff:ffff'), table), '::1');
  t.equal(propose(setOf('::/32>48'), table), '0:0:1::');
  t.equal(propose(setOf('::-::'), table), '');
});

t.test('the last free address of a full pool is found at once', async (t) => {
  const pools = setOf('2001:db8::1:0-2001:db8::1:ffff');
  const table = tableOf(1);
  for (let number = 0; number < 65_536; number++) pools.hold(addressNumber(0x1_0000 + number), 0);
  t.equal(propose(pools, table), '');
  t.equal(table.looks, 0);
  for (const number of [0, 1, 31, 32, 4095, 32_768, 65_535]) {
    const free = addressNumber(0x1_0000 + number);
    pools.release(free, 0);
    t.equal(propose(pools, table), formatIpv6(free));
    t.equal(table.looks, 1, 'one look, at the one that is free');
    table.looks = 0;
    pools.hold(free, 0);
  }
});

t.test('a pool in random order gives anything that is free, and all of it', async (t) => {
  const table = tableOf();
  const order = (pool: string): string[] => {
    const pools = new PoolSet6(allocatePools6(planOf([pool], 'random')));
    return Array.from({ length: 10 }, () => take(pools, table));
  };
  const small = order('2001:db8::1-2001:db8::a');
  t.equal(new Set(small).size, 10);
  t.notOk(small.includes(''));
  const large = order('2001:db8:1::-2001:db8:2:ffff:ffff:ffff:ffff:ffff').map((text) =>
    numberOf(octets(text)),
  );
  const first = numberOf(octets('2001:db8:1::'));
  const far = large.filter((address) => address - first > 1n << 70n);
  t.ok(far.length >= 5, 'they lie all over the pool');
  const prefixes = order('2001:db8::/32>60').map((text) => numberOf(octets(text)));
  t.ok(prefixes.every((address) => address % (1n << 68n) === 0n));
  t.equal(new Set(prefixes).size, 10);
});

t.test(
  'pools that overlap give an address once, whatever they give and however large they are',
  async (t) => {
    const pools = setOf(
      '2001:db8::-2001:db8::9',
      '2001:db8::5-2001:db8::e',
      '2001:db8::-2001:db8::ffff:ffff:ffff',
      '2001:db8::/48>64',
      '2001:db8::/48>56',
    );
    const table = tableOf();
    const given = [4, 3, 3, 2, 0, 1, 0, 1].map((pool) => take(pools, table, pool));
    t.equal(new Set(given).size, given.length, given.join());
    t.equal(given[0], '2001:db8::');
    t.equal(given[1], '2001:db8:0:1::', 'its first prefix begins with an address that is taken');
    for (let i = 0; i < 30; i++) {
      take(pools, table, 0);
      take(pools, table, 1);
    }
    t.ok(pools.isExhausted(0));
    t.ok(pools.isExhausted(1));
    t.notOk(pools.isExhausted(3));
  },
);

t.test('what is reserved is never proposed, and does not come free', async (t) => {
  const reserved = ['2001:db8::2', '2001:db8:1::1', '2001:db8:2::'].map(octets);
  const plan = planOf([
    '2001:db8::1-2001:db8::3',
    '2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff',
    '2001:db8:2::/47>48',
  ]);
  const pools = new PoolSet6(allocatePools6(plan, reserved));
  const table = tableOf();
  t.same(
    [1, 2, 3].map(() => take(pools, table)),
    ['2001:db8::1', '2001:db8::3', ''],
  );
  t.same([take(pools, table, 1), take(pools, table, 1)], ['2001:db8:1::', '2001:db8:1::2']);
  t.same([take(pools, table, 2), take(pools, table, 2)], ['2001:db8:3::', '']);
  t.notOk(pools.release(octets('2001:db8::2'), 0));
  t.ok(pools.isReserved(octets('2001:db8:1::1'), 0));
  t.notOk(pools.isReserved(octets('2001:db8:1::2'), 0));
});

t.test(
  'a lease that is over keeps nothing; one that is live again after all keeps its address',
  async (t) => {
    const pools = setOf('2001:db8::1-2001:db8::2', '2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff');
    const table = tableOf();
    lease(table, octets('2001:db8::1'), NOW - 3601);
    lease(table, octets('2001:db8:1::'), NOW - 3601);
    t.equal(propose(pools, table, 0, NOW - 1), '2001:db8::2', 'the clock was set back');
    t.equal(propose(pools, table, 1, NOW - 1), '2001:db8:1::1');
    const later = setOf('2001:db8::1-2001:db8::2', '2001:db8:1::-2001:db8:1:ffff:ffff:ffff:ffff:ffff');
    t.equal(propose(later, table, 0), '2001:db8::1');
    t.equal(propose(later, table, 1), '2001:db8:1::');
    const slot = table.findByAddress(octets('2001:db8::1'), 0);
    table.rows.setTimes(slot, NOW, 1800, 3600);
    table.rows.setState(slot, LeaseState.released);
    t.equal(propose(later, table, 0), '2001:db8::2');
    t.equal(propose(later, table, 0), '2001:db8::1', 'given back by its client');
  },
);

t.test('a unit is found by its place in the pool', async (t) => {
  const pools = setOf('2001:db8::fffe-2001:db8::1:5', '2001:db8::/32>60', '2001:db8:0:fff0::/60>64');
  const at = (pool: number, index: number): string => {
    const out = new Uint8Array(16);
    pools.unitAt(pool, index, out);
    return formatIpv6(out);
  };
  t.same([at(0, 0), at(0, 2), at(0, 7)], ['2001:db8::fffe', '2001:db8::1:0', '2001:db8::1:5']);
  t.same([at(1, 1), at(1, 2 ** 28 - 1)], ['2001:db8:0:10::', '2001:db8:ffff:fff0::']);
  t.equal(at(2, 15), '2001:db8:0:ffff::');
  t.same(
    [0, 1, 2].map((pool) => pools.hasBits(pool)),
    [true, false, true],
  );
});

t.test('an allocator has marks of its own', async (t) => {
  const memory = allocatePools6(planOf(['2001:db8::1-2001:db8::3']), [], 2);
  const pools = new PoolSet6(memory);
  pools.setMark(1, 77);
  t.equal(new PoolSet6(memory).mark(1), 77, 'another thread sees the same');
  t.equal(pools.mark(0), 0);
  t.equal(propose(pools, tableOf()), '2001:db8::1');
});

t.test('many pools, small ones among large ones, are told apart', async (t) => {
  const texts = Array.from({ length: 300 }, (_, i) => {
    const net = `2001:db8:${(i * 7919) % 65_536 || 1}`.replace(/\d+$/, (n) => Number(n).toString(16));
    return i % 3 === 0
      ? `${net}::-${net}:ffff:ffff:ffff:ffff:ffff`
      : i % 3 === 1
        ? `${net}::/48>64`
        : `${net}::1-${net}::9`;
  });
  const plan = planOf(texts);
  const pools = new PoolSet6(allocatePools6(plan));
  const table = tableOf();
  plan.pools.forEach((shape, pool) => {
    const given = take(pools, table, pool);
    t.equal(numberOf(octets(given)), shape.first, given);
  });
});
