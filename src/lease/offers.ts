/**
 * The rows on offer, oldest first, each by a number that its family finds it by. An offer holds its address for a short
 * while; when a pool has nothing else left, or too many offers are open, the oldest is taken back. That bounds what a
 * flood of DISCOVERs or SOLICITs can hold. Callers hold the lease table's lock.
 */
import { Control } from './control.ts';

/** Offers remembered at once; above that the oldest offer is taken back (a DISCOVER flood must not own the pools). */
export const OFFERS_MAX = 65_536;
/** "No offer is open". */
export const NO_OFFER = -1;

export interface OffersMemory {
  /** See control.ts. */
  readonly control: SharedArrayBuffer;
  readonly offers: SharedArrayBuffer;
}

export class OfferQueue {
  readonly #ring: Int32Array;
  readonly #control: Int32Array;

  constructor(memory: OffersMemory) {
    this.#ring = new Int32Array(memory.offers);
    this.#control = new Int32Array(memory.control);
  }

  isFull(): boolean {
    return (this.#control[Control.offerHead]! - this.#control[Control.offerTail]!) >>> 0 === OFFERS_MAX;
  }

  /** How many offers were ever remembered, u32; wraps. */
  pushes(): number {
    return this.#control[Control.offerHead]! >>> 0;
  }

  /** Remembers an offer; the queue must not be full. @param offer u32: an IPv4 address, or see dhcp6/offer.ts */
  push(offer: number): void {
    const head = this.#control[Control.offerHead]!;
    this.#ring[head & (OFFERS_MAX - 1)] = offer | 0;
    this.#control[Control.offerHead] = (head + 1) | 0;
  }

  /** What was offered longest ago (it may have been leased since), or NO_OFFER. */
  peek(): number {
    const tail = this.#control[Control.offerTail]!;
    return tail === this.#control[Control.offerHead] ? NO_OFFER : this.#ring[tail & (OFFERS_MAX - 1)]! >>> 0;
  }

  /** Takes out what `peek` shows. */
  pop(): number {
    const offer = this.peek();
    if (offer !== NO_OFFER) this.#control[Control.offerTail]! += 1;
    return offer;
  }
}
