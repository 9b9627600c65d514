/** Finds the name that somebody probably meant. */

/** Names longer than this get no hint: the cost of a comparison grows with the product of the lengths. */
const LENGTH_MAX = 64;
/** Edits that still count as a slip of the pen. */
const EDITS_MAX = 3;

/**
 * The candidate with the fewest inserted, deleted or replaced characters.
 * @returns null when none is close
 */
export function findNearest(wrong: string, candidates: Iterable<string>): string | null {
  if (wrong.length > LENGTH_MAX) return null;
  // A third of a short word replaced makes another word, not a slip.
  let best = Math.min(EDITS_MAX, Math.floor(wrong.length / 3)) + 1;
  let nearest: string | null = null;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wrong.length) >= best) continue;
    const edits = countEdits(wrong, candidate);
    if (edits < best) {
      best = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Levenshtein's distance, one row of the matrix at a time. */
function countEdits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
