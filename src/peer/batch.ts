/**
 * Request bodies with lease updates, put together from the JSON bytes that the shards have written: nothing is parsed
 * or formatted again.
 *
 *     {"command":"lease4-bulk-apply","service":["dhcp4"],"arguments":{"leases":[ LEASE , ... ],
 *      "deleted-leases":[ LEASE , ... ],"origin":"ha-partner"}}
 *
 *     {"command":"lease4-update","service":["dhcp4"],"arguments": UPDATE }        or lease4-del
 *
 * An UPDATE is a record as it stands in the update log; a LEASE is one without the fields that repeat in each record.
 */
import { RING_RECORD_BYTES_MAX } from '../base/byte-ring.ts';
import { LeaseState } from '../lease/model.ts';
import { leaseUpdateCoreLength, leaseUpdateState } from '../lease/update-json.ts';
import type { Transaction } from './transactions.ts';

/** A lease update in somebody's bytes. */
export interface UpdateBytes {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  /** False = the lease is deleted. */
  readonly isUpdate: boolean;
  readonly address: number;
}

/** One lease of a request. */
export interface BatchEntry {
  readonly address: number;
  /** Where the lease's JSON object stands in the body. */
  readonly offset: number;
  readonly length: number;
  /** Transactions whose verdict depends on this lease: none when nobody waits, several when it replaced older updates. */
  readonly transactions: readonly Transaction[];
}

export interface Batch {
  readonly isBulk: boolean;
  readonly body: Uint8Array;
  readonly entries: readonly BatchEntry[];
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const BULK_START = ascii('{"command":"lease4-bulk-apply","service":["dhcp4"],"arguments":{"leases":[');
const BULK_MIDDLE = ascii('],"deleted-leases":[');
const BULK_END = ascii('],"origin":"ha-partner"}}');
const UPDATE_START = ascii('{"command":"lease4-update","service":["dhcp4"],"arguments":');
const DELETE_START = ascii('{"command":"lease4-del","service":["dhcp4"],"arguments":');

const COMMA = 0x2c;
const CLOSE_MAP = 0x7d;

/**
 * The request for one lease. A released lease goes out as a deletion: Kea before 2.7 refuses its state and would take
 * this server for broken, and every version knows what a deletion means.
 */
export function encodeSingle(update: UpdateBytes, transactions: readonly Transaction[]): Batch {
  const { bytes, offset, length, isUpdate, address } = update;
  const isKept = isUpdate && leaseUpdateState(bytes, offset) !== LeaseState.released;
  const start = isKept ? UPDATE_START : DELETE_START;
  const body = new Uint8Array(start.length + length + 1);
  body.set(start);
  body.set(bytes.subarray(offset, offset + length), start.length);
  body[body.length - 1] = CLOSE_MAP;
  return { isBulk: false, body, entries: [{ address, offset: start.length, length, transactions }] };
}

/** Collects leases for one bulk request after the other. The caller keeps an address from standing in one twice. */
export class BulkBuilder {
  readonly #leasesMax: number;
  readonly #bytesMax: number;
  /** Scratch, used again for every request; the body that is sent is a copy of the right size. */
  readonly #updates: Uint8Array;
  readonly #deletions: Uint8Array;
  #updateBytes = 0;
  #deletionBytes = 0;
  #entries: MutableEntry[] = [];

  constructor(leasesMax: number, bytesMax: number) {
    this.#leasesMax = leasesMax;
    this.#bytesMax = bytesMax;
    this.#updates = new Uint8Array(bytesMax + RING_RECORD_BYTES_MAX);
    this.#deletions = new Uint8Array(bytesMax + RING_RECORD_BYTES_MAX);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get isFull(): boolean {
    return (
      this.#entries.length >= this.#leasesMax || this.#updateBytes + this.#deletionBytes >= this.#bytesMax
    );
  }

  /** Pre: not full. */
  add(update: UpdateBytes, transactions: readonly Transaction[]): void {
    const { bytes, offset, isUpdate, address } = update;
    const core = leaseUpdateCoreLength(update.length, isUpdate);
    const into = isUpdate ? this.#updates : this.#deletions;
    let at = isUpdate ? this.#updateBytes : this.#deletionBytes;
    if (at > 0) into[at++] = COMMA;
    this.#entries.push({ address, offset: at, length: core + 1, transactions, isUpdate });
    into.set(bytes.subarray(offset, offset + core), at);
    at += core;
    into[at++] = CLOSE_MAP;
    if (isUpdate) this.#updateBytes = at;
    else this.#deletionBytes = at;
  }

  /** The request with everything added since the last call. Pre: not empty. */
  take(): Batch {
    const deletionsAt = BULK_START.length + this.#updateBytes + BULK_MIDDLE.length;
    const body = new Uint8Array(deletionsAt + this.#deletionBytes + BULK_END.length);
    body.set(BULK_START);
    body.set(this.#updates.subarray(0, this.#updateBytes), BULK_START.length);
    body.set(BULK_MIDDLE, BULK_START.length + this.#updateBytes);
    body.set(this.#deletions.subarray(0, this.#deletionBytes), deletionsAt);
    body.set(BULK_END, deletionsAt + this.#deletionBytes);
    const entries = this.#entries;
    for (const entry of entries) entry.offset += entry.isUpdate ? BULK_START.length : deletionsAt;
    this.#entries = [];
    this.#updateBytes = 0;
    this.#deletionBytes = 0;
    return { isBulk: true, body, entries };
  }
}

interface MutableEntry extends BatchEntry {
  offset: number;
  readonly isUpdate: boolean;
}
