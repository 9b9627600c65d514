/** Tries orders in which the actors of a scenario can go on, by chance or one after the other, and judges what each comes to. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import {
  allocateStage,
  BEFORE_AT,
  buffersIn,
  CHOSEN_AT,
  Doing,
  GIVEN_AT,
  messageBytes,
  NOBODY,
  OPERATIONS,
  READY_AT,
  type Scenario,
  STEP_WORDS,
  STEPS_AT,
  StageWord,
} from './model.ts';
import { awaitTurn, choose, handTo } from './stage.ts';

/** What a run has shown. */
export interface Finding {
  readonly violations: readonly string[];
  /** The choices that lead there. */
  readonly schedule: readonly number[];
  /** Who did what, step by step. */
  readonly story: readonly string[];
}

export interface Exploration {
  readonly runs: number;
  /** Every order was tried in which somebody is interrupted at most so often; null = orders by chance. */
  readonly interruptions: number | null;
  /** False: not all of them, for want of runs. */
  readonly isComplete: boolean;
  readonly finding: Finding | null;
}

/** A choice that has been made, and what else could have been chosen. */
interface Branch {
  readonly chosen: number;
  readonly others: number[];
  /** Who would have gone on, or NOBODY. */
  readonly before: number;
  /** How often somebody was interrupted up to here. */
  readonly interruptions: number;
}

export class Explorer {
  readonly #scenario: Scenario;
  readonly #memory: unknown;
  readonly #buffers: readonly SharedArrayBuffer[];
  readonly #stage = allocateStage();
  readonly #words = new Int32Array(this.#stage.words, 0, this.#stage.words.byteLength >>> 2);
  readonly #threads: readonly Worker[];

  private constructor(scenario: Scenario, image: URL) {
    this.#scenario = scenario;
    this.#memory = scenario.allocate();
    this.#buffers = buffersIn(this.#memory);
    this.#threads = scenario.actors.map((_, actor) => {
      const workerData = { scenario: scenario.name, actor, stage: this.#stage, memory: this.#memory };
      return new Worker(image, { workerData });
    });
  }

  /** @param image file that esbuild has made */
  static async open(image: URL, name: string): Promise<Explorer> {
    const { SCENARIOS } = (await import(image.href)) as { readonly SCENARIOS: readonly Scenario[] };
    const scenario = SCENARIOS.find((each) => each.name === name);
    if (scenario === undefined) throw new Error(`no scenario is named ${name}`);
    const explorer = new Explorer(scenario, image);
    await Promise.all(explorer.#threads.map((thread) => once(thread, 'online')));
    return explorer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Runs once, by the choices given and behind them by chance, or so that everybody goes on who can. */
  run(given: readonly number[], chance = 0): Finding {
    this.#reset(given, chance);
    handTo(this.#words, choose(this.#words, this.#threads.length, NOBODY));
    awaitTurn(this.#words, NOBODY);
    const violations = this.#judge();
    this.#end();
    const choices = this.#words[StageWord.choices]!;
    const schedule = [...this.#words.subarray(CHOSEN_AT, CHOSEN_AT + choices)];
    return { violations, schedule, story: violations.length === 0 ? [] : this.#story() };
  }

  #reset(given: readonly number[], chance: number): void {
    for (const buffer of this.#buffers) new Uint8Array(buffer).fill(0);
    this.#scenario.prepare?.(this.#memory);
    this.#words.fill(0, 0, GIVEN_AT);
    this.#words.set(given, GIVEN_AT);
    this.#words[StageWord.given] = given.length;
    this.#words[StageWord.chance] = chance;
    messageBytes(this.#stage)[0] = 0;
  }

  #judge(): readonly string[] {
    if (this.#words[StageWord.hasFailed] === 1) {
      const octets = messageBytes(this.#stage);
      return [new TextDecoder().decode(octets.slice(0, octets.indexOf(0)))];
    }
    const asleep = this.#scenario.actors.filter(
      (name, actor) => !name.endsWith('*') && this.#words[StageWord.doing + actor] !== Doing.done,
    );
    const violations = this.#scenario.check(this.#memory);
    return asleep.length === 0 ? violations : [`${asleep.join(' and ')} sleeps for ever`, ...violations];
  }

  /** Whoever sleeps gives up. */
  #end(): void {
    this.#words[StageWord.isOver] = 1;
    for (let actor = 0; actor < this.#threads.length; actor++) {
      if (this.#words[StageWord.doing + actor] === Doing.done) continue;
      handTo(this.#words, actor);
      awaitTurn(this.#words, NOBODY);
    }
  }

  #story(): string[] {
    return Array.from({ length: this.#words[StageWord.steps]! }, (_, step) => {
      const at = STEPS_AT + step * STEP_WORDS;
      const key = this.#words[at + 2]!;
      const where = key === 0 ? '' : ` ${key >>> 20}:${key & 0xfffff}`;
      return `${this.#scenario.actors[this.#words[at]!]}: ${OPERATIONS[this.#words[at + 1]!]}${where}`;
    });
  }

  /** Runs by chance until something is wrong. @param seed not 0 */
  byChance(runsMax: number, seed = 1): Exploration {
    for (let runs = 1; runs <= runsMax; runs++) {
      const finding = this.run([], Math.imul(seed * runsMax + runs, 0x9e3779b1) | 1);
      if (finding.violations.length > 0) return { runs, interruptions: null, isComplete: false, finding };
    }
    return { runs: runsMax, interruptions: null, isComplete: false, finding: null };
  }

  /**
   * Tries every order in which nobody is interrupted, then every one with one interruption, and so on: most faults show with
   * two [Musuvathi and Qadeer, PLDI 2007].
   */
  exhaust(interruptionsMax: number, runsMax: number): Exploration {
    let runs = 0;
    for (let interruptions = 0; ; interruptions++) {
      const exploration = this.#exhaustWithin(interruptions, runsMax - runs);
      runs += exploration.runs;
      if (!exploration.isComplete || interruptions === interruptionsMax) return { ...exploration, runs };
    }
  }

  #exhaustWithin(interruptions: number, runsMax: number): Exploration {
    const branches: Branch[] = [];
    for (let runs = 1; runs <= runsMax; runs++) {
      const finding = this.run(branches.map(({ chosen }) => chosen));
      if (finding.violations.length > 0) return { runs, interruptions, isComplete: false, finding };
      this.#branch(branches, finding.schedule.length);
      if (!turnAside(branches, interruptions))
        return { runs, interruptions, isComplete: true, finding: null };
    }
    return { runs: Math.max(0, runsMax), interruptions, isComplete: false, finding: null };
  }

  /** Adds the choices that were not given. */
  #branch(branches: Branch[], choices: number): void {
    for (let at = branches.length; at < choices; at++) {
      const chosen = this.#words[CHOSEN_AT + at]!;
      const ready = this.#words[READY_AT + at]!;
      const before = this.#words[BEFORE_AT + at]!;
      const others = this.#scenario.actors.flatMap((_, actor) =>
        actor !== chosen && (ready & (1 << actor)) !== 0 ? [actor] : [],
      );
      branches.push({
        chosen,
        others,
        before,
        interruptions: interruptionsAt(branches) + interrupts(before, chosen),
      });
    }
  }
}

function interrupts(before: number, chosen: number): number {
  return before !== NOBODY && chosen !== before ? 1 : 0;
}

function interruptionsAt(branches: readonly Branch[]): number {
  return branches.at(-1)?.interruptions ?? 0;
}

/** Goes back to the last choice that could have been another one within the bound. @returns whether there is one */
function turnAside(branches: Branch[], bound: number): boolean {
  for (let last = branches.pop(); last !== undefined; last = branches.pop()) {
    const { before, others } = last;
    for (let chosen = others.pop(); chosen !== undefined; chosen = others.pop()) {
      const interruptions = interruptionsAt(branches) + interrupts(before, chosen);
      if (interruptions > bound) continue;
      branches.push({ chosen, others, before, interruptions });
      return true;
    }
  }
  return false;
}
