/** In place of src/base/random.ts. */
import { slot } from './slot.ts';

export function randomBelow(below: number): number {
  return slot.machine.random.below(below);
}
