/** The perfmon library over starts and reloads: its memory, which the packet threads measure into, and its timer. */
import type { Clock } from '../../base/clock.ts';
import { type HooksConfig, PERFMON_PAIRS } from '../../config/hook-model.ts';
import type { CommonConfig } from '../../config/model.ts';
import { DurationReader } from '../../engine/figures/duration-reader.ts';
import { allocateDurations, type DurationMemory } from '../../engine/figures/durations.ts';
import { Perfmon } from '../../hooks/perfmon.ts';
import type { Log } from '../../log/logger.ts';
import type { Change } from '../change.ts';

/** An interval ends that much late at most, and is reported one later. */
const TICK_MS = 100;

interface Parts {
  readonly family: 4 | 6;
  readonly shards: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What of a configuration of either family takes part. */
type PerfmonSettings = Pick<CommonConfig, 'multiThreading'> & {
  readonly hooks: Pick<HooksConfig, 'perfmon'>;
  readonly subnets: readonly { readonly id: number }[];
};

export class PerfmonHost {
  readonly #parts: Parts;
  #memory: DurationMemory | null = null;
  #perfmon: Perfmon | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What the packet threads of the configuration in force measure into, or null. */
  get memory(): DurationMemory | null {
    return this.#memory;
  }

  /** Null = the library is not loaded. */
  get perfmon(): Perfmon | null {
    return this.#perfmon;
  }

  /**
   * Makes memory for another configuration. [Kea] A reload begins anew, with what the file says; a command that edits something
   * else leaves it as it is. The commit comes while no packet thread runs.
   */
  prepare(config: PerfmonSettings, isOfFile: boolean): Change {
    const { hooks, subnets, multiThreading } = config;
    const { family, shards } = this.#parts;
    const pairs = PERFMON_PAIRS[family];
    const memory =
      hooks.perfmon && allocateDurations(shards, subnets.length, pairs.length, multiThreading.enabled);
    return {
      commit: () => {
        const former = this.#perfmon;
        const formerMemory = this.#memory;
        this.#memory = memory;
        if (hooks.perfmon === null || memory === null) return this.#take(null);
        const source = {
          reader: new DurationReader(memory),
          subnetIds: subnets.map(({ id }) => id),
          pairs,
          hasQueue: memory.hasQueue,
        };
        const isSame =
          !isOfFile &&
          formerMemory?.hasQueue === memory.hasQueue &&
          JSON.stringify(former?.config) === JSON.stringify(hooks.perfmon);
        if (former !== null && isSame) return former.moveTo(source);
        const { clock, log } = this.#parts;
        this.#take(new Perfmon(hooks.perfmon, source, clock, log, former));
      },
      abandon: async () => {},
      retire: async () => {},
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #take(perfmon: Perfmon | null): void {
    this.#perfmon = perfmon;
    clearInterval(this.#timer);
    if (perfmon !== null) this.#timer = setInterval(() => perfmon.look(), TICK_MS);
  }
}
