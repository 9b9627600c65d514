/**
 * The switch of the DHCP service. Several parties may hold the service off at once, each under a number of its own
 * (its origin); the service is on only while nobody does. A hold may have an end, so that a partner that dies in the
 * middle of its synchronization does not silence this server for ever.
 */
import { RELATIONSHIPS_MAX } from '../../limits.ts';
import type { Log } from '../../log/logger.ts';
import type { Timers } from '../service/timers.ts';

/** The numbers that Kea uses; `haLocal` and `haPartner` are those of the first of several relationships. */
export const Origin = {
  user: 1,
  haLocal: 1000,
  haPartner: 2000,
  database: 3000,
} as const;

/** Arguments by which the service of another server is held off and released. */
export function partnerHold(origin: number): { readonly 'origin-id': number; readonly origin: 'ha-partner' } {
  return { 'origin-id': origin, origin: 'ha-partner' };
}

/** Origins come over the wire; this many at once are never needed. */
const ORIGINS_MAX = 64;

export interface ServiceSwitch {
  readonly enabled: boolean;
  /** Whether an origin other than the given one holds the service off. */
  isHeldByOthers(origin: number): boolean;
  /** Origins that hold the service off, ascending. */
  origins(): readonly number[];
  /**
   * Holds the service off.
   * @param maxPeriodSec the hold ends by itself after this, or null; replaces an earlier end
   * @returns false, with nothing changed, when too many origins hold already
   */
  disable(origin: number, maxPeriodSec: number | null): boolean;
  /** Ends an origin's hold. */
  enable(origin: number): void;
  /** Whether a hold of this origin has ended by itself since its last `enable`. */
  hasExpired(origin: number): boolean;
  /** `listener` is called after every change, until the returned function is called. */
  onChange(listener: () => void): () => void;
  /** Stops all timers; the holds stay. */
  close(): void;
}

export function createServiceSwitch(parts: { readonly timers: Timers; readonly log: Log }): ServiceSwitch {
  return new OriginSet(parts.timers, parts.log);
}

/** Why no client is served as far as the switch goes, for people: a line, or none. */
export function serviceHeldOff(serviceSwitch: Pick<ServiceSwitch, 'origins'>): string[] {
  const origins = serviceSwitch.origins();
  return origins.length === 0 ? [] : [`the DHCP service is held off by origin ${origins.join(', ')}`];
}

class OriginSet implements ServiceSwitch {
  readonly #timers: Timers;
  readonly #log: Log;
  /** Origin -> what stops its timer, null when the hold has no end. */
  readonly #holds = new Map<number, (() => void) | null>();
  readonly #listeners = new Set<() => void>();
  readonly #expired = new Set<number>();

  constructor(timers: Timers, log: Log) {
    this.#timers = timers;
    this.#log = log;
  }

  get enabled(): boolean {
    return this.#holds.size === 0;
  }

  isHeldByOthers(origin: number): boolean {
    return this.#holds.size > (this.#holds.has(origin) ? 1 : 0);
  }

  origins(): readonly number[] {
    return [...this.#holds.keys()].sort((a, b) => a - b);
  }

  disable(origin: number, maxPeriodSec: number | null): boolean {
    const held = this.#holds.has(origin);
    if (!held && this.#holds.size >= ORIGINS_MAX && !isOwn(origin)) return false;
    this.#holds.get(origin)?.();
    this.#holds.set(
      origin,
      maxPeriodSec === null ? null : this.#timers.after(maxPeriodSec * 1000, () => this.#expire(origin)),
    );
    if (!held) this.#changed('TDM_HA_SERVICE_HELD', origin);
    return true;
  }

  hasExpired(origin: number): boolean {
    return this.#expired.has(origin);
  }

  enable(origin: number): void {
    this.#expired.delete(origin);
    const stopTimer = this.#holds.get(origin);
    if (stopTimer === undefined) return;
    stopTimer?.();
    this.#holds.delete(origin);
    this.#changed('TDM_HA_SERVICE_RELEASED', origin);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const [origin, stopTimer] of this.#holds) {
      stopTimer?.();
      this.#holds.set(origin, null);
    }
  }

  #expire(origin: number): void {
    this.#holds.delete(origin);
    // Origins come over the wire: not more are remembered than may hold at once.
    if (this.#expired.size < ORIGINS_MAX) this.#expired.add(origin);
    this.#changed('TDM_HA_SERVICE_HOLD_EXPIRED', origin);
  }

  #changed(
    id: 'TDM_HA_SERVICE_HELD' | 'TDM_HA_SERVICE_RELEASED' | 'TDM_HA_SERVICE_HOLD_EXPIRED',
    origin: number,
  ): void {
    this.#log(id, { origin, serviceOn: this.enabled, origins: this.origins() });
    for (const listener of this.#listeners) listener();
  }
}

/** The state machines' own holds are always possible. */
function isOwn(origin: number): boolean {
  return origin >= Origin.haLocal && origin < Origin.haLocal + RELATIONSHIPS_MAX;
}

/** The switch as status-get shows it under `dhcp-state`. */
export function dhcpState(serviceSwitch: ServiceSwitch): object {
  const origins = serviceSwitch.origins();
  const within = (first: number, next: number) =>
    origins.filter((origin) => origin >= first && origin < next);
  return {
    'globally-disabled': !serviceSwitch.enabled,
    'disabled-by-user': origins.some((origin) => origin < Origin.haLocal),
    'disabled-by-local-command': within(Origin.haLocal, Origin.haPartner),
    'disabled-by-remote-command': within(Origin.haPartner, Origin.database),
    'disabled-by-db-connection': within(Origin.database, Number.POSITIVE_INFINITY),
  };
}
