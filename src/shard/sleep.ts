/** A shard's sleep in poll(), out of which sockets, main and, when replies are parked, what these wait for wake it. */
import { Bell } from '../base/bell.ts';
import type { Clock } from '../base/clock.ts';
import type { Park } from '../engine/parked/park.ts';
import { drainEventFd, signalEventFd } from '../io/eventfd.ts';
import type { ChangeLog } from '../lease/change-log.ts';
import type { ShardService } from './service.ts';
import type { CommonTask } from './task.ts';

/** The longest sleep: whoever has news rings, and an idle server is to be idle. */
export const POLL_MS = 500;
/** Of a shard that stops, or measures for main. */
export const SHORT_POLL_MS = 50;
/** Pause between two looks at queries for the partner: every one of them comes here as well, and none is answered. */
const REST_MS = 5;

export class Sleep {
  readonly #eventFd: number;
  readonly #bell: Bell;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #service: ShardService;
  readonly #park: Park;
  readonly #changes: ChangeLog;
  /** Until then queries for the partner may gather; null = they are looked at. */
  #restUntilMs: number | null = null;

  constructor({ link }: CommonTask, service: ShardService, clock: Pick<Clock, 'monotonicMs'>) {
    this.#eventFd = link.eventFd;
    this.#bell = new Bell(link, signalEventFd);
    this.#clock = clock;
    this.#service = service;
    this.#park = service.context.park;
    this.#changes = service.context.book.changes;
  }

  /**
   * Says that this thread is about to sleep, and in which sockets there may be queries. Whoever calls it polls then.
   * @param longestMs of the sleep
   * @param mayRead whether queries count
   * @returns how long to sleep, ms, 0 = there is something to do
   */
  lieDown(longestMs: number, mayRead: boolean): number {
    const restMs = this.#restMs();
    this.#service.sockets.listen(mayRead && restMs === 0);
    if (this.#park.isWaiting) {
      this.#bell.lieDown();
      if (this.#hasNews()) return 0;
    }
    return restMs === 0 ? longestMs : Math.min(restMs, longestMs);
  }

  /** @param hasSlept for as long as `lieDown` has said */
  getUp(hasSlept: boolean): void {
    const { isWoken } = this.#service.sockets;
    if (isWoken) drainEventFd(this.#eventFd);
    // What main has woken it for may be that queries are to be answered now.
    if (hasSlept || isWoken) this.#restUntilMs = null;
    this.#bell.getUp();
  }

  /** Not while replies are parked. */
  #restMs(): number {
    if (this.#service.takeRest()) this.#restUntilMs = this.#clock.monotonicMs() + REST_MS;
    if (this.#restUntilMs === null) return 0;
    const leftMs = this.#park.isWaiting ? 0 : Math.ceil(this.#restUntilMs - this.#clock.monotonicMs());
    if (leftMs > 0) return leftMs;
    this.#restUntilMs = null;
    return 0;
  }

  #hasNews(): boolean {
    const { verdicts, linkVerdicts } = this.#service;
    if (!verdicts.isEmpty || !linkVerdicts.isEmpty) return true;
    return this.#park.isAdvancedBy(this.#changes.durable());
  }
}
