/** The story of a seed: a pair with its clients, faults one after the other, then quiet, and what must hold then. */
import { configurationOf } from './configuration.ts';
import type { Family } from './family.ts';
import type { ServerImage } from './images.ts';
import { judgeRest, judgeTables } from './judge.ts';
import type { Violation } from './leases-held.ts';
import { Random } from './random.ts';
import type { Timeline } from './timeline.ts';
import { SimulatedWorld } from './world.ts';

export interface StoryOptions {
  readonly family: Family;
  readonly seed: number;
  readonly hours: number;
  readonly isDetailed: boolean;
}

export interface StoryOutcome {
  readonly summary: string;
  /** Leases that clients were told of. */
  readonly acknowledged: number;
  readonly simulatedSec: number;
  readonly violations: readonly Violation[];
  readonly timeline: Timeline;
}

const SEC_PER_HOUR = 3600;
/** Longer than any wait of the protocol: after it everything must be well. */
const QUIET_SEC = 900;
/** After so much normal operation both servers have the same leases. */
const SETTLED_SEC = 15;

export async function tellStory(
  images: readonly ServerImage[],
  { family, seed, hours, isDetailed }: StoryOptions,
): Promise<StoryOutcome> {
  const draw = new Random(seed * 7919 + 1);
  const mode = draw.chance(0.5) ? 'hot-standby' : 'load-balancing';
  const clients = draw.between(4, 24);
  const leaseSec = draw.pick([120, 300, 900]);
  const settings = {
    mode,
    leaseSec,
    addresses: clients + draw.between(0, 6),
    shards: draw.between(1, 3),
    unacked: draw.between(0, 3),
  };
  const configurations = [1, 2].map((number) => configurationOf(family, number, settings));
  const world = new SimulatedWorld(images, { family, seed, isDetailed, configurations, clients });
  world.timeline.note('story', JSON.stringify({ ...settings, clients }));
  const faults: Record<string, number> = {};
  let problem: Violation | null = null;
  try {
    world.boot(0);
    world.boot(1);
    await world.run(40);
    for (const client of world.clients) client.start();
    await live(world, hours * SEC_PER_HOUR, faults);
    await heal(world);
  } catch (error) {
    problem = { kind: 'fault', text: String((error as Error).stack), about: [] };
  }
  const violations = [...world.held.violations, ...(problem === null ? [] : [problem])];
  const faultText = Object.entries(faults)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
  return {
    summary: `${mode}, ${clients} clients, ${world.held.acknowledged} leases acknowledged, ${world.packets} packets, ${world.steps} steps; ${faultText}; ${world.held.splitBrains} by split brain`,
    acknowledged: world.held.acknowledged,
    simulatedSec: world.agenda.nowUs / 1e6,
    violations,
    timeline: world.timeline,
  };
}

/** Things happen to servers, networks and clients. */
async function live(world: SimulatedWorld, seconds: number, faults: Record<string, number>): Promise<void> {
  const { random } = world;
  const count = (name: string): void => {
    faults[name] = (faults[name] ?? 0) + 1;
  };
  world.packetFaults.loss = random.pick([0, 0.01, 0.1]);
  world.packetFaults.duplication = random.pick([0, 0.05]);
  world.packetFaults.delayMsMax = random.pick([2, 20, 300]);
  const endUs = world.agenda.nowUs + seconds * 1e6;
  let nextFaultUs = world.agenda.nowUs + random.between(20, 400) * 1e6;
  while (world.agenda.nowUs < endUs) {
    await world.run(random.between(1, 20));
    const client = random.pick(world.clients);
    if (random.chance(0.2)) {
      const what = random.below(5);
      if (what === 0) client.release();
      else if (what === 1) client.vanish();
      else if (what === 2 && random.chance(0.2)) client.decline();
      else if (client.isAway) client.start();
    }
    if (random.chance(0.05) && world.areNormal(SETTLED_SEC)) await judgeTables(world);
    if (world.agenda.nowUs < nextFaultUs) continue;
    nextFaultUs = world.agenda.nowUs + random.between(20, 600) * 1e6;
    await happen(world, count);
  }
}

async function happen(world: SimulatedWorld, count: (name: string) => void): Promise<void> {
  const { random } = world;
  const index = random.below(2);
  const forSec = random.pick([0.001, 0.5, 5, 30, 90, 200]);
  switch (random.below(5)) {
    case 0:
    case 1: {
      const isPowerFailure = random.chance(0.5);
      count(isPowerFailure ? 'power failures' : 'kills');
      world.crash(index, isPowerFailure);
      await world.run(forSec);
      if (!world.machines[index]!.isRunning) world.boot(index);
      break;
    }
    case 2: {
      count('partitions');
      const isBothWays = random.chance(0.6);
      world.cut(index, 1 - index, true);
      if (isBothWays) world.cut(1 - index, index, true);
      await world.run(forSec);
      world.cut(index, 1 - index, false);
      world.cut(1 - index, index, false);
      break;
    }
    case 3:
      count('clients cut off');
      world.cutClients(index, true);
      await world.run(forSec);
      world.cutClients(index, false);
      break;
    case 4:
      count('disks in trouble');
      world.machines[index]!.disk.trouble = random.pick(['full', 'sync'] as const);
      world.timeline.note(world.machines[index]!.name, `disk: ${world.machines[index]!.disk.trouble}`);
      await world.run(forSec);
      world.machines[index]!.disk.trouble = 'none';
      world.timeline.note(world.machines[index]!.name, 'disk: well');
  }
}

/** All is well again, and stays so until everything must have recovered. */
async function heal(world: SimulatedWorld): Promise<void> {
  Object.assign(world.packetFaults, { loss: 0, duplication: 0, delayMsMax: 3 });
  world.timeline.note('story', 'all is well from here on');
  world.machines.forEach((machine, index) => {
    machine.disk.trouble = 'none';
    if (!machine.isRunning) world.boot(index);
  });
  for (const client of world.clients) if (client.isAway) client.start();
  for (let waitedSec = 0; waitedSec < QUIET_SEC && !world.areNormal(SETTLED_SEC); waitedSec += SETTLED_SEC)
    await world.run(SETTLED_SEC);
  // Before the clients have renewed everything.
  await judgeTables(world);
  await world.run(QUIET_SEC);
  judgeRest(world, QUIET_SEC);
}
