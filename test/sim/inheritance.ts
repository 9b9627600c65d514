/** The end of a pair: those who give leases are lost for good, and an administrator has a backup stand in for them. */
import { judgeFiles, judgeServed } from './judge.ts';
import { judgeHeir } from './judge-backups.ts';
import type { SimulatedWorld } from './world.ts';

/** Of the state machine, which holds the service of a backup off. */
const ORIGIN = 1000;
const US_PER_SEC = 1e6;
/** Between the end and what the administrator does. */
const NOTICED_SEC = 30;
/** A backup that was started a moment ago can be asked by then. */
const STARTED_SEC = 60;
/** Nothing waits any longer. */
const SILENCE_SEC = 20;

/** @param quietSec for how long the backup serves before all clients must have addresses. Pre: the backups run */
export async function inherit(world: SimulatedWorld, quietSec: number): Promise<void> {
  const { relationship, machines, held, knowledge, timeline, clients } = world;
  const [heir] = relationship.backups as [number];
  // Who was started at this very moment is a process first.
  await world.run(0);
  for (let waitedSec = 0; waitedSec < STARTED_SEC && !world.listens(heir); waitedSec++) await world.run(1);
  timeline.note('story', 'the pair is lost for good');
  for (const index of relationship.active) world.crash(index, true);
  await world.run(NOTICED_SEC);
  await judgeHeir(world, heir);
  const scopes = relationship.active.map((index) => machines[index]!.name);
  // With the first of the two commands it may answer.
  knowledge.changed(heir, 'stands in');
  const isDone =
    (await world.tryCommand(heir, 'ha-scopes', { scopes })) &&
    (await world.tryCommand(heir, 'dhcp-enable', { 'origin-id': ORIGIN }));
  if (!isDone)
    return held.broken({ kind: 'does not stand in', text: `${machines[heir]!.name} refuses`, about: [] });
  const sinceUs = world.agenda.nowUs;
  await world.run(quietSec);
  judgeServed(world, (world.agenda.nowUs - sinceUs) / US_PER_SEC);
  for (const client of clients) client.vanish();
  await world.run(SILENCE_SEC);
  await judgeFiles(world, relationship.backups);
}
