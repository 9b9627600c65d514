/** When the faults of a kind begin in a story. */
import type { Random } from './random.ts';

const SEC_PER_HOUR = 3600;
/** Nothing happens before the servers have come to rest. */
const FIRST_SEC = 20;

/**
 * Times in seconds, in their order. Each is drawn when it is asked for, so that what happens at one is drawn between it and the next.
 * @param everySec between two of them on average
 */
export function* momentsOf(draw: Random, everySec: number, hours: number): Generator<number> {
  let atSec = draw.between(FIRST_SEC, everySec);
  while (atSec < hours * SEC_PER_HOUR) {
    yield atSec;
    atSec += draw.between(1, 2 * everySec);
  }
}
