/** When the faults of a kind begin in a story, and for how long. */
import type { Random } from './random.ts';

const SEC_PER_HOUR = 3600;
/** Nothing happens before the servers have come to rest. */
const FIRST_SEC = 20;
/** Of all stories those in which something happens that is not of each. */
const SHARE = 0.3;

export type Timed<Fault> = Fault & { readonly atSec: number; readonly forSec: number };

/** How often something happens in a story. */
export interface Pace {
  readonly hours: number;
  /** Between two of them on average. */
  readonly everySec: number;
  /** How long one may last. */
  readonly forSec: readonly number[];
}

/** Faults in their order. What each is and how long it lasts is drawn between its time and that of the next one. */
export function drawFaults<Fault>(draw: Random, pace: Pace, drawFault: () => Fault): Timed<Fault>[] {
  const { hours, everySec, forSec } = pace;
  const faults: Timed<Fault>[] = [];
  for (
    let atSec = draw.between(FIRST_SEC, everySec);
    atSec < hours * SEC_PER_HOUR;
    atSec += draw.between(1, 2 * everySec)
  )
    faults.push({ ...drawFault(), atSec, forSec: draw.pick(forSec) });
  return faults;
}

/** The same of what happens in three stories of ten; in the others there is none. */
export function drawRareFaults<Fault>(draw: Random, pace: Pace, drawFault: () => Fault): Timed<Fault>[] {
  return draw.chance(SHARE) ? drawFaults(draw, pace, drawFault) : [];
}
