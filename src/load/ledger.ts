/**
 * The load client's memory of every acknowledged lease, by address, in shared memory: the witness against which a
 * server's lease file is checked. An open-addressing table; nothing is ever removed.
 *
 *     header   0 entries   1 conflicts   then the first conflicts as (address, earlier client, later client)
 *     columns  address (0 = free) | client | acknowledged at, Unix seconds | lease time, seconds
 */
import { assert } from '../base/assert.ts';

/** Conflicts that are kept with their details. */
const EXAMPLES_MAX = 16;
const ENTRIES = 0;
const CONFLICTS = 1;
const EXAMPLES = 2;
const HEADER_WORDS = 64;
const COLUMNS = 4;

export interface AcknowledgedLease {
  readonly address: number;
  readonly client: number;
  readonly ackSec: number;
  readonly leaseTimeSec: number;
}

export interface LedgerConflict {
  readonly address: number;
  readonly earlierClient: number;
  readonly laterClient: number;
}

/** What became of one acknowledgement. */
export const Recorded = { fresh: 0, again: 1, conflict: 2, full: 3 } as const;
export type Recorded = (typeof Recorded)[keyof typeof Recorded];

/** @param capacity places, a power of two; seven eighths of them can be used */
export function allocateLedger(capacity: number): SharedArrayBuffer {
  assert(capacity >= 64 && (capacity & (capacity - 1)) === 0, 'ledger capacity is a power of two');
  return new SharedArrayBuffer((HEADER_WORDS + capacity * COLUMNS) * 4);
}

export class Ledger {
  readonly #header: Uint32Array;
  readonly #addresses: Uint32Array;
  readonly #clients: Uint32Array;
  readonly #acknowledged: Uint32Array;
  readonly #lifetimes: Uint32Array;
  readonly #capacity: number;

  constructor(memory: SharedArrayBuffer) {
    this.#capacity = (memory.byteLength / 4 - HEADER_WORDS) / COLUMNS;
    const column = (index: number): Uint32Array =>
      new Uint32Array(memory, (HEADER_WORDS + index * this.#capacity) * 4, this.#capacity);
    this.#header = new Uint32Array(memory, 0, HEADER_WORDS);
    this.#addresses = column(0);
    this.#clients = column(1);
    this.#acknowledged = column(2);
    this.#lifetimes = column(3);
  }

  /** Addresses that were ever acknowledged. */
  get size(): number {
    return this.#header[ENTRIES]!;
  }

  /** Enters one acknowledgement; `conflict` when another client's lease of the address has not ended. */
  record(address: number, client: number, nowSec: number, leaseTimeSec: number): Recorded {
    const at = this.#place(address);
    if (this.#addresses[at] === 0) {
      if (this.size >= this.#capacity - this.#capacity / 8) return Recorded.full;
      this.#header[ENTRIES]! += 1;
      this.#write(at, address, client, nowSec, leaseTimeSec);
      return Recorded.fresh;
    }
    const earlier = this.#clients[at]!;
    const held = this.#acknowledged[at]! + this.#lifetimes[at]! > nowSec;
    this.#write(at, address, client, nowSec, leaseTimeSec);
    if (earlier === client) return Recorded.again;
    if (!held) return Recorded.fresh;
    this.#keepExample(address, earlier, client);
    return Recorded.conflict;
  }

  /** The last acknowledgement of an address, or null. */
  get(address: number): AcknowledgedLease | null {
    const at = this.#place(address);
    return this.#addresses[at] === 0 ? null : this.#read(at);
  }

  /** Every address with its last acknowledgement, in no order. */
  *leases(): Generator<AcknowledgedLease> {
    for (let at = 0; at < this.#capacity; at++) if (this.#addresses[at] !== 0) yield this.#read(at);
  }

  /** The first conflicts that were seen, at most 16. */
  conflicts(): LedgerConflict[] {
    const count = Math.min(this.#header[CONFLICTS]!, EXAMPLES_MAX);
    return Array.from({ length: count }, (_, index) => {
      const at = EXAMPLES + index * 3;
      return {
        address: this.#header[at]!,
        earlierClient: this.#header[at + 1]!,
        laterClient: this.#header[at + 2]!,
      };
    });
  }

  /** The place that holds `address`, or the free one where it belongs; there is always a free one. */
  #place(address: number): number {
    const mask = this.#capacity - 1;
    let at = Math.imul(address, 0x9e3779b1) >>> 7;
    for (at &= mask; this.#addresses[at] !== 0 && this.#addresses[at] !== address; at = (at + 1) & mask);
    return at;
  }

  #write(at: number, address: number, client: number, nowSec: number, leaseTimeSec: number): void {
    this.#addresses[at] = address;
    this.#clients[at] = client;
    this.#acknowledged[at] = nowSec;
    this.#lifetimes[at] = leaseTimeSec;
  }

  #read(at: number): AcknowledgedLease {
    return {
      address: this.#addresses[at]!,
      client: this.#clients[at]!,
      ackSec: this.#acknowledged[at]!,
      leaseTimeSec: this.#lifetimes[at]!,
    };
  }

  #keepExample(address: number, earlier: number, later: number): void {
    const index = this.#header[CONFLICTS]!;
    this.#header[CONFLICTS] = index + 1;
    if (index < EXAMPLES_MAX) this.#header.set([address, earlier, later], EXAMPLES + index * 3);
  }
}
