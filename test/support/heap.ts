/** How much memory this process really needs. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc') as () => void;

/** Octets of the heap that are in use when everything that nobody needs is gone. */
export function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/**
 * Octets by which the heap has grown in `rounds` rounds, after as many that warmed up: compiled code and what it knows of its
 * types are heap too, and a busy machine compiles later. Counted in rounds, not in time, so that a leak shows on every machine.
 */
export function heapGrowth(round: () => void, rounds: number): number {
  const settled = heapAfter(round, rounds);
  return heapAfter(round, rounds) - settled;
}

/** The least of several looks: a compilation that is under way holds some hundred KiB for a moment. */
function heapAfter(round: () => void, rounds: number): number {
  let least = Infinity;
  for (let count = 0; count < rounds; count++) {
    round();
    if (count >= rounds - LOOKS) least = Math.min(least, heapBytes());
  }
  return least;
}

const LOOKS = 3;
