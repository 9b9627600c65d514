/** How much a server's memory has grown between the beginning of a long load and its end. */

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
/** Tenths at either end. */
const COMPARED = 3;

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

/** The least of some tenths. @throws when none of them has a sample */
function leastOf(tenths: readonly (MemoryInUse | null)[]): MemoryInUse {
  const sampled = tenths.filter((tenth) => tenth !== null);
  if (sampled.length === 0) throw new Error('the load was too short: there are no samples');
  const least = (kind: keyof MemoryInUse): number => Math.min(...sampled.map((tenth) => tenth[kind]));
  return { resident: least('resident'), heap: least('heap'), external: least('external') };
}

/**
 * Growth from the second to fourth tenth to the eighth to tenth, as shares, 0.01 = one percent. In the first tenth memory is
 * touched for the first time and code is compiled; it does not count. Each time it is the least of three: the threads of
 * clean-ups come and go, with megabytes each.
 * @throws when there is no sample from the one or the other
 */
export function growthOf(samples: readonly MemorySample[]): MemoryInUse {
  const tenths = tenthsOf(samples);
  const before = leastOf(tenths.slice(1, 1 + COMPARED));
  const after = leastOf(tenths.slice(-COMPARED));
  const growth = (kind: keyof MemoryInUse): number => after[kind] / before[kind] - 1;
  return { resident: growth('resident'), heap: growth('heap'), external: growth('external') };
}
