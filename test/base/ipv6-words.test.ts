/** Arithmetic on addresses in words is that of 128-bit numbers. */
import fc from 'fast-check';
import t from 'tap';
import {
  addIpv6Units,
  addIpv6Words,
  clearBehindIpv6Unit,
  compareIpv6Words,
  ipv6UnitsBetween,
  isIpv6UnitStart,
} from '../../src/base/ipv6-words.ts';

const ALL = 1n << 128n;
const WORD = 1n << 32n;

function wordsOf(value: bigint): Uint32Array {
  return Uint32Array.from({ length: 4 }, (_, i) => Number((value >> BigInt(96 - 32 * i)) % WORD));
}

const numberOf = (words: Uint32Array): bigint =>
  words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
const size = (length: number): bigint => 1n << BigInt(128 - length);

/** Numbers of any magnitude, often beside a power of two. */
const anyValue = fc
  .tuple(fc.bigInt(0n, ALL - 1n), fc.nat(128), fc.bigInt(-2n, 2n))
  .map(([value, bits, near]) => ((value >> BigInt(bits)) + (bits % 3 === 0 ? near : 0n) + ALL) % ALL);
const startOf = (value: bigint, length: number): bigint => {
  const words = wordsOf(value);
  clearBehindIpv6Unit(words, 0, length);
  return numberOf(words);
};
const anyLength = fc.integer({ min: 1, max: 128 });
const runs = { seed: 11, numRuns: 5000 };

t.test('addresses compare as numbers do', async () => {
  fc.assert(
    fc.property(anyValue, anyValue, (a, b) => {
      const sign = Math.sign(compareIpv6Words(wordsOf(a), 0, wordsOf(b), 0));
      return sign === (a < b ? -1 : a > b ? 1 : 0) && compareIpv6Words(wordsOf(a), 0, wordsOf(a), 0) === 0;
    }),
    runs,
  );
});

t.test('units are added, and counted between two addresses', async () => {
  fc.assert(
    fc.property(anyValue, fc.integer({ min: 0, max: 0xffff_ffff }), anyLength, (value, units, length) => {
      const words = wordsOf(value);
      addIpv6Units(words, 0, units, length);
      const sum = value + BigInt(units) * size(length);
      if (numberOf(words) !== sum % ALL) return false;
      if (sum >= ALL) return true;
      return ipv6UnitsBetween(wordsOf(value), 0, words, 0, length) === units;
    }),
    runs,
  );
});

t.test('of more units between two addresses than a word counts, the lowest bits are told', async () => {
  fc.assert(
    fc.property(anyValue, anyValue, anyLength, (a, b, length) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const units = ipv6UnitsBetween(wordsOf(low), 0, wordsOf(high), 0, length);
      return BigInt(units) === ((high - low) / size(length)) % WORD;
    }),
    runs,
  );
});

t.test('a unit starts where nothing stands behind its prefix', async () => {
  fc.assert(
    fc.property(anyValue, anyLength, (value, length) => {
      const start = (value / size(length)) * size(length);
      return (
        isIpv6UnitStart(wordsOf(start), 0, length) &&
        isIpv6UnitStart(wordsOf(value), 0, length) === (start === value) &&
        startOf(value, length) === start
      );
    }),
    runs,
  );
});

t.test('distances are added', async () => {
  fc.assert(
    fc.property(anyValue, anyValue, (a, b) => {
      const words = wordsOf(a);
      addIpv6Words(words, 0, wordsOf(b), 0);
      return a + b >= ALL || numberOf(words) === a + b;
    }),
    runs,
  );
});
