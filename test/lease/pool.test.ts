import fc from 'fast-check';
import t from 'tap';
import { allocatePools, NO_ADDRESS, PoolSet } from '../../src/lease/pool.ts';

const FIRST = 0x0a000000;

function poolOf(size: number): PoolSet {
  return new PoolSet(allocatePools([{ first: FIRST, last: FIRST + size - 1 }]));
}

t.test('every address is given once, in order, then none', async (t) => {
  for (const size of [1, 2, 31, 32, 33, 1023, 1024, 1025, 40_000]) {
    const pool = poolOf(size);
    t.equal(pool.freeCount(0), size);
    for (let i = 0; i < size; i++) {
      const address = pool.takeNext(0);
      if (address !== FIRST + i) t.fail(`size ${size}: address ${i} is ${address}`);
    }
    t.equal(pool.takeNext(0), NO_ADDRESS, `size ${size} is exhausted`);
    t.equal(pool.freeCount(0), 0);
  }
});

t.test('the only free address of a full pool is found wherever it lies', async (t) => {
  const size = 70_000;
  const pool = poolOf(size);
  for (let i = 0; i < size; i++) pool.takeNext(0);
  for (const index of [0, 1, 31, 32, 1023, 1024, 32_767, 32_768, 65_535, 65_536, size - 1]) {
    t.ok(pool.release(FIRST + index));
    t.equal(pool.takeNext(0), FIRST + index);
    t.equal(pool.takeNext(0), NO_ADDRESS);
  }
});

t.test('an address that was given back is the last to be given away again', async (t) => {
  const pool = poolOf(100);
  for (let i = 0; i < 10; i++) pool.takeNext(0);
  pool.release(FIRST + 3);
  t.equal(pool.takeNext(0), FIRST + 10);
  for (let i = 11; i < 100; i++) pool.takeNext(0);
  t.equal(pool.takeNext(0), FIRST + 3);
});

t.test('the block of an address is found among many, whatever the order of the pools', async (t) => {
  const ranges = [300, 100, 500, 200].map((at) => ({ first: at, last: at + 49 }));
  const pools = new PoolSet(allocatePools(ranges));
  ranges.sort((a, b) => a.first - b.first);
  ranges.forEach(({ first, last }, index) => {
    t.equal(pools.blockOf(first), index);
    t.equal(pools.blockOf(last), index);
    t.equal(pools.blockOf(first - 1), -1);
    t.equal(pools.blockOf(last + 1), -1);
  });
});

t.test('takes and releases agree with a plain set', async () => {
  const operation = fc.record({ what: fc.constantFrom('take', 'release', 'next'), index: fc.nat(149) });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
      const pool = poolOf(150);
      const taken = new Set<number>();
      for (const { what, index } of operations) {
        const address = FIRST + index;
        if (what === 'take') {
          if (pool.take(address) === taken.has(address)) return false;
          taken.add(address);
        } else if (what === 'release') {
          if (pool.release(address) !== taken.delete(address)) return false;
        } else {
          const next = pool.takeNext(0);
          if (next === NO_ADDRESS ? taken.size !== 150 : taken.has(next)) return false;
          if (next !== NO_ADDRESS) taken.add(next);
        }
        if (pool.freeCount(0) !== 150 - taken.size) return false;
      }
      for (let i = 0; i < 150; i++) if (pool.isTaken(FIRST + i) !== taken.has(FIRST + i)) return false;
      return true;
    }),
    { seed: 7, numRuns: 300 },
  );
});
