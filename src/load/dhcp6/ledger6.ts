/**
 * The load client's memory of every acknowledged DHCPv6 lease: addresses and prefixes. Two clients of the same one are found
 * when they are entered, two leases of which one lies inside of the other when somebody asks.
 *
 *     key   address, four words | prefix length, 128 of an address
 */
import { IPV6_BYTES, IPV6_WORDS, isInIpv6Prefix, readIpv6Words, writeIpv6Words } from '../../base/ipv6.ts';
import { formatIpv6 } from '../../base/ipv6-text.ts';
import { type Acknowledgement, allocateLedgerTable, LedgerTable, type Recorded } from '../ledger-table.ts';

const KEY_WORDS = IPV6_WORDS + 1;
/** The prefix length of an address. */
export const ADDRESS_LENGTH = 128;

export interface AcknowledgedLease6 extends Acknowledgement {
  /** 16 octets; of a prefix its first address. */
  readonly address: Uint8Array;
  /** 128 of an address. */
  readonly prefixLength: number;
}

export interface LedgerConflict6 {
  /** As text: an address, or a prefix with its length. */
  readonly lease: string;
  readonly earlierClient: number;
  readonly laterClient: number;
}

/** A lease inside of another one, as text. */
export interface Overlap {
  readonly inner: string;
  readonly outer: string;
}

/** @param capacity places, a power of two; seven eighths of them can be used */
export function allocateLedger6(capacity: number): SharedArrayBuffer {
  return allocateLedgerTable(capacity, KEY_WORDS);
}

/** An address, or a prefix with its length. */
export function formatLease6(address: Uint8Array, prefixLength: number): string {
  const text = formatIpv6(address);
  return prefixLength === ADDRESS_LENGTH ? text : `${text}/${prefixLength}`;
}

export class Ledger6 {
  readonly #table: LedgerTable;
  readonly #key = new Uint32Array(KEY_WORDS);

  constructor(memory: SharedArrayBuffer) {
    this.#table = new LedgerTable(memory, KEY_WORDS);
  }

  /** Addresses and prefixes that were ever acknowledged. */
  get size(): number {
    return this.#table.size;
  }

  /** Enters one acknowledgement of the lease at `bytes[at]`; `conflict` when another client's has not ended. */
  record(
    bytes: Uint8Array,
    at: number,
    prefixLength: number,
    client: number,
    nowSec: number,
    validSec: number,
  ): Recorded {
    return this.#table.record(this.#keyOf(bytes, at, prefixLength), client, nowSec, validSec);
  }

  /** The last acknowledgement, or null. @param address 16 octets */
  get(address: Uint8Array, prefixLength = ADDRESS_LENGTH): AcknowledgedLease6 | null {
    const place = this.#table.find(this.#keyOf(address, 0, prefixLength));
    return place < 0 ? null : this.#leaseAt(place);
  }

  /** Every lease with its last acknowledgement, in no order. */
  *leases(): Generator<AcknowledgedLease6> {
    for (const place of this.#table.places()) yield this.#leaseAt(place);
  }

  /** The first conflicts that were seen, at most 16. */
  conflicts(): LedgerConflict6[] {
    return this.#table.conflicts().map(({ key, ...clients }) => ({ lease: textOf(key), ...clients }));
  }

  /** Every lease that lies inside of another one, both of them held. @param nowSec Unix seconds */
  overlaps(nowSec: number): Overlap[] {
    const keys: Uint32Array[] = [];
    for (const place of this.#table.places()) {
      const { ackSec, leaseTimeSec } = this.#table.acknowledgement(place);
      if (ackSec + leaseTimeSec > nowSec) keys.push(this.#table.keyAt(place));
    }
    // Of two prefixes one holds the other or they share nothing: what holds a lease stands before it, and open.
    keys.sort(compareKeys);
    const open: Uint32Array[] = [];
    const overlaps: Overlap[] = [];
    for (const key of keys) {
      while (open.length > 0 && !holds(open.at(-1)!, key)) open.pop();
      const outer = open.at(-1);
      if (outer !== undefined) overlaps.push({ inner: textOf(key), outer: textOf(outer) });
      open.push(key);
    }
    return overlaps;
  }

  #keyOf(bytes: Uint8Array, at: number, prefixLength: number): Uint32Array {
    readIpv6Words(bytes, at, this.#key, 0);
    this.#key[IPV6_WORDS] = prefixLength;
    return this.#key;
  }

  #leaseAt(place: number): AcknowledgedLease6 {
    const key = this.#table.keyAt(place);
    return {
      address: octetsOf(key),
      prefixLength: key[IPV6_WORDS]!,
      ...this.#table.acknowledgement(place),
    };
  }
}

/** Ascending, the shorter of two prefixes that begin alike first. */
function compareKeys(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < KEY_WORDS; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

function holds(outer: Uint32Array, inner: Uint32Array): boolean {
  return isInIpv6Prefix(octetsOf(inner), 0, octetsOf(outer), 0, outer[IPV6_WORDS]!);
}

function octetsOf(key: Uint32Array): Uint8Array {
  const octets = new Uint8Array(IPV6_BYTES);
  writeIpv6Words(key, 0, octets, 0);
  return octets;
}

function textOf(key: Uint32Array): string {
  return formatLease6(octetsOf(key), key[IPV6_WORDS]!);
}
