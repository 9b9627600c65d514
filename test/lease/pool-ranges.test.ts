/** Pools wherever they may lie and however large they may be: addresses are unsigned, and 0.0.0.0 is none. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { allocatePools, NO_ADDRESS, type PoolRange, PoolSet } from '../../src/lease/pool.ts';

const range = (first: string, last: string): PoolRange => ({
  first: parseIpv4(first)!,
  last: parseIpv4(last)!,
});
const setOf = (...pools: PoolRange[]): PoolSet => new PoolSet(allocatePools(pools));

t.test('addresses above 128.0.0.0 are numbers like any other', async (t) => {
  for (const [first, last] of [
    ['127.255.255.250', '128.0.0.5'],
    ['192.168.255.250', '192.169.0.5'],
    ['223.255.255.250', '223.255.255.254'],
    ['255.255.255.250', '255.255.255.255'],
  ] as const) {
    const pool = range(first, last);
    const pools = setOf(pool);
    for (let address = pool.first; address <= pool.last; address++) {
      t.equal(pools.takeNext(0), address);
      t.equal(pools.blockOf(address), 0);
      t.ok(pools.isTaken(address));
    }
    t.equal(pools.takeNext(0), NO_ADDRESS);
    t.ok(pools.release(pool.last));
    t.equal(pools.takeNext(0), pool.last);
    t.equal(pools.blockOf(pool.first - 1), -1);
    t.equal(pools.blockOf(pool.last + 1), -1);
  }
});

t.test('a pool of a whole /8 finds its last free address at once', async (t) => {
  const pool = range('10.0.0.0', '10.255.255.255');
  const memory = allocatePools([pool]);
  const pools = new PoolSet(memory);
  t.equal(pools.freeCount(0), 2 ** 24);
  const holes = ['10.0.0.0', '10.77.1.3', '10.128.0.0', '10.255.255.255'].map((text) => parseIpv4(text)!);
  for (let address = pool.first; address <= pool.last; address++) pools.take(address);
  for (const hole of holes) pools.release(hole);
  t.same(
    [1, 2, 3, 4].map(() => pools.takeNext(0)),
    holes,
  );
  t.equal(pools.takeNext(0), NO_ADDRESS);
  t.equal(new PoolSet(memory).freeCount(0), 0, 'another thread sees the same');
});

t.test('0.0.0.0 is given to nobody', async (t) => {
  const pools = setOf(range('0.0.0.0', '0.0.0.3'));
  t.equal(pools.freeCount(0), 3);
  t.same(
    [1, 2, 3].map(() => pools.takeNext(0)),
    [1, 2, 3],
  );
  t.equal(pools.takeNext(0), NO_ADDRESS);
});

t.test('an address that is only found stays free, and comes last again', async (t) => {
  const pools = setOf(range('10.0.0.0', '10.0.0.2'));
  const first = parseIpv4('10.0.0.0')!;
  t.equal(pools.findOnward(0), first);
  t.equal(pools.freeCount(0), 3);
  t.same(
    [1, 2, 3].map(() => pools.takeNext(0)),
    [first + 1, first + 2, first],
  );
  t.equal(pools.findOnward(0), NO_ADDRESS);
});

t.test('an address of no pool cannot be taken', async (t) => {
  const pools = setOf(range('10.0.0.0', '10.0.0.40'));
  for (const address of ['10.0.0.41', '9.255.255.255'].map((text) => parseIpv4(text)!)) {
    t.notOk(pools.take(address));
    t.notOk(pools.isTaken(address));
    t.notOk(pools.release(address));
  }
});
