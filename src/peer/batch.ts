/**
 * Requests with a lease update, in the JSON of a Kea, made from the records that the shards have written.
 *
 *     {"command":"lease4-update","service":["dhcp4"],"arguments": UPDATE }        or lease4-del
 */
import { assert } from '../base/assert.ts';
import { emptyRecord, type LeaseRecord } from '../lease/dhcp4/record.ts';
import { encodeLeaseUpdate, LEASE_UPDATE_BYTES_MAX } from '../lease/dhcp4/update-json.ts';
import { decodeUpdateRecord } from '../lease/dhcp4/update-record.ts';
import { USER_CONTEXT_BYTES_MAX } from '../lease/limits.ts';
import { LeaseState } from '../lease/state.ts';
import type { Transaction } from './transactions.ts';

/** A lease update in somebody's bytes: a record of lease/dhcp4/update-record.ts. */
export interface UpdateBytes {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly length: number;
  /** False = the lease is deleted. */
  readonly isUpdate: boolean;
  readonly address: number;
}

/** The request for one lease. */
export interface LeaseRequest {
  readonly body: Uint8Array;
  readonly address: number;
  /** Where the lease's JSON object stands in the body. */
  readonly offset: number;
  readonly length: number;
  /** Transactions whose verdict depends on it: none when nobody waits, several when it replaced older updates. */
  readonly transactions: readonly Transaction[];
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const UPDATE_START = ascii('{"command":"lease4-update","service":["dhcp4"],"arguments":');
const DELETE_START = ascii('{"command":"lease4-del","service":["dhcp4"],"arguments":');

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
 * Makes the request for one lease. A released lease goes out as a deletion: Kea before 2.7 refuses its state and would take
 * this server for broken, and every version knows what a deletion means.
 */
export function encodeRequest(update: UpdateBytes, transactions: readonly Transaction[]): LeaseRequest {
  const { isUpdate, address } = update;
  const source = read(update);
  const start = isUpdate && source.state !== LeaseState.released ? UPDATE_START : DELETE_START;
  const length = encodeLeaseUpdate(scratch, 0, source, isUpdate);
  const body = new Uint8Array(start.length + length + 1);
  body.set(start);
  body.set(scratch.subarray(0, length), start.length);
  body[body.length - 1] = CLOSE_MAP;
  return { body, address, offset: start.length, length, transactions };
}
