/**
 * The load client's memory of every acknowledged DHCPv4 lease, by address: the witness against which a server's lease file
 * is checked.
 */
import { type Acknowledgement, allocateLedgerTable, LedgerTable, type Recorded } from './ledger-table.ts';

const KEY_WORDS = 1;

export interface AcknowledgedLease extends Acknowledgement {
  readonly address: number;
}

export interface LedgerConflict {
  readonly address: number;
  readonly earlierClient: number;
  readonly laterClient: number;
}

/** @param capacity places, a power of two; seven eighths of them can be used */
export function allocateLedger(capacity: number): SharedArrayBuffer {
  return allocateLedgerTable(capacity, KEY_WORDS);
}

export class Ledger {
  readonly #table: LedgerTable;
  readonly #key = new Uint32Array(KEY_WORDS);

  constructor(memory: SharedArrayBuffer) {
    this.#table = new LedgerTable(memory, KEY_WORDS);
  }

  /** Addresses that were ever acknowledged. */
  get size(): number {
    return this.#table.size;
  }

  /** Enters one acknowledgement; `conflict` when another client's lease of the address has not ended. */
  record(address: number, client: number, nowSec: number, leaseTimeSec: number): Recorded {
    this.#key[0] = address;
    return this.#table.record(this.#key, client, nowSec, leaseTimeSec);
  }

  /** The last acknowledgement of an address, or null. */
  get(address: number): AcknowledgedLease | null {
    this.#key[0] = address;
    const place = this.#table.find(this.#key);
    return place < 0 ? null : { address, ...this.#table.acknowledgement(place) };
  }

  /** Every address with its last acknowledgement, in no order. */
  *leases(): Generator<AcknowledgedLease> {
    for (const place of this.#table.places())
      yield { address: this.#table.keyAt(place)[0]!, ...this.#table.acknowledgement(place) };
  }

  /** The first conflicts that were seen, at most 16. */
  conflicts(): LedgerConflict[] {
    return this.#table.conflicts().map(({ key, ...clients }) => ({ address: key[0]!, ...clients }));
  }
}
