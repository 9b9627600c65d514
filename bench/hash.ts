/** The RFC 3074 hash of a client key: does the WebAssembly module earn the call into it? */
import { Classifier } from '../src/wasm/module.ts';
import { hashTwin } from '../test/oracle/hash.ts';
import { CLIENT_ID_BYTES, createClientIds } from './clients.ts';
import { compare, DIGEST_SEED, fold, folding, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

const KEYS = 4096;

export const hash: Bench = {
  name: 'hash',
  question: 'What does the RFC 3074 hash of one client key cost outside of a batch?',
  run: ({ scale }) => {
    const classifier = new Classifier();
    const ids = createClientIds(KEYS);
    const passes = sizeOf(scale, 1, 200);
    const work = (hashOf: (from: number, end: number) => number) => () => {
      let digest = DIGEST_SEED;
      for (let pass = 0; pass < passes; pass++) {
        for (let from = 0; from < ids.length; from += CLIENT_ID_BYTES) {
          digest = fold(digest, hashOf(from, from + CLIENT_ID_BYTES));
        }
      }
      return digest;
    };
    return compare(
      {
        operations: KEYS * passes,
        sameDigest: true,
        contenders: [
          folding(
            'WebAssembly',
            work((from, end) => classifier.hash(ids.subarray(from, end))),
          ),
          folding(
            'TypeScript twin',
            work((from, end) => hashTwin(ids, from, end)),
          ),
        ],
      },
      scale,
    );
  },
};
