/** HalfSipHash: the vectors of its authors, and that nobody else knows the key. */
import t from 'tap';
import { allocateHashKey, KeyedHash } from '../../src/base/keyed-hash.ts';

function keyOf(octets: readonly number[]): SharedArrayBuffer {
  const key = new SharedArrayBuffer(8);
  new Uint8Array(key).set(octets);
  return key;
}

function outputOf(hash: KeyedHash, octets: readonly number[]): string {
  // Not at the beginning of the memory, and with something behind.
  hash.hash({ bytes: Uint8Array.from([9, 9, 9, ...octets, 7]), offset: 3, length: octets.length });
  const output = Buffer.alloc(8);
  output.writeUInt32LE(hash.low, 0);
  output.writeUInt32LE(hash.high, 4);
  return output.toString('hex');
}

/** Of 0, 1, 2, ... octets that count up, with a key that does; vectors_hsip64 of https://github.com/veorq/SipHash. */
const VECTORS = ['218d1f59b9b83cc8', 'be552412f8387315'];

t.test('the vectors of the authors', async (t) => {
  const hash = new KeyedHash(keyOf([0, 1, 2, 3, 4, 5, 6, 7]));
  VECTORS.forEach((vector, length) => {
    t.equal(outputOf(hash, [...Array(length).keys()]), vector);
  });
});

t.test('every octet and the length count, and so does the key', async (t) => {
  const hash = new KeyedHash(allocateHashKey());
  const inputs = Array.from({ length: 40 }, (_, length) => [...Array(length).keys()]);
  const changed = inputs.flatMap((input) =>
    input.map((_, at) => input.map((each, i) => (i === at ? 255 : each))),
  );
  const outputs = [...inputs, ...changed].map((input) => outputOf(hash, input));
  t.equal(new Set(outputs).size, outputs.length);
  t.not(outputOf(new KeyedHash(allocateHashKey()), [1]), outputOf(hash, [1]));
  t.equal(outputOf(hash, [1]), outputOf(hash, [1]));
});
