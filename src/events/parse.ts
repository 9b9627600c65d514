/** Reads what engine/leases/lease-events.ts has written. */
import { assert } from '../base/assert.ts';
import { EVENT_HEADER_BYTES } from '../engine/leases/lease-events.ts';
import { LEASE_FILE_COLUMNS } from '../lease/dhcp4/csv.ts';
import { RowDecoder } from '../lease/dhcp4/csv-decode.ts';
import { RowFault } from '../lease/dhcp4/csv-fault.ts';
import { leaseOfRecord } from '../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { EVENT_PART_HEADER_BYTES, EventPart, type LeaseEventKind } from '../lease/events.ts';
import type { EventQuery, LeaseEvent } from './event.ts';

const COLUMNS = { min: LEASE_FILE_COLUMNS.length, max: LEASE_FILE_COLUMNS.length };
const decoder = new RowDecoder();

/** @param bytes the event's parts, in memory of their own */
export function parseLeaseEvent(kind: number, bytes: Uint8Array): LeaseEvent {
  let former: Lease4 | null = null;
  let lease: Lease4 | null = null;
  let replaced: Lease4 | null = null;
  let query: EventQuery | null = null;
  let requestText: string | null = null;
  let responseText: string | null = null;
  for (let at = 0; at < bytes.length; ) {
    const role = bytes[at]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const from = at + EVENT_PART_HEADER_BYTES;
    at = from + length;
    if (role === EventPart.former) former = leaseAt(bytes, from);
    else if (role === EventPart.lease) lease = leaseAt(bytes, from);
    else if (role === EventPart.replaced) replaced = leaseAt(bytes, from);
    else if (role === EventPart.query) query = queryOf(bytes.subarray(from, at));
    else if (role === EventPart.requestText) requestText = textOf(bytes.subarray(from, at));
    else if (role === EventPart.responseText) responseText = textOf(bytes.subarray(from, at));
  }
  return { kind: kind as LeaseEventKind, former, lease, replaced, query, requestText, responseText };
}

function leaseAt(bytes: Uint8Array, at: number): Lease4 {
  const fault = decoder.decode(bytes, at, COLUMNS);
  assert(fault === RowFault.none, 'an event holds rows that can be read');
  return leaseOfRecord(decoder.record);
}

/** What clients have sent may be in it: what is no UTF-8 is shown as such. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function queryOf(bytes: Uint8Array): EventQuery {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = EVENT_HEADER_BYTES;
  const messageType = view.getUint8(at);
  const sourceAddress = view.getUint32(at + 1);
  const sourcePort = view.getUint16(at + 5);
  const localAddress = view.getUint32(at + 7);
  const nameLength = view.getUint8(at + 11);
  at += 12;
  const interfaceName = Buffer.from(bytes.subarray(at, at + nameLength)).toString('latin1');
  at += nameLength + 2;
  return {
    header: bytes.subarray(0, EVENT_HEADER_BYTES),
    messageType,
    sourceAddress,
    sourcePort,
    localAddress,
    interfaceName,
    agentOptions: bytes.subarray(at, at + view.getUint16(at - 2)),
  };
}
