/**
 * Sends lease updates to one peer, a bounded number of requests at a time.
 *
 * An address is under way at most once, because two requests may overtake each other: an update for an address that is
 * under way waits until that request has ended. A newer update for it replaces one that waits, and takes over who waits
 * for it: the peer needs only the newest state of a lease. So one client that asks again and again neither breaks the
 * order nor holds up others.
 */
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { PeerFamily } from './family.ts';
import { type SendLimits, UPDATE_TIMEOUT_MS } from './limits.ts';
import type { PeerClient } from './model.ts';
import type { Outcome } from './outcome.ts';
import { type LeaseRequest, requestOf } from './request.ts';
import type { Transaction } from './transactions.ts';

/** An update that could not be sent yet, with bytes of its own. */
export interface HeldUpdate extends UpdateBytes {
  readonly transactions: Transaction[];
}

const NO_TRANSACTIONS: readonly Transaction[] = [];

export class UpdateSender {
  readonly #family: PeerFamily;
  readonly #client: PeerClient;
  readonly #limits: SendLimits;
  readonly #finished: (request: LeaseRequest, outcome: Outcome) => void;
  /** Addresses under way -> the update that waits for this, or null. */
  readonly #busy = new Map<LeaseAddress, HeldUpdate | null>();
  /** Updates whose turn has come: their addresses count as under way again. */
  #ready: HeldUpdate[] = [];
  #inFlight = 0;
  #idleWaiters: (() => void)[] = [];

  /** @param finished is called once for each request; it may send again */
  constructor(
    family: PeerFamily,
    client: PeerClient,
    limits: SendLimits,
    finished: (request: LeaseRequest, outcome: Outcome) => void,
  ) {
    this.#family = family;
    this.#client = client;
    this.#limits = limits;
    this.#finished = finished;
  }

  /** Whether one more request may be sent now. */
  get hasSlot(): boolean {
    return this.#inFlight < this.#limits.requestsInFlightMax;
  }

  /** Whether nothing is in flight and nothing waits for what was. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#busy.size === 0 && this.#ready.length === 0;
  }

  /** Sends one of those that had to wait and need not any more; false when there is none. Pre: a slot is free. */
  sendReady(): boolean {
    const update = this.#ready.shift();
    if (update === undefined) return false;
    this.#request(requestOf(this.#family, update, update.transactions));
    return true;
  }

  /** Sends an update, or puts it aside while its address is under way. Pre: a slot is free. The bytes are copied. */
  send(update: UpdateBytes, transaction: Transaction | null): void {
    const held = this.#busy.get(update.address);
    if (held === undefined) {
      this.#busy.set(update.address, null);
      this.#request(requestOf(this.#family, update, transaction === null ? NO_TRANSACTIONS : [transaction]));
      return;
    }
    const waiting = held === null ? [] : held.transactions;
    if (transaction !== null) waiting.push(transaction);
    this.#busy.set(update.address, holdUpdate(update, waiting));
  }

  #request(request: LeaseRequest): void {
    this.#inFlight++;
    void this.#client
      .requestBytes(request.body, UPDATE_TIMEOUT_MS)
      .then((answer) => this.#end(request, this.#family.judge(answer)));
  }

  #end(request: LeaseRequest, outcome: Outcome): void {
    const { address } = request;
    this.#inFlight--;
    const held = this.#busy.get(address)!;
    if (held === null) this.#busy.delete(address);
    else {
      this.#busy.set(address, null);
      this.#ready.push(held);
    }
    this.#finished(request, outcome);
    if (this.#inFlight > 0) return;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Takes back every update that has not been sent yet. */
  withdraw(): HeldUpdate[] {
    const ready = this.#ready;
    const waiting: HeldUpdate[] = [];
    for (const [address, update] of this.#busy) {
      if (update === null) continue;
      waiting.push(update);
      this.#busy.set(address, null);
    }
    for (const { address } of ready) this.#busy.delete(address);
    this.#ready = [];
    // An address may stand in both: the older update comes first.
    return [...ready, ...waiting];
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
}

/** An update with bytes of its own, so that it outlives the place where it was read. */
export function holdUpdate(update: UpdateBytes, transactions: Transaction[]): HeldUpdate {
  const { offset, length, isUpdate, address } = update;
  const bytes = update.bytes.slice(offset, offset + length);
  return { bytes, offset: 0, length, isUpdate, address, transactions };
}
