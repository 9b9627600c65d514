/** Threads that hardly get a processor, in some stories: what waits for one comes late, and the others go on without it. */
import { drawRareFaults, type Timed } from './moments.ts';
import { Random } from './random.ts';
import type { SimulatedWorld } from './world.ts';

/** `shard`: all of them. */
export type ThreadRole = 'shard' | 'link' | 'journal' | 'main';

export interface ThreadFault {
  readonly kind: 'starved thread';
  readonly server: number;
  readonly role: ThreadRole;
  /** Every turn comes up to so much late. */
  readonly lateMs: number;
}

/** Between two of them on average. */
const EVERY_SEC = 60;
const ROLES: readonly ThreadRole[] = ['shard', 'link', 'journal', 'main'];
/** From another thread's time slice to a machine that swaps. */
const LATE_MS = [3, 30, 200, 1000];
const FOR_SEC = [0.5, 30, 90, 200];

/** Which threads of a story starve; of most none. @param servers those that there are */
export function threadFaults(seed: number, hours: number, servers: readonly number[]): Timed<ThreadFault>[] {
  const draw = new Random(seed * 32_452_843 + 7);
  return drawRareFaults(draw, { hours, everySec: EVERY_SEC, forSec: FOR_SEC }, () => ({
    kind: 'starved thread',
    server: draw.pick(servers),
    role: draw.pick(ROLES),
    lateMs: draw.pick(LATE_MS),
  }));
}

/** @returns what ends it */
export function starve(world: SimulatedWorld, { server, role, lateMs }: ThreadFault): () => Promise<void> {
  const { name, lateness } = world.machines[server]!;
  lateness.set(role, lateMs);
  world.timeline.note(name, `${role}: up to ${lateMs} ms late`);
  return async () => {
    lateness.delete(role);
    world.timeline.note(name, `${role}: in time again`);
  };
}
