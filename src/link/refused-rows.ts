/** The rows of a synchronization that the other side has not taken: how many, and the first of them by name. */
import type { NamedLease } from '../peer/model.ts';
import { NAMED_MAX } from './limits.ts';

export class RefusedRows {
  #count = 0;
  readonly #named: NamedLease[] = [];

  get count(): number {
    return this.#count;
  }

  /** A copy. */
  get named(): NamedLease[] {
    return [...this.#named];
  }

  clear(): void {
    this.#count = 0;
    this.#named.length = 0;
  }

  /** @param name is called only for a row that is named */
  add(name: () => NamedLease): void {
    this.#count++;
    if (this.#named.length < NAMED_MAX) this.#named.push(name());
  }
}
