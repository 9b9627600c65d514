/** What is to happen when, in virtual time: a binary heap. What is due at one moment happens in the order in which it was planned. */

export interface Appointment {
  readonly atUs: number;
  readonly order: number;
  readonly action: () => void;
  /** Settles no promise: it may happen while a thread is in a system call (world.ts). */
  readonly isPure: boolean;
  isCancelled: boolean;
}

export class Agenda {
  readonly #heap: Appointment[] = [];
  #order = 0;
  /** Microseconds since the world began. */
  nowUs = 0;

  /** @param isPure it settles no promise */
  after(delayUs: number, action: () => void, isPure = false): Appointment {
    const appointment = {
      atUs: this.nowUs + Math.max(0, Math.round(delayUs)),
      order: this.#order++,
      action,
      isPure,
      isCancelled: false,
    };
    this.#push(appointment);
    return appointment;
  }

  /** The next one, which is due now from here on; null = nothing will ever happen again. */
  next(): Appointment | null {
    for (;;) {
      const first = this.#pop();
      if (first === null) return null;
      if (first.isCancelled) continue;
      this.nowUs = first.atUs;
      return first;
    }
  }

  /** The next one until `endUs` if it is pure; null = time has passed until then, or until something else is due. */
  nextPure(endUs: number): Appointment | null {
    let first = this.#heap[0];
    while (first?.isCancelled === true) {
      this.#pop();
      first = this.#heap[0];
    }
    this.nowUs = Math.max(this.nowUs, Math.min(endUs, first?.atUs ?? endUs));
    return first === undefined || first.atUs > endUs || !first.isPure ? null : this.#pop();
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(appointment);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(appointment, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = appointment;
  }

  #pop(): Appointment | null {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return null;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.order < b.order);
}
