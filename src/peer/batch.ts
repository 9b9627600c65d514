/**
 * Request bodies with lease updates, in the JSON of a Kea, made from the records that the shards have written.
 *
 *     {"command":"lease4-bulk-apply","service":["dhcp4"],"arguments":{"leases":[ LEASE , ... ],
 *      "deleted-leases":[ LEASE , ... ],"origin":"ha-partner"}}
 *
 *     {"command":"lease4-update","service":["dhcp4"],"arguments": UPDATE }        or lease4-del
 *
 * A LEASE is an UPDATE without the members that belong to the command.
 */
import { assert } from '../base/assert.ts';
import { LeaseState } from '../lease/model.ts';
import { emptyRecord, type LeaseRecord, USER_CONTEXT_BYTES_MAX } from '../lease/record.ts';
import { encodeLeaseUpdate, encodeListedLease, LEASE_UPDATE_BYTES_MAX } from '../lease/update-json.ts';
import { decodeUpdateRecord } from '../lease/update-record.ts';
import type { Transaction } from './transactions.ts';

/** A lease update in somebody's bytes: a record of lease/update-record.ts. */
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
const LEASE_BYTES_MAX = LEASE_UPDATE_BYTES_MAX + USER_CONTEXT_BYTES_MAX;

const record = emptyRecord();
const scratch = new Uint8Array(LEASE_BYTES_MAX);

/** The lease of an update; the same object each time. */
function read({ bytes, offset, length }: UpdateBytes): LeaseRecord {
  const fault = decodeUpdateRecord(bytes, offset, length, record);
  assert(fault === null, 'what this server has written can be read');
  return record;
}

/**
 * The request for one lease. A released lease goes out as a deletion: Kea before 2.7 refuses its state and would take
 * this server for broken, and every version knows what a deletion means.
 */
export function encodeSingle(update: UpdateBytes, transactions: readonly Transaction[]): Batch {
  const { isUpdate, address } = update;
  const source = read(update);
  const start = isUpdate && source.state !== LeaseState.released ? UPDATE_START : DELETE_START;
  const length = encodeLeaseUpdate(scratch, 0, source, isUpdate);
  const body = new Uint8Array(start.length + length + 1);
  body.set(start);
  body.set(scratch.subarray(0, length), start.length);
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
    this.#updates = new Uint8Array(bytesMax + LEASE_BYTES_MAX);
    this.#deletions = new Uint8Array(bytesMax + LEASE_BYTES_MAX);
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
    const { isUpdate, address } = update;
    const into = isUpdate ? this.#updates : this.#deletions;
    let at = isUpdate ? this.#updateBytes : this.#deletionBytes;
    if (at > 0) into[at++] = COMMA;
    const offset = at;
    at = encodeListedLease(into, at, read(update));
    this.#entries.push({ address, offset, length: at - offset, transactions, isUpdate });
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
