/** In place of src/base/clock.ts. */
import type { Clock } from '../../../src/base/clock.ts';
import { slot } from './slot.ts';

export type { Clock };

export const systemClock: Clock = {
  wallSec: () => Math.floor(slot.machine.wallMs() / 1000),
  wallMs: () => slot.machine.wallMs(),
  monotonicMs: () => slot.machine.monotonicMs(),
};
