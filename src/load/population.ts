/** Which client begins the next exchange, and the address that each client of a bounded population holds. */
import type { Clients } from './model.ts';

export interface Population {
  /** The next client that has no exchange in flight, or -1 when all have. */
  take(): number;
  /** The client's exchange has ended; `address` is what it holds now, 0 = nothing. */
  giveBack(client: number, address: number): void;
  /** The address that a client would renew, 0 = it must ask for a new one. */
  heldBy(client: number): number;
}

export function createPopulation(clients: Clients): Population {
  if (clients.kind === 'fresh') return new FreshClients();
  return new BoundedClients(clients.count, clients.kind === 'renewing');
}

/** Every exchange is another client's. */
class FreshClients implements Population {
  #next = 0;

  take(): number {
    const client = this.#next;
    this.#next = (client + 1) >>> 0;
    return client;
  }

  giveBack(): void {}

  heldBy(): number {
    return 0;
  }
}

/** The same clients in turn. */
class BoundedClients implements Population {
  readonly #busy: Uint8Array;
  readonly #address: Uint32Array;
  readonly #renewing: boolean;
  #next = 0;

  constructor(count: number, renewing: boolean) {
    this.#busy = new Uint8Array(count);
    this.#address = new Uint32Array(count);
    this.#renewing = renewing;
  }

  take(): number {
    const count = this.#busy.length;
    for (let tried = 0; tried < count; tried++) {
      const client = this.#next;
      this.#next = client + 1 === count ? 0 : client + 1;
      if (this.#busy[client] === 0) {
        this.#busy[client] = 1;
        return client;
      }
    }
    return -1;
  }

  giveBack(client: number, address: number): void {
    this.#busy[client] = 0;
    this.#address[client] = address;
  }

  heldBy(client: number): number {
    return this.#renewing ? this.#address[client]! : 0;
  }
}
