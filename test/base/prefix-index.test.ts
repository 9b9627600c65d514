import fc from 'fast-check';
import t from 'tap';
import { maskOf } from '../../src/base/ipv4.ts';
import { isWithin, type Prefix, PrefixIndex } from '../../src/base/prefix-index.ts';

interface Numbered extends Prefix {
  readonly id: number;
}

const indexOf = (items: readonly Numbered[]): PrefixIndex<Numbered> =>
  new PrefixIndex(
    items,
    (item) => item,
    (a, b) => a.id - b.id,
  );

const prefixes = fc
  .uniqueArray(fc.tuple(fc.nat(0xffff), fc.integer({ min: 0, max: 32 })), {
    selector: ([bits, length]) => `${(((bits << 16) & maskOf(length)) >>> 0).toString(16)}/${length}`,
    maxLength: 60,
  })
  .map((list) =>
    list.map(([bits, prefixLength], id) => ({
      id,
      prefix: ((bits << 16) & maskOf(prefixLength)) >>> 0,
      prefixLength,
    })),
  );

t.test(
  'what contains an address is what one finds by looking at every prefix, in the order asked for',
  async () => {
    const nearTheEdges = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff);
    fc.assert(
      fc.property(prefixes, fc.array(fc.oneof(fc.nat(0xffffffff), nearTheEdges)), (items, addresses) => {
        const index = indexOf(items);
        const edges = items.flatMap(({ prefix, prefixLength }) => [
          prefix,
          (prefix + 2 ** (32 - prefixLength) - 1) >>> 0,
          (prefix - 1) >>> 0,
        ]);
        return [...addresses, ...edges].every((address) => {
          const expected = items.filter((item) => isWithin(item, address)).map(({ id }) => id);
          return (
            index
              .containing(address)
              .map(({ id }) => id)
              .join() === expected.join()
          );
        });
      }),
      { seed: 11, numRuns: 300 },
    );
  },
);

t.test('without prefixes nothing contains anything', async (t) => {
  t.same(indexOf([]).containing(0), []);
  t.same(indexOf([]).containing(0xffffffff), []);
});
