/** A story: a pair with its clients, the faults of its plan, then quiet, and what must hold then. */

import { restartTerminated } from './clock-faults.ts';
import { configurationOf } from './configuration.ts';
import type { Family } from './family.ts';
import { begin, endMaintenance } from './faults.ts';
import type { ServerImage } from './images.ts';
import { inherit } from './inheritance.ts';
import { isAtRest, judgeBooks, judgeRest, judgeTables } from './judge.ts';
import { completeBackups, judgeFollowing } from './judge-backups.ts';
import { keaImage } from './kea/image.ts';
import type { Violation } from './leases-held.ts';
import type { PlannedFault, StoryPlan } from './plan.ts';
import { membersOf, relationshipOf } from './relationship.ts';
import type { Timeline } from './timeline.ts';
import { SimulatedWorld } from './world.ts';

export interface StoryOutcome {
  readonly summary: string;
  /** Leases that clients were told of. */
  readonly acknowledged: number;
  readonly simulatedSec: number;
  readonly packets: number;
  /** How often a server has begun to serve alone. */
  readonly takeovers: number;
  /** Leases that clients have lost because their time was over. */
  readonly expired: number;
  /** Addresses that a server gave to somebody else because its clock was ahead. */
  readonly overByClock: number;
  /** How often a server has warned of clocks that are apart, and how often the pair has ended for that. */
  readonly clockWarnings: number;
  readonly terminations: number;
  /** Addresses that were given twice as the protocol allows. */
  readonly allowed: number;
  /** How many of a kind there were. */
  readonly faults: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
  readonly timeline: Timeline;
}

const US_PER_SEC = 1e6;
const SEC_PER_HOUR = 3600;
/** The world counts whole microseconds: of less no time passes. */
const INSTANT_SEC = 1 / US_PER_SEC;
/** Longer than any wait of the protocol: within it everything must be well. */
const QUIET_SEC = 900;
/** And stay so. */
const REST_SEC = 60;
/** After so much normal operation both servers have the same leases. */
const SETTLED_SEC = 15;
/** After a fault, until what it has held up is done: two heartbeats and what they set going. */
const RECOVERED_SEC = 40;
/** Nothing waits for a partner any longer. */
const SILENCE_SEC = 20;
/** The servers are in their normal state by then. */
const BEGINNING_SEC = 40;

/** @param isDetailed the timeline has every packet */
export async function tellStory(
  images: readonly ServerImage[],
  family: Family,
  plan: StoryPlan,
  isDetailed = false,
): Promise<StoryOutcome> {
  const story = new Story(images, family, plan, isDetailed);
  await story.tell();
  return story.outcome();
}

/** Something that is to happen at a time, s. */
interface Event {
  readonly atSec: number;
  readonly happen: () => Promise<void>;
}

class Story {
  readonly #plan: StoryPlan;
  readonly #world: SimulatedWorld;
  readonly #faults = new Map<string, number>();
  readonly #events: Event[] = [];
  /** Faults that are not over. */
  #atWork = 0;
  #wellSinceSec = 0;
  #problem: Violation | null = null;

  constructor(images: readonly ServerImage[], family: Family, plan: StoryPlan, isDetailed: boolean) {
    const { seed, clients, pair, partner } = plan;
    const relationship = relationshipOf(pair);
    const configurations = membersOf(relationship).map((at) => configurationOf(family, at + 1, pair));
    this.#plan = plan;
    const isWithKea = partner === 'kea';
    const servers = images.map((image, index) => (isWithKea && index === plan.keaAt ? keaImage() : image));
    this.#world = new SimulatedWorld(servers, {
      family,
      seed,
      isDetailed,
      relationship,
      configurations,
      clients,
      acquaintance: isWithKea ? 'strangers' : partner,
    });
    this.#world.timeline.note('story', JSON.stringify(plan));
  }

  async tell(): Promise<void> {
    const world = this.#world;
    try {
      for (const index of world.machines.keys()) world.boot(index);
      await world.run(BEGINNING_SEC);
      for (const client of world.clients) client.start();
      await this.#live();
      await this.#heal();
    } catch (error) {
      this.#problem = {
        kind: 'fault',
        atUs: world.agenda.nowUs,
        text: String((error as Error).stack),
        about: [],
      };
    }
  }

  outcome(): StoryOutcome {
    const { held, packets, steps, agenda, timeline } = this.#world;
    const { pair, clients, partner } = this.#plan;
    const faults = [...this.#faults].map(([kind, count]) => `${count} ${kind}`).join(', ');
    return {
      summary: `${partner}, ${pair.mode}, ${clients} clients, ${held.acknowledged} leases acknowledged, ${packets} packets, ${steps} steps; ${faults}; ${held.splitBrains} given twice as allowed, ${held.overByClock} by a clock`,
      acknowledged: held.acknowledged,
      packets,
      allowed: held.splitBrains,
      overByClock: held.overByClock,
      clockWarnings: this.#world.clockWatch.warnings,
      terminations: this.#world.clockWatch.terminations,
      takeovers: this.#world.knowledge.takeovers,
      expired: held.expired,
      simulatedSec: agenda.nowUs / US_PER_SEC,
      faults: this.#faults,
      violations: [...held.violations, ...(this.#problem === null ? [] : [this.#problem])],
      timeline,
    };
  }

  #nowSec(): number {
    return this.#world.agenda.nowUs / US_PER_SEC;
  }

  /** Things happen to servers, networks and clients. */
  async #live(): Promise<void> {
    const world = this.#world;
    const { loss, duplication, delayMsMax, hours, restlessness, faults } = this.#plan;
    Object.assign(world.packetFaults, { loss, duplication, delayMsMax });
    const beganSec = this.#nowSec();
    for (const fault of faults) this.#expect(beganSec + fault.atSec, () => this.#befall(fault));
    const endSec = beganSec + hours * SEC_PER_HOUR;
    while (this.#nowSec() < endSec) {
      const next = this.#events[0];
      const restSec = Math.max(0, Math.min(endSec, next?.atSec ?? endSec) - this.#nowSec());
      await world.run(Math.min(world.random.between(1, 15), restSec));
      if (next !== undefined && next.atSec - this.#nowSec() < INSTANT_SEC) {
        this.#events.shift();
        await next.happen();
        await world.run(INSTANT_SEC);
      }
      world.clockWatch.look();
      if (world.random.chance(restlessness)) this.#disturbClient();
      judgeFollowing(world);
      if (world.random.chance(0.1) && world.areNormal(SETTLED_SEC))
        await judgeTables(world, () => this.#isWell());
    }
    // What begins only now ends as well.
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      await next.happen();
      await world.run(INSTANT_SEC);
    }
  }

  #expect(atSec: number, happen: () => Promise<void>): void {
    const index = this.#events.findIndex((event) => event.atSec > atSec);
    this.#events.splice(index < 0 ? this.#events.length : index, 0, { atSec, happen });
  }

  async #befall(fault: PlannedFault): Promise<void> {
    const end = await begin(this.#world, fault, this.#plan.pair);
    if (end === null) return;
    this.#atWork++;
    this.#faults.set(fault.kind, (this.#faults.get(fault.kind) ?? 0) + 1);
    this.#expect(this.#nowSec() + fault.forSec, async () => {
      await end();
      this.#atWork--;
      this.#wellSinceSec = this.#nowSec();
    });
  }

  #isWell(): boolean {
    return this.#atWork === 0 && this.#nowSec() - this.#wellSinceSec >= RECOVERED_SEC;
  }

  #disturbClient(): void {
    const { random, clients } = this.#world;
    const client = random.pick(clients);
    const what = random.below(5);
    if (what === 0) client.release();
    else if (what === 1) client.vanish();
    else if (what === 2 && random.chance(0.2)) client.decline();
    else if (client.isAway) client.start();
  }

  /** All is well again, and stays so until everything must have recovered. */
  async #heal(): Promise<void> {
    const world = this.#world;
    Object.assign(world.packetFaults, { loss: 0, duplication: 0, delayMsMax: 3 });
    world.timeline.note('story', 'all is well from here on');
    const { end } = this.#plan;
    const { active, backups } = world.relationship;
    for (const index of end === 'pair lost at once' ? backups : [...active, ...backups])
      if (!world.machines[index]!.isRunning) world.boot(index);
    for (const client of world.clients) if (client.isAway) client.start();
    if (end === 'pair lost at once') return inherit(world, QUIET_SEC);
    for (
      let waitedSec = 0;
      waitedSec < QUIET_SEC && !world.areNormal(SETTLED_SEC);
      waitedSec += SETTLED_SEC
    ) {
      await world.run(SETTLED_SEC);
      // A server that was late may have heard of the maintenance when it was over, or of the other one's clock.
      await endMaintenance(world);
      await restartTerminated(world);
    }
    // Before the clients have renewed everything.
    await judgeTables(world, () => true);
    await completeBackups(world);
    if (end === 'pair lost in peace') return inherit(world, QUIET_SEC);
    await this.#rest();
    judgeRest(world, QUIET_SEC);
    for (const client of world.clients) client.vanish();
    await world.run(SILENCE_SEC);
    await judgeBooks(world);
    judgeFollowing(world);
  }

  /** Until everything has been well for a while, or should have been. */
  async #rest(): Promise<void> {
    const world = this.#world;
    let wellSec = 0;
    for (let quietSec = 0; quietSec < QUIET_SEC && wellSec < REST_SEC; quietSec += SETTLED_SEC) {
      await world.run(SETTLED_SEC);
      wellSec = isAtRest(world) ? wellSec + SETTLED_SEC : 0;
    }
  }
}
