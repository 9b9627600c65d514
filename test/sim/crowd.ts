/** Everybody comes and goes at once, in some stories: a school bell, or a street whose power fails and returns. */
import { drawRareFaults, type Timed } from './moments.ts';
import { Random } from './random.ts';
import type { SimulatedWorld } from './world.ts';

export interface Crowd {
  readonly kind: 'crowd';
  /** From one client that comes or goes to the next one, on average. */
  readonly everyMs: number;
}

/** Between two of them on average. */
const EVERY_SEC = 120;
const EVERY_MS = [30, 200, 1000];
const FOR_SEC = [2, 10, 30];
const US_PER_MS = 1000;

/** When crowds come in a story; in most none does. */
export function crowds(seed: number, hours: number): Timed<Crowd>[] {
  const draw = new Random(seed * 49_979_687 + 11);
  const pace = { hours, everySec: EVERY_SEC, forSec: FOR_SEC };
  return drawRareFaults(draw, pace, () => ({ kind: 'crowd', everyMs: draw.pick(EVERY_MS) }));
}

/** @returns what ends it */
export function gather({ agenda, random, clients }: SimulatedWorld, { everyMs }: Crowd): () => Promise<void> {
  let isOver = false;
  const next = (): void => {
    if (isOver) return;
    const client = random.pick(clients);
    if (client.isAway) client.start();
    else client.release();
    agenda.after(random.between(1, 2 * everyMs * US_PER_MS), next, true);
  };
  next();
  return async () => {
    isOver = true;
  };
}
