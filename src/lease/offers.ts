/**
 * The addresses on offer, oldest first. An offer holds its address for a short while; when a pool has nothing else left,
 * or too many offers are open, the oldest is taken back. That bounds what a flood of DISCOVERs can hold.
 * Callers hold the lease table's lock.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import { Control, type LeaseTableMemory, OFFERS_MAX } from './layout.ts';
import { NO_ADDRESS } from './pool.ts';

export class OfferQueue {
  readonly #ring: Int32Array;
  readonly #control: Int32Array;

  constructor(memory: LeaseTableMemory) {
    this.#ring = new Int32Array(memory.offers);
    this.#control = new Int32Array(memory.control);
  }

  isFull(): boolean {
    return (this.#control[Control.offerHead]! - this.#control[Control.offerTail]!) >>> 0 === OFFERS_MAX;
  }

  /** Remembers an offer; the queue must not be full. */
  push(address: Ipv4): void {
    const head = this.#control[Control.offerHead]!;
    this.#ring[head & (OFFERS_MAX - 1)] = address | 0;
    this.#control[Control.offerHead] = (head + 1) | 0;
  }

  /** The address offered longest ago (it may have been leased since), or NO_ADDRESS. */
  peek(): Ipv4 {
    const tail = this.#control[Control.offerTail]!;
    return tail === this.#control[Control.offerHead]
      ? NO_ADDRESS
      : this.#ring[tail & (OFFERS_MAX - 1)]! >>> 0;
  }

  /** Takes out what `peek` shows. */
  pop(): Ipv4 {
    const address = this.peek();
    if (address !== NO_ADDRESS) this.#control[Control.offerTail]! += 1;
    return address;
  }
}
