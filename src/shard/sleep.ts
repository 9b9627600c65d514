/** A shard's sleep in poll(), out of which sockets, main and, when replies are parked, what these wait for wake it. */
import { Bell } from '../base/bell.ts';
import type { Park } from '../engine/park.ts';
import type { VerdictReader } from '../engine/verdicts.ts';
import { drainEventFd, signalEventFd } from '../io/eventfd.ts';
import type { ChangeLog } from '../lease/change-log.ts';
import type { ShardSockets } from './sockets.ts';
import type { ShardTask } from './task.ts';

/** Pause between two looks at queries for the partner: every one of them comes here as well, and none is answered. */
const REST_MS = 5;

export class Sleep {
  readonly #eventFd: number;
  readonly #bell: Bell;
  readonly #sockets: ShardSockets;
  readonly #park: Park;
  readonly #changes: ChangeLog;
  readonly #verdicts: VerdictReader;
  readonly #linkVerdicts: VerdictReader;

  constructor(
    { link }: ShardTask,
    sockets: ShardSockets,
    park: Park,
    changes: ChangeLog,
    verdicts: VerdictReader,
    linkVerdicts: VerdictReader,
  ) {
    this.#eventFd = link.eventFd;
    this.#bell = new Bell(link, signalEventFd);
    this.#sockets = sockets;
    this.#park = park;
    this.#changes = changes;
    this.#verdicts = verdicts;
    this.#linkVerdicts = linkVerdicts;
  }

  /**
   * Waits until there is something to do; not at all when it has come before the bell was set.
   * @param withSockets whether queries count
   * @param mayRest those that come next will not be answered: they may gather for a moment
   */
  until(timeoutMs: number, withSockets: boolean, mayRest: boolean): void {
    let waitMs = mayRest && this.#isWokenAtRest(timeoutMs) ? 0 : timeoutMs;
    if (this.#park.isWaiting) {
      this.#bell.lieDown();
      if (this.#hasNews()) waitMs = 0;
    }
    if (this.#sockets.wait(waitMs, withSockets)) drainEventFd(this.#eventFd);
    this.#bell.getUp();
  }

  /** Not while replies are parked. @returns whether main has woken this thread: it must look what for before it sleeps again */
  #isWokenAtRest(timeoutMs: number): boolean {
    if (this.#park.isWaiting || !this.#sockets.wait(Math.min(REST_MS, timeoutMs), false)) return false;
    drainEventFd(this.#eventFd);
    return true;
  }

  #hasNews(): boolean {
    if (!this.#verdicts.isEmpty || !this.#linkVerdicts.isEmpty) return true;
    return this.#park.isAdvancedBy(this.#changes.durable());
  }
}
