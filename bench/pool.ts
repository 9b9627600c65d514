/** Allocating an address, however full the pool is. */
import { allocatePools, PoolSet } from '../src/lease/pool.ts';
import { type Contender, compare, createRandom, DIGEST_SEED, fold, folding, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

const FIRST = 0x0a000000;
const FILLS = [0.01, 0.5, 0.999];
const RANDOM_SEED = 0xf111;

export const pool: Bench = {
  name: 'pool',
  question: 'What does it cost to take the next free address of a pool of a million and to give it back?',
  run: ({ scale }) => {
    const size = sizeOf(scale, 4096, 1 << 20);
    const operations = sizeOf(scale, 100, 500_000);
    return compare(
      {
        operations,
        sameDigest: false,
        contenders: FILLS.map((fill) => takeAndRelease(fill, size, operations)),
      },
      scale,
    );
  },
};

function takeAndRelease(fill: number, size: number, operations: number): Contender {
  let pools = filledPool(fill, size);
  const work = (): number => {
    let digest = DIGEST_SEED;
    for (let i = 0; i < operations; i++) {
      const address = pools.takeNext(0);
      digest = fold(digest, address);
      pools.release(address);
    }
    return digest;
  };
  return folding(`${fill * 100} % full`, work, () => {
    pools = filledPool(fill, size);
  });
}

/** A pool whose taken addresses lie anywhere. */
function filledPool(fill: number, size: number): PoolSet {
  const pools = new PoolSet(allocatePools([{ first: FIRST, last: FIRST + size - 1 }]));
  const random = createRandom(RANDOM_SEED);
  const free = Math.max(1, Math.round(size * (1 - fill)));
  while (pools.freeCount(0) > free) pools.take(FIRST + (random() % size));
  return pools;
}
