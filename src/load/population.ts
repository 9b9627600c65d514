/** Which client begins the next exchange, and which clients of a renewing population hold a lease. */
import type { Clients } from './model.ts';

export interface Population {
  /** The next client that has no exchange in flight, or -1 when all have. */
  take(): number;
  /** The client's exchange has ended. @param holds whether it has a lease now */
  giveBack(client: number, holds: boolean): void;
  /** Whether a client renews what it holds; otherwise it asks for something new. */
  renews(client: number): boolean;
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

  renews(): boolean {
    return false;
  }
}

/** The same clients in turn. */
class BoundedClients implements Population {
  readonly #busy: Uint8Array;
  readonly #holding: Uint8Array;
  readonly #renewing: boolean;
  #next = 0;

  constructor(count: number, renewing: boolean) {
    this.#busy = new Uint8Array(count);
    this.#holding = new Uint8Array(count);
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

  giveBack(client: number, holds: boolean): void {
    this.#busy[client] = 0;
    this.#holding[client] = Number(holds);
  }

  renews(client: number): boolean {
    return this.#renewing && this.#holding[client] === 1;
  }
}
