/** The expiry timer: one look through the table a second, reclaiming as often as Kea's settings say. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExpiredLeasesConfig } from '../config/model.ts';
import type { Reclaimer } from '../engine/reclaim.ts';
import type { Log } from '../log/logger.ts';

/** Addresses of leases that are over are free for others at most this late. */
const LOOK_MS = 1_000;
const MS_PER_SEC = 1_000;
/** Kea's unwarned-reclaim-cycles. */
const UNWARNED_CYCLES = 5;

export class ExpiryTimer {
  readonly #reclaimer: Reclaimer;
  readonly #config: () => ExpiredLeasesConfig;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #sinceReclaimMs = 0;
  #isRunning = false;
  #behind = 0;

  constructor(reclaimer: Reclaimer, config: () => ExpiredLeasesConfig, log: Log) {
    this.#reclaimer = reclaimer;
    this.#config = config;
    this.#log = log;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const config = this.#config();
    this.#sinceReclaimMs += LOOK_MS;
    const isDue =
      config.reclaimTimerWaitSec > 0 && this.#sinceReclaimMs >= config.reclaimTimerWaitSec * MS_PER_SEC;
    if (isDue) this.#sinceReclaimMs = 0;
    const report = await this.#reclaimer.cycle(config, isDue, () => nextTurn());
    if (isDue) this.#warnWhenBehind(report.left);
    this.#isRunning = false;
  }

  #warnWhenBehind(left: number): void {
    this.#behind = left > 0 ? this.#behind + 1 : 0;
    if (this.#behind === UNWARNED_CYCLES + 1) this.#log('TDM_ENGINE_RECLAIM_BEHIND', { left });
  }
}
