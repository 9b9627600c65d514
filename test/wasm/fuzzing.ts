/** What the fuzz tests of both families do alike: noise in the memory, and batches of datagrams with changed ones among them. */
import fc from 'fast-check';
import { BATCH_MAX } from '../../src/wasm/layout.ts';
import type { Classifier } from '../../src/wasm/module.ts';
import { place } from './batch.ts';

const DATAGRAMS = 100_000;

function next(state: number): number {
  return (Math.imul(state, 1664525) + 1013904223) >>> 0;
}

/** So that a read or write in the wrong place shows. */
export function fillWithNoise({ bytes }: Classifier, seed: number): void {
  let state = seed;
  for (let i = 65536; i < bytes.length; i++) {
    state = next(state);
    bytes[i] = state >>> 24;
  }
}

/** @returns a function that draws whole numbers below its argument, the same ones for the same seed */
export function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = next(state);
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

export interface Agreement {
  readonly classifier: Classifier;
  readonly base: fc.Arbitrary<Uint8Array>;
  readonly seed: number;
  /** Changed ones beside each base; with it a divisor of BATCH_MAX. */
  readonly variants: number;
  readonly variant: (bytes: Uint8Array, seed: number) => Uint8Array;
  /** Of module and twin over a batch that is placed; '' = none. */
  readonly difference: (count: number) => string;
  /** Why datagram i of the batch is malformed, 0 = it is not. */
  readonly reasonOf: (i: number) => number;
}

/** Has module and twin classify 100,000 datagrams. @returns how often each reason was met @throws for the first difference */
export function agreeOnMany(agreement: Agreement): Map<number, number> {
  const { classifier, base, seed, variants, variant, difference, reasonOf } = agreement;
  const perRun = BATCH_MAX / (variants + 1);
  const reasons = new Map<number, number>();
  const seeded = fc.tuple(base, fc.nat(0xffffffff));
  const property = fc.property(fc.array(seeded, { minLength: perRun, maxLength: perRun }), (bases) => {
    const batch = bases.flatMap(([bytes, from]) => [
      bytes,
      ...Array.from({ length: variants }, (_, i) => variant(bytes, from + i)),
    ]);
    place(classifier, batch);
    const found = difference(batch.length);
    if (found !== '') throw new Error(found);
    for (let i = 0; i < batch.length; i++) reasons.set(reasonOf(i), (reasons.get(reasonOf(i)) ?? 0) + 1);
  });
  fc.assert(property, { seed, numRuns: Math.ceil(DATAGRAMS / BATCH_MAX) });
  return reasons;
}
