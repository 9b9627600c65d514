/** The expiry timer: one look through the table a second, reclaiming as often as Kea's settings say. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExpiredLeasesConfig } from '../../config/model.ts';
import type { Reclaimer } from '../../engine/leases/reclaim.ts';
import type { Log } from '../../log/logger.ts';

/** Addresses of leases that are over are free for others at most this late. */
const LOOK_MS = 1_000;
const MS_PER_SEC = 1_000;
/** Kea's unwarned-reclaim-cycles. */
const UNWARNED_CYCLES = 5;

/** As for other commands: a disk that needs longer has other troubles. */
const DURABLE_MS = 5_000;

interface Disk {
  /** Resolves when all that was written is on disk. */
  allDurable(timeoutMs: number): Promise<void>;
}

export class ExpiryTimer {
  readonly #reclaimer: Reclaimer;
  readonly #config: () => ExpiredLeasesConfig;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #sinceReclaimMs = 0;
  #running: Promise<void> | null = null;
  #behind = 0;

  constructor(reclaimer: Reclaimer, config: () => ExpiredLeasesConfig, log: Log) {
    this.#reclaimer = reclaimer;
    this.#config = config;
    this.#log = log;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Reclaims everything that is over, without the limits of a cycle.
   * @param remove deletes what is reclaimed instead of keeping it for its client
   * @param disk where the rows of it go; rejects when it does not take them
   */
  async reclaimAll(remove: boolean, disk: Disk): Promise<void> {
    while (this.#running !== null) await this.#running;
    this.#running = this.#reclaimAll(remove, disk).finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async #reclaimAll(remove: boolean, disk: Disk): Promise<void> {
    const config = this.#config();
    const flushReclaimedTimerWaitSec = remove ? 0 : Math.max(1, config.flushReclaimedTimerWaitSec);
    const all = { ...config, maxReclaimLeases: 0, maxReclaimMs: 0, flushReclaimedTimerWaitSec };
    let left = 0;
    do {
      // The change log has no room for a million rows at once: what it did not take comes in the next round.
      ({ left } = await this.#reclaimer.cycle(all, true, () => nextTurn()));
      await disk.allDurable(DURABLE_MS);
    } while (left > 0);
  }

  #look(): void {
    if (this.#running !== null) return;
    this.#running = this.#lookThrough().finally(() => {
      this.#running = null;
    });
  }

  async #lookThrough(): Promise<void> {
    const config = this.#config();
    this.#sinceReclaimMs += LOOK_MS;
    const isDue =
      config.reclaimTimerWaitSec > 0 && this.#sinceReclaimMs >= config.reclaimTimerWaitSec * MS_PER_SEC;
    if (isDue) this.#sinceReclaimMs = 0;
    const report = await this.#reclaimer.cycle(config, isDue, () => nextTurn());
    if (isDue) this.#warnWhenBehind(report.left);
  }

  #warnWhenBehind(left: number): void {
    this.#behind = left > 0 ? this.#behind + 1 : 0;
    if (this.#behind === UNWARNED_CYCLES + 1) this.#log('TDM_ENGINE_RECLAIM_BEHIND', { left });
  }
}
