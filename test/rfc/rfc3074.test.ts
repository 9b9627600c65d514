import t from 'tap';
import { parseHex } from '../../src/base/hex.ts';
import { Field } from '../../src/dhcp4/descriptor.ts';
import { NO_SERVER, serverIndexOf } from '../../src/loadbalance/scope.ts';
import { Classifier } from '../../src/wasm/module.ts';
import { DISCOVER, datagram4, option } from '../oracle/datagram4.ts';
import { hashTwin } from '../oracle/hash.ts';
import { classify, field } from '../wasm/batch.ts';

/** Client key, hash, position of the server among two. */
const VECTORS = [
  ['00:00:00:00:00:00', 254, 0],
  ['11:22:33:44:55:66', 66, 0],
  ['0a:0b:0c:0d:0e:0f', 31, 1],
  ['ff:ff:ff:ff:ff:ff', 79, 1],
  ['08:00:2b:2e:d8:5e', 27, 1],
  ['01:0a:0b:0c:0d:0e:0f', 34, 0],
  ['01:11:22:33:44:55:66', 152, 0],
  ['00', 175, 1],
  ['de:ad:be:ef', 208, 0],
  ['00:01:00:01:18:bd:3c:5a:0a:0b:0c:0d:0e:0f', 213, 1],
  ['00:03:00:01:11:22:33:44:55:66', 241, 1],
] as const;

const classifier = new Classifier();

t.test('all interoperable implementations must use this hash function (RFC 3074 section 6)', async (t) => {
  for (const [key, hash] of VECTORS) {
    t.equal(classifier.hash(parseHex(key)!), hash, key);
    t.equal(hashTwin(parseHex(key)!), hash, `${key}, twin`);
  }
});

t.test('the mixing table holds 256 distinct values (RFC 3074 section 6)', async (t) => {
  // With one key byte b the hash is T[1 xor b], so that all one-byte keys together read the whole table.
  const values = new Set(Array.from({ length: 256 }, (_, byte) => classifier.hash(Uint8Array.of(byte))));
  t.equal(values.size, 256);
  t.equal(classifier.hash(Uint8Array.of(1)), 251, 'T[0]');
  t.equal(classifier.hash(Uint8Array.of(254)), 151, 'T[255]');
});

t.test(
  'the hash starts with the key length and takes the key from its last byte (RFC 3074 section 6)',
  async (t) => {
    t.equal(classifier.hash(new Uint8Array(0)), 0, 'an empty key is its length');
    t.not(classifier.hash(Uint8Array.of(1, 2)), classifier.hash(Uint8Array.of(2, 1)), 'order matters');
    // Starting with 2, the last byte 2 enters the table at 0: T[0] = 251; the first byte 0 then at 251: T[251] = 68.
    t.equal(classifier.hash(Uint8Array.of(0, 2)), 68);
    let hash = 0;
    for (let i = 0; i < 256; i++) hash = classifier.hash(Uint8Array.of(hash ^ 1));
    t.equal(classifier.hash(new Uint8Array(256)), hash, 'a length of 256 starts with 0');
  },
);

t.test(
  'the service transaction is identified by attributes of the client request (RFC 3074 section 2.2)',
  async (t) => {
    for (const [key, hash] of VECTORS) {
      const bytes = [...parseHex(key)!];
      classify(
        classifier,
        datagram4({ hlen: bytes.length > 16 ? 6 : bytes.length, chaddr: bytes }),
        datagram4({ options: [...DISCOVER, ...option(61, bytes)] }),
      );
      t.equal(field(classifier, Field.hash, 0), hash, `${key} as chaddr`);
      t.equal(field(classifier, Field.hash, 1), hash, `${key} as client identifier`);
    }
  },
);

t.test(
  'a server is chosen by hash modulo active servers, not by hash buckets (unlike RFC 3074 section 2.2)',
  async (t) => {
    for (const [key, hash, index] of VECTORS) t.equal(serverIndexOf(hash, 2), index, key);
    for (let hash = 0; hash < 256; hash++) t.equal(serverIndexOf(hash, 1), 0, 'one active server takes all');
  },
);

t.test('a query without a key belongs to no server', async (t) => {
  t.equal(serverIndexOf(-1, 2), NO_SERVER);
  t.equal(serverIndexOf(-1, 1), NO_SERVER);
});
