import fc from 'fast-check';
import t from 'tap';
import { poolAt } from '../../../src/engine/subnets/pool-at.ts';

t.test('the pool of an address is the one that looking at every pool finds', async () => {
  const gaps = fc.array(fc.record({ gap: fc.nat(3), size: fc.integer({ min: 1, max: 4 }) }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(gaps, fc.boolean(), (parts, high) => {
      let next = high ? 0xc0a80000 : 0;
      const pools = parts.map(({ gap, size }) => {
        const first = next + gap;
        next = first + size;
        return { first, last: next - 1 };
      });
      for (let address = high ? 0xc0a80000 - 1 : 0; address <= next; address++) {
        const expected = pools.find(({ first, last }) => address >= first && address <= last) ?? null;
        if (poolAt(pools, address) !== expected) return false;
      }
      return true;
    }),
    { seed: 5, numRuns: 200 },
  );
});
