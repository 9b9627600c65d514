/**
 * Sends lease updates to one peer, a bounded number of requests at a time, each with as many leases as the family allows and
 * as are there: whoever has handed over what there is calls `flush`. While every place is taken updates gather, so that
 * requests grow with the load and no timer decides.
 *
 * An address is under way at most once, because two requests may overtake each other: an update for an address that is
 * under way waits until that request has ended. A newer update for it replaces one that waits, and takes over who waits
 * for it: the peer needs only the newest state of a lease. So one client that asks again and again neither breaks the
 * order nor holds up others.
 *
 * Where the peer does not say which lease of a request it could not take, each of them is sent once more, alone.
 */
import type { LeaseAddress, UpdateBytes } from '../lease/update-family.ts';
import type { PeerFamily } from './family.ts';
import { REQUEST_RECORD_BYTES_MAX, type SendLimits, UPDATE_TIMEOUT_MS } from './limits.ts';
import type { PeerAnswer, PeerClient } from './model.ts';
import { type HeldUpdate, holdUpdate, type SentLease } from './request.ts';
import type { Transaction } from './transactions.ts';

export class UpdateSender {
  readonly #family: PeerFamily;
  readonly #client: PeerClient;
  readonly #limits: SendLimits;
  readonly #finished: (leases: readonly SentLease[]) => void;
  /** Addresses under way -> the update that waits for this, or null. */
  readonly #busy = new Map<LeaseAddress, HeldUpdate | null>();
  /** What goes with the next request. */
  #gathered: HeldUpdate[] = [];
  #gatheredBytes = 0;
  /** To be sent alone, one after the other. */
  #apart: HeldUpdate[] = [];
  /** Updates whose turn has come: their addresses count as under way again. */
  #ready: HeldUpdate[] = [];
  #inFlight = 0;
  #idleWaiters: (() => void)[] = [];

  /** @param finished is called once for each request whose leases have an outcome; it may send again */
  constructor(
    family: PeerFamily,
    client: PeerClient,
    limits: SendLimits,
    finished: (leases: readonly SentLease[]) => void,
  ) {
    this.#family = family;
    this.#client = client;
    this.#limits = limits;
    this.#finished = finished;
  }

  /** Whether one more update may be sent now. */
  get hasSlot(): boolean {
    return this.#gathered.length > 0 || this.#inFlight < this.#limits.requestsInFlightMax;
  }

  /** Whether nothing is in flight and nothing waits for what was. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#busy.size === 0;
  }

  /** Sends one of those that had to wait and need not any more; false when there is none. Pre: a slot is free. */
  sendReady(): boolean {
    if (this.#sendApart()) return true;
    const update = this.#ready.shift();
    if (update === undefined) return false;
    this.#gather(update);
    return true;
  }

  /** Sends an update, or puts it aside while its address is under way. Pre: a slot is free. The bytes are copied. */
  send(update: UpdateBytes, transaction: Transaction | null): void {
    const held = this.#busy.get(update.address);
    if (held === undefined) {
      this.#busy.set(update.address, null);
      this.#gather(holdUpdate(update, transaction === null ? [] : [transaction]));
      return;
    }
    const waiting = held === null ? [] : held.transactions;
    if (transaction !== null) waiting.push(transaction);
    this.#busy.set(update.address, holdUpdate(update, waiting));
  }

  /** Lets go what was gathered: nothing more comes for now. */
  flush(): void {
    const updates = this.#gathered;
    if (updates.length === 0) return;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#request(updates);
  }

  #gather(update: HeldUpdate): void {
    this.#gathered.push(update);
    this.#gatheredBytes += update.length;
    const { leasesPerRequestMax } = this.#family;
    if (this.#gathered.length >= leasesPerRequestMax || this.#gatheredBytes >= REQUEST_RECORD_BYTES_MAX)
      this.flush();
  }

  /** Pre: a slot is free. */
  #sendApart(): boolean {
    if (this.#apart.length === 0 || this.#inFlight >= this.#limits.requestsInFlightMax) return false;
    this.#request([this.#apart.shift()!]);
    return true;
  }

  #request(updates: readonly HeldUpdate[]): void {
    this.#inFlight++;
    void this.#client
      .requestBytes(this.#family.encodeRequest(updates), UPDATE_TIMEOUT_MS)
      .then((answer) => this.#end(updates, answer));
  }

  #end(updates: readonly HeldUpdate[], answer: PeerAnswer): void {
    this.#inFlight--;
    const outcomes = this.#family.judge(answer, updates);
    if (outcomes === null) {
      this.#apart.push(...updates);
      while (this.#sendApart());
      return;
    }
    for (const { address } of updates) this.#free(address);
    this.#finished(updates.map((update, at) => ({ update, outcome: outcomes[at]! })));
    while (this.#sendApart());
    if (this.#inFlight > 0) return;
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** The address is not under way any more; what waited for that may go. */
  #free(address: LeaseAddress): void {
    const held = this.#busy.get(address)!;
    if (held === null) this.#busy.delete(address);
    else {
      this.#busy.set(address, null);
      this.#ready.push(held);
    }
  }

  /** Takes back every update that has not been sent yet, or has to be sent again. */
  withdraw(): HeldUpdate[] {
    const mine = [...this.#apart, ...this.#gathered, ...this.#ready];
    const waiting: HeldUpdate[] = [];
    for (const [address, update] of this.#busy) {
      if (update === null) continue;
      waiting.push(update);
      this.#busy.set(address, null);
    }
    for (const { address } of mine) this.#busy.delete(address);
    this.#apart = [];
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#ready = [];
    // An address may stand in both: the older update comes first.
    return [...mine, ...waiting];
  }

  /** Resolves when no request is in flight, what has to be sent once more included. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
}
