/** Reads what the engine of DHCPv4 has written of lease events. */
import { assert } from '../base/assert.ts';
import { LEASE_FILE_COLUMNS } from '../lease/dhcp4/csv.ts';
import { RowDecoder } from '../lease/dhcp4/csv-decode.ts';
import { RowFault } from '../lease/dhcp4/csv-fault.ts';
import { leaseOfRecord } from '../lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { EVENT_HEADER_BYTES, EventPart, type LeaseEventKind } from '../lease/events.ts';
import type { EventQuery, LeaseEvent } from './event.ts';
import { eachPart, NO_TEXTS, withText } from './parts.ts';

const COLUMNS = { min: LEASE_FILE_COLUMNS.length, max: LEASE_FILE_COLUMNS.length };
const decoder = new RowDecoder();

/** @param bytes the event's parts, in memory of their own */
export function parseLeaseEvent(kind: number, bytes: Uint8Array): LeaseEvent {
  let former: Lease4 | null = null;
  let lease: Lease4 | null = null;
  let replaced: Lease4 | null = null;
  let query: EventQuery | null = null;
  let texts = NO_TEXTS;
  eachPart(bytes, (role, part) => {
    if (role === EventPart.former) former = leaseIn(part);
    else if (role === EventPart.lease) lease = leaseIn(part);
    else if (role === EventPart.replaced) replaced = leaseIn(part);
    else if (role === EventPart.query) query = queryOf(part);
    else texts = withText(texts, role, part);
  });
  return { kind: kind as LeaseEventKind, former, lease, replaced, query, texts };
}

function leaseIn(part: Uint8Array): Lease4 {
  const fault = decoder.decode(part, 0, COLUMNS);
  assert(fault === RowFault.none, 'an event holds rows that can be read');
  return leaseOfRecord(decoder.record);
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
