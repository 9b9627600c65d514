/** Main's side of deliveries: one at a time, whose answer comes with the link thread's word or with the end of the connection. */
import { assert } from '../base/assert.ts';
import type { StreamDelivery } from '../peer/model.ts';
import type { LinkReport } from './messages.ts';

interface Delivery {
  readonly number: number;
  readonly connection: number;
  readonly resolve: (outcome: StreamDelivery) => void;
}

export class Deliveries {
  #last = 0;
  #current: Delivery | null = null;

  get isUnderWay(): boolean {
    return this.#current !== null;
  }

  /**
   * Pre: none is under way.
   * @param send gets the number of the delivery
   */
  begin(connection: number, send: (delivery: number) => void): Promise<StreamDelivery> {
    assert(this.#current === null, 'one delivery at a time');
    const number = ++this.#last;
    return new Promise((resolve) => {
      this.#current = { number, connection, resolve };
      send(number);
    });
  }

  /** All of it is answered. */
  heard({ delivery, refused }: Extract<LinkReport, { kind: 'delivered' }>): void {
    if (this.#current?.number === delivery) this.#end({ failure: null, refused });
  }

  ended(connection: number, reason: string): void {
    if (this.#current?.connection === connection) this.#end({ failure: reason, refused: [] });
  }

  #end(outcome: StreamDelivery): void {
    const { resolve } = this.#current!;
    this.#current = null;
    resolve(outcome);
  }
}
