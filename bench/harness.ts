/**
 * Micro benchmarks: contenders do the same work in turn, round after round in one process, so that a slow moment of the
 * machine hits all of them; medians are compared. Each run leaves a digest of what it computed, which must never change
 * and, among rivals, must be equal: nobody can be faster by leaving work out.
 */
import type { BenchTable, Scale } from './model.ts';

export interface Contender {
  readonly name: string;
  /** Gets ready for one `run`; not timed. */
  readonly prepare?: () => void;
  /** Does the work once. */
  readonly run: () => void;
  /** What the last `run` computed, folded into a u32; not timed. */
  readonly digest: () => number;
  /** Operations that one `run` does, when they are not the comparison's. */
  readonly operations?: number;
}

export interface Comparison {
  /** Operations that one `run` does. */
  readonly operations: number;
  /** The first is the one that the others are compared with. */
  readonly contenders: readonly Contender[];
  /** Whether all contenders compute the same. */
  readonly sameDigest: boolean;
}

export interface Timing {
  readonly name: string;
  readonly medianNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly digest: number;
}

const ROUNDS = { tiny: 1, quick: 5, full: 15 } as const satisfies Record<Scale, number>;

/** Rounds that a scale asks for, warm-up not counted. */
export function roundsOf(scale: Scale): number {
  return ROUNDS[scale];
}

/** `tiny` of a size for tests, `full` of it for real runs. */
export function sizeOf(scale: Scale, tiny: number, full: number): number {
  return scale === 'tiny' ? tiny : full;
}

/**
 * Times the contenders in turn; one round more at the start is thrown away.
 * @throws when a digest differs between rounds or, for rivals, between contenders
 */
export function time(comparison: Comparison, rounds: number): Timing[] {
  const runs = comparison.contenders.map((contender) => ({ contender, ns: [] as number[], digest: -1 }));
  for (let round = 0; round <= rounds; round++) {
    for (const run of runs) {
      const { ns, digest } = timeOnce(run.contender, comparison.operations);
      if (round > 0) run.ns.push(ns);
      requireSame(run.contender.name, run.digest, digest);
      run.digest = digest;
    }
  }
  if (comparison.sameDigest) {
    for (const run of runs) requireSame(run.contender.name, runs[0]!.digest, run.digest);
  }
  return runs.map(({ contender, ns, digest }) => ({ name: contender.name, ...spreadOf(ns), digest }));
}

function timeOnce(contender: Contender, operations: number): { ns: number; digest: number } {
  contender.prepare?.();
  const begin = performance.now();
  contender.run();
  const ns = ((performance.now() - begin) * 1e6) / (contender.operations ?? operations);
  return { ns, digest: contender.digest() >>> 0 };
}

function requireSame(name: string, before: number, now: number): void {
  if (before !== -1 && before !== now) {
    throw new Error(`${name} computed ${now.toString(16)}, expected ${before.toString(16)}`);
  }
}

function spreadOf(ns: readonly number[]): { medianNs: number; lowNs: number; highNs: number } {
  return { medianNs: median(ns), lowNs: Math.min(...ns), highNs: Math.max(...ns) };
}

/** The middle value; the lower one of two. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

/** Times a comparison and lays it out as a table. */
export function compare(comparison: Comparison, scale: Scale): BenchTable {
  const timings = time(comparison, roundsOf(scale));
  const base = timings[0]!.medianNs;
  return {
    columns: ['contender', 'ns each, median', 'lowest to highest', 'each second', 'time against the first'],
    rows: timings.map((timing) => [
      timing.name,
      formatNumber(timing.medianNs),
      `${formatNumber(timing.lowNs)} to ${formatNumber(timing.highNs)}`,
      formatNumber(1e9 / timing.medianNs),
      `${(timing.medianNs / base).toFixed(2)}`,
    ]),
    digest: timings.map((timing) => timing.digest.toString(16).padStart(8, '0')).join(' '),
  };
}

/** Three significant figures, thousands separated. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** A contender whose work itself yields the digest, because nothing else may be left of it. */
export function folding(name: string, work: () => number, prepare?: () => void): Contender {
  let digest = 0;
  return {
    name,
    ...(prepare !== undefined && { prepare }),
    run: () => {
      digest = work();
    },
    digest: () => digest,
  };
}

/** Folds a number into a digest (FNV-1a over its four octets); begin with `DIGEST_SEED`. */
export function fold(digest: number, value: number): number {
  for (let shift = 0; shift < 32; shift += 8) {
    digest = Math.imul(digest ^ ((value >>> shift) & 0xff), 0x01000193);
  }
  return digest >>> 0;
}

/** Folds octets into a digest. */
export function foldBytes(digest: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) digest = Math.imul(digest ^ bytes[i]!, 0x01000193);
  return digest >>> 0;
}

export const DIGEST_SEED = 0x811c9dc5;

/** Numbers that look random and are the same in every run (xorshift32). @param seed not 0 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
