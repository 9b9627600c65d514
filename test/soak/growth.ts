/** How much a server's memory has grown between the second tenth of a long load and its last. */

/** Octets of one process at one moment. */
export interface MemoryInUse {
  /** What the kernel counts: of all threads, with memory that they share. */
  readonly resident: number;
  /** JavaScript objects of the main thread, and what belongs to them outside of its heap. */
  readonly heap: number;
  readonly external: number;
}

export interface MemorySample extends MemoryInUse {
  /** Of the load at that moment, 0..1. */
  readonly done: number;
}

/** The most that resident memory may grow, as a share. */
export const GROWTH_MAX = 0.02;
export const TENTHS = 10;

/**
 * The least of each kind in each tenth: threads of their own collect their garbage now and then, and what is left after that is
 * what counts.
 * @returns null where a tenth has no sample
 */
export function tenthsOf(samples: readonly MemorySample[]): (MemoryInUse | null)[] {
  return Array.from({ length: TENTHS }, (_, tenth) => {
    const within = samples.filter(({ done }) => Math.min(TENTHS - 1, Math.floor(done * TENTHS)) === tenth);
    if (within.length === 0) return null;
    const least = (kind: keyof MemoryInUse): number => Math.min(...within.map((sample) => sample[kind]));
    return { resident: least('resident'), heap: least('heap'), external: least('external') };
  });
}

/**
 * Growth as shares, 0.01 = one percent. In the first tenth memory is touched for the first time and code is compiled; it does
 * not count.
 * @throws when there is no sample from the second tenth or from the last one
 */
export function growthOf(samples: readonly MemorySample[]): MemoryInUse {
  const tenths = tenthsOf(samples);
  const before = tenths[1];
  const after = tenths[TENTHS - 1];
  if (before == null || after == null) throw new Error('the load was too short: a tenth has no sample');
  const growth = (kind: keyof MemoryInUse): number => after[kind] / before[kind] - 1;
  return { resident: growth('resident'), heap: growth('heap'), external: growth('external') };
}
