/** Whether a modelled Kea serves: it does while nobody holds it off. */
import type { Appointment } from '../agenda.ts';
import type { Machine } from '../machine.ts';

/** Who holds it off: a user, the own state machine, the partner. */
export const USER_ORIGIN = 1;
export const LOCAL_ORIGIN = 1000;
export const PARTNER_ORIGIN = 2000;

export class ServiceSwitch {
  readonly #machine: Machine;
  readonly #holders = new Map<number, Appointment | null>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get isOn(): boolean {
    return this.#holders.size === 0;
  }

  /** @param maxSec it lets go by itself after so long; 0 = never */
  hold(origin: number, maxSec = 0): void {
    this.release(origin);
    const timer = maxSec === 0 ? null : this.#machine.after(maxSec * 1e6, () => this.release(origin));
    this.#holders.set(origin, timer);
  }

  release(origin: number): void {
    const timer = this.#holders.get(origin);
    if (timer) timer.isCancelled = true;
    this.#holders.delete(origin);
  }
}
