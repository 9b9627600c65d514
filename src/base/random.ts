/** The one door to chance, for what need not be secret. */

/** A random integer, 0..below-1. @param below 1..2^32 */
export function randomBelow(below: number): number {
  return Math.floor(Math.random() * below);
}
