/** Which pools have bits, and where. */
import t from 'tap';
import { LARGE, layOutPools6 } from '../../../../src/lease/dhcp6/pools/layout.ts';
import { allocatePools6 } from '../../../../src/lease/dhcp6/pools/memory.ts';
import { PoolSet6 } from '../../../../src/lease/dhcp6/pools/pool-set.ts';
import { octets, planOf } from '../support/pools.ts';

const layOut = (...pools: string[]) => layOutPools6(planOf(pools));
const isLarge = (...pools: string[]): boolean[] =>
  layOut(...pools).rangeOfPool.map((range) => range === LARGE);

t.test('a pool has bits when the lease table could fill half of it', async (t) => {
  t.same(isLarge('2001:db8::-2001:db8::1ff:ffff', '2001:db8::-2001:db8::200:0'), [false, true]);
  t.same(isLarge('2001:db8::/39>64', '2001:db8::/38>64', '::/0>1'), [false, true, false]);
});

t.test('of more small pools than there may be bits the larger ones have none', async (t) => {
  const pools = Array.from({ length: 18 }, (_, i) => `2001:db8:${(i * 256).toString(16)}::/40>64`);
  const [addresses, ...prefixes] = isLarge('2001:db8:f000::1-2001:db8:f000::9', ...pools);
  t.equal(addresses, false);
  t.same(prefixes, [...Array<boolean>(15).fill(false), true, true, true]);
  t.equal(isLarge(...pools.slice(0, 16)).includes(true), false);
});

t.test('numbers run through units of one length, and pools with a common unit share them', async (t) => {
  const { ranges, rangeOfPool, runs } = layOut(
    '2001:db8::10-2001:db8::19',
    '2001:db8::1-2001:db8::4',
    '2001:db8::3-2001:db8::6',
    '2001:db8::7-2001:db8::7',
    '2001:db8::/60>64',
    '2001:db8::/60>62',
  );
  t.same(rangeOfPool, [0, 1, 2, 3, 4, 5]);
  const byLength = [...runs].map(([length, list]) => [length, list.map(({ number }) => number)]);
  const numbers = Object.fromEntries(byLength) as Record<number, number[]>;
  const [first] = numbers[128]!;
  t.same(numbers[128], [first, first! + 6, first! + 7]);
  t.same(
    ranges.slice(0, 4).map((range) => [range.first - first!, range.last - first!]),
    [
      [7, 16],
      [0, 3],
      [2, 5],
      [6, 6],
    ],
  );
  const all = ranges.slice(3).concat(ranges[0]!, { first: first!, last: first! + 5 });
  const taken = all.flatMap(({ first: from, last }) =>
    Array.from({ length: last - from + 1 }, (_, i) => from + i),
  );
  t.same(
    taken.sort((a, b) => a - b),
    Array.from({ length: 37 }, (_, i) => i + 1),
    'each number is one unit’s, from 1 on',
  );
});

t.test('a configuration without pools has none', async (t) => {
  const pools = new PoolSet6(allocatePools6(planOf([])));
  pools.hold(octets('2001:db8::1'), 0);
  t.notOk(pools.release(octets('2001:db8::1'), 0));
  pools.reserve(octets('2001:db8::1'), 0);
  t.ok(pools.isReserved(octets('2001:db8::1'), 0));
});

t.test('a set of reservations has room for those that it was made for', async (t) => {
  const reserved = Array.from({ length: 1000 }, (_, i) => octets(`2001:db8:${i.toString(16)}::`));
  const pools = new PoolSet6(allocatePools6(planOf(['2001:db8::1-2001:db8::2']), [...reserved, ...reserved]));
  for (const address of reserved) if (!pools.isReserved(address, 0)) t.fail('not reserved');
  t.notOk(pools.isReserved(octets('2001:db8:3e8::'), 0));
  const small = new PoolSet6(allocatePools6(planOf([])));
  t.throws(() => {
    for (const address of reserved) small.reserve(address, 0);
  }, /invariant/);
});
