/**
 * The exchanges of a load client, by transaction id, as columns of typed arrays. A place is used again only after all
 * others were, so that an answer that comes late, or twice, still finds its own exchange and can be named.
 *
 *     xid = generation of the place | place (16 bits), XOR a constant        of 32 bits, or 24 in DHCPv6
 */
import { IN_FLIGHT_MAX } from './model.ts';

export const PLACES = IN_FLIGHT_MAX * 2;
const PLACE_MASK = PLACES - 1;
const GENERATION_SHIFT = 16;

/** What an exchange waits for. `done` keeps its columns until the place is used again. */
export const Waiting = { done: 0, offer: 1, ack: 2, renewal: 3 } as const;

export class Exchanges {
  readonly waiting = new Uint8Array(PLACES);
  readonly client = new Uint32Array(PLACES);
  /** Microseconds of the first query, of the first query of the present step, and of the next retransmission. */
  readonly startedUs = new Float64Array(PLACES);
  readonly stepUs = new Float64Array(PLACES);
  readonly retryAtUs = new Float64Array(PLACES);
  /** Queries sent in the present step. */
  readonly tries = new Uint8Array(PLACES);
  /** 1 = some query of the exchange was sent more than once. */
  readonly repeated = new Uint8Array(PLACES);
  /** Servers (bit 0, bit 1) that offered, and that acknowledged or refused. */
  readonly offeredBy = new Uint8Array(PLACES);
  readonly answeredBy = new Uint8Array(PLACES);
  readonly #generation = new Uint16Array(PLACES);
  readonly #generationMask: number;
  readonly #xor: number;
  #next = 0;
  #inFlight = 0;

  /** @param seed makes the transaction ids of two clients differ @param xidBits of a transaction id, 24 or 32 */
  constructor(seed: number, xidBits = 32) {
    this.#generationMask = (1 << (xidBits - GENERATION_SHIFT)) - 1;
    this.#xor = Math.imul(seed + 1, 0x9e3779b1) >>> (32 - xidBits);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Begins an exchange at a free place. Pre: fewer than IN_FLIGHT_MAX are in flight. */
  begin(client: number, waiting: number, nowUs: number): number {
    while (this.waiting[this.#next] !== Waiting.done) this.#next = (this.#next + 1) & PLACE_MASK;
    const place = this.#next;
    this.#next = (place + 1) & PLACE_MASK;
    this.#generation[place] = (this.#generation[place]! + 1) & this.#generationMask;
    this.waiting[place] = waiting;
    this.client[place] = client;
    this.startedUs[place] = nowUs;
    this.stepUs[place] = nowUs;
    this.tries[place] = 0;
    this.repeated[place] = 0;
    this.offeredBy[place] = 0;
    this.answeredBy[place] = 0;
    this.#inFlight++;
    return place;
  }

  end(place: number): void {
    this.waiting[place] = Waiting.done;
    this.#inFlight--;
  }

  xidOf(place: number): number {
    return (((this.#generation[place]! << GENERATION_SHIFT) | place) ^ this.#xor) >>> 0;
  }

  /** The place of a transaction id, in flight or just done; -1 when it is not remembered. */
  find(xid: number): number {
    const plain = (xid ^ this.#xor) >>> 0;
    const place = plain & PLACE_MASK;
    const known = this.tries[place] !== 0 && plain >>> GENERATION_SHIFT === this.#generation[place];
    return known ? place : -1;
  }

  /** The first exchange at or after `from` whose retransmission is due, or -1. */
  nextDue(from: number, nowUs: number): number {
    for (let place = from; place < PLACES; place++) {
      if (this.waiting[place] !== Waiting.done && this.retryAtUs[place]! <= nowUs) return place;
    }
    return -1;
  }
}
