/** Wall clocks of servers that jump and drift, in some stories, and what administrators do about it. */
import { drawRareFaults, type Timed } from './moments.ts';
import { Random } from './random.ts';
import type { SimulatedWorld } from './world.ts';

export interface ClockFault {
  readonly kind: 'clock';
  readonly server: number;
  readonly jumpSec: number;
  readonly driftPerMille: number;
}

/** Between two of them on average. */
const EVERY_SEC = 120;
/** From what nobody notices, over what is warned of, and what ends the pair, to wrong time zones and years. */
const JUMPS_SEC = [0, 1, 5, 20, 45, 45, 90, 600, 7200];
const DRIFTS_PER_MILLE = [0, 0, 0, -50, 0.2, 100];
const FOR_SEC = [0.5, 30, 90, 200];
/** What was declined when a clock was ahead comes back late: the clients have other addresses meanwhile. */
export const SPARE_ADDRESSES = 12;
/** Of the last resort: one server waits for the other. */
const APART_SEC = 1;

/** What the clocks of a story do; most have none of it. Pre: as many faults as there are stay within the story. */
export function clockFaults(seed: number, hours: number, servers: readonly number[]): Timed<ClockFault>[] {
  const draw = new Random(seed * 104_729 + 3);
  return drawRareFaults(draw, { hours, everySec: EVERY_SEC, forSec: FOR_SEC }, () => {
    const jumpSec = draw.pick(JUMPS_SEC) * draw.pick([1, -1]);
    const driftPerMille = draw.pick(DRIFTS_PER_MILLE);
    return { kind: 'clock', server: draw.pick(servers), jumpSec, driftPerMille };
  });
}

/** @returns what ends it */
export function disturbClock(world: SimulatedWorld, fault: ClockFault): () => Promise<void> {
  const { clock, name } = world.machines[fault.server]!;
  const { jumpSec, driftPerMille } = fault;
  clock.disturb(jumpSec, driftPerMille);
  world.timeline.note(name, `its clock jumps by ${jumpSec} s and drifts by ${driftPerMille} in 1000`);
  return async () => {
    clock.setRight();
    world.timeline.note(name, 'its clock is set right');
    await restartTerminated(world);
  };
}

/** Servers that have ended the pair are started anew, both within a short time, when the clocks are right again. */
export async function restartTerminated(world: SimulatedWorld): Promise<void> {
  const { active } = world.relationship;
  const areRight = active.every((server) => Math.abs(world.machines[server]!.clock.offsetMs) < 1);
  if (!areRight || active.every((server) => world.knowledge.states[server] !== 'terminated')) return;
  for (const server of active) {
    // Whoever has just been started begins before it ends.
    await world.run(APART_SEC);
    world.crash(server, false);
    if (!world.machines[server]!.isRunning) world.boot(server);
  }
}
