/** Pools that overlap share their addresses: what one gives, no other gives. */
import fc from 'fast-check';
import t from 'tap';
import { allocatePools, NO_ADDRESS, type PoolRange, PoolSet } from '../../src/lease/pool.ts';
import { unionOf } from '../../src/lease/pool-blocks.ts';

const FIRST = 0x0a000000;
const range = (first: number, last: number): PoolRange => ({ first: FIRST + first, last: FIRST + last });

t.test('an address of two pools is given once', async (t) => {
  const pools = new PoolSet(allocatePools([range(0, 9), range(5, 14)]));
  const given = [0, 1].flatMap((pool) => Array.from({ length: 10 }, () => pools.takeNext(pool)));
  t.same(
    given.filter((address) => address !== NO_ADDRESS).sort(),
    Array.from({ length: 15 }, (_, i) => FIRST + i),
  );
  t.equal(pools.takeNext(0), NO_ADDRESS);
  t.ok(pools.release(FIRST + 7));
  t.equal(pools.takeNext(1), FIRST + 7);
  t.equal(pools.takeNext(0), NO_ADDRESS);
});

t.test('pools that only touch stay apart', async (t) => {
  t.same(unionOf([range(10, 19), range(0, 9), range(30, 39), range(35, 36), range(36, 45)]), [
    range(0, 9),
    range(10, 19),
    range(30, 45),
  ]);
});

t.test('what was set aside is found by nobody and never comes free', async (t) => {
  const pools = new PoolSet(allocatePools([range(0, 3), range(2, 5)], [FIRST + 2, FIRST + 99]));
  t.equal(pools.freeCount(0), 5);
  t.ok(pools.isAside(FIRST + 2));
  t.notOk(pools.isAside(FIRST + 99), 'no pool has it');
  t.notOk(pools.release(FIRST + 2));
  t.same(
    [0, 0, 0, 0].map((pool) => pools.takeNext(pool)),
    [FIRST, FIRST + 1, FIRST + 3, NO_ADDRESS],
  );
  t.notOk(pools.take(FIRST + 2));
});

t.test('any pools, any operations: as with plain sets', async () => {
  const ranges = fc.array(fc.tuple(fc.nat(120), fc.nat(40)), { minLength: 1, maxLength: 8 });
  const operation = fc.record({
    what: fc.constantFrom('take', 'release', 'next', 'onward', 'start'),
    pick: fc.nat(170),
  });
  const aside = fc.uniqueArray(fc.nat(170), { maxLength: 10 });
  fc.assert(
    fc.property(ranges, aside, fc.array(operation, { maxLength: 300 }), (list, kept, operations) => {
      const pools = list.map(([first, size]) => range(first, first + size));
      const holds = (address: number): boolean =>
        pools.some(({ first, last }) => address >= first && address <= last);
      const set = new PoolSet(
        allocatePools(
          pools,
          kept.map((each) => FIRST + each),
        ),
      );
      const taken = new Set(kept.map((each) => FIRST + each));
      for (const { what, pick } of operations) {
        const address = FIRST + pick;
        const pool = pick % pools.length;
        if (what === 'take' && set.take(address) !== (holds(address) && !taken.has(address))) return false;
        if (what === 'take' && holds(address)) taken.add(address);
        const mayRelease = holds(address) && taken.has(address) && !kept.includes(pick);
        if (what === 'release' && set.release(address) !== mayRelease) return false;
        if (what === 'release' && mayRelease) taken.delete(address);
        if (what === 'start') set.startAt(pool, pools[pool]!.first);
        if (what !== 'next' && what !== 'onward') continue;
        const next = what === 'next' ? set.takeNext(pool) : set.takeOnward(pool);
        const { first, last } = pools[pool]!;
        if (next !== NO_ADDRESS && (next < first || next > last || taken.has(next))) return false;
        const free = Array.from({ length: last - first + 1 }, (_, i) => first + i).some(
          (each) => !taken.has(each),
        );
        if (what === 'next' && (next !== NO_ADDRESS) !== free) return false;
        if (next !== NO_ADDRESS) taken.add(next);
      }
      for (let pick = 0; pick <= 170; pick++) {
        const isTaken = holds(FIRST + pick) && taken.has(FIRST + pick);
        if (set.isTaken(FIRST + pick) !== isTaken) return false;
      }
      return true;
    }),
    { seed: 5, numRuns: 400 },
  );
});
