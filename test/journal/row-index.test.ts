import fc from 'fast-check';
import t from 'tap';
import { RowIndex, type RowPlace } from '../../src/journal/row-index.ts';

interface Place {
  source: number;
  offset: number;
  length: number;
}

t.test('it remembers what a map would, through growth and deletion', async (t) => {
  const step = fc.record({
    address: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 0xffff_ffff })),
    source: fc.integer({ min: 0, max: 2 }),
    offset: fc.integer({ min: 0, max: 2 ** 45 }),
    length: fc.integer({ min: 1, max: 65_535 }),
  });
  const run = fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const index = new RowIndex();
    const oracle = new Map<number, Place>();
    for (const { address, ...place } of steps) {
      if (place.source === 0) {
        index.delete(address);
        oracle.delete(address);
      } else {
        index.set(address, place.source, place.offset, place.length);
        oracle.set(address, place);
      }
    }
    return isSame(index, oracle);
  });
  fc.assert(run, { seed: 20_261_123, numRuns: 300 });
  t.pass('300 histories');
});

t.test('it grows far beyond its first size', async (t) => {
  const index = new RowIndex();
  const oracle = new Map<number, Place>();
  for (let i = 0; i < 50_000; i++) {
    // Addresses of a few subnets, as in a real network: near each other.
    const address = (0x0a00_0000 + (i % 5) * 0x0001_0000 + i) >>> 0;
    const place = { source: 1 + (i & 1), offset: i * 101, length: 1 + (i % 200) };
    index.set(address, place.source, place.offset, place.length);
    oracle.set(address, place);
  }
  t.equal(isSame(index, oracle), true);
});

function isSame(index: RowIndex, oracle: Map<number, Place>): boolean {
  const addresses = [...oracle.keys()].sort((a, b) => a - b);
  const found = index.keys();
  const place: RowPlace = { source: 0, offset: 0, length: 0 };
  return (
    index.live === oracle.size &&
    found.length === addresses.length &&
    addresses.every((address, at) => {
      const expected = oracle.get(address)!;
      index.find(address, place);
      return (
        found[at] === address &&
        place.source === expected.source &&
        place.offset === expected.offset &&
        place.length === expected.length
      );
    })
  );
}
