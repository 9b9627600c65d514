/**
 * What lease events of DHCPv4 tell of the query that they come of:
 *
 *     44 octets of the header, op to chaddr | u8 message type | u32 source address | u16 source port |
 *     u32 address of the socket | u8 length, name of the interface | u16 length, payload of option 82
 */

import { writeNetworkHalf, writeNetworkWord } from '../../base/big-endian.ts';
import { writeOctets } from '../../base/little-endian.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import type { LeaseBook } from '../../lease/dhcp4/book.ts';
import type { LeaseRecord } from '../../lease/dhcp4/record.ts';
import { rowCodec4 } from '../../lease/dhcp4/row-codec.ts';
import {
  EVENT_HEADER_BYTES,
  EVENT_INTERFACE_BYTES_MAX,
  EVENT_OPTION_BYTES_MAX,
  type LeaseEventsMemory,
} from '../../lease/events.ts';
import type { Query } from '../query.ts';
import { putInterfaceName } from './event-octets.ts';
import { type EventFamily, LeaseEventWriter, type Listening, type TextMaker } from './lease-events.ts';

export type LeaseEventWriter4 = LeaseEventWriter<LeaseRecord, Query>;

const FAMILY: EventFamily<LeaseRecord, Query> = {
  codec: rowCodec4,
  queryBytesMax: EVENT_HEADER_BYTES + 14 + EVENT_INTERFACE_BYTES_MAX + EVENT_OPTION_BYTES_MAX,
  encodeQuery,
};

/** @param texts null = nobody wants texts of queries and replies */
export function leaseEvents4(
  book: LeaseBook,
  memory: LeaseEventsMemory,
  listening: Listening,
  texts: TextMaker<Query> | null = null,
): LeaseEventWriter4 {
  return new LeaseEventWriter(FAMILY, book, memory, listening, texts);
}

function encodeQuery(out: Uint8Array, from: number, query: Query): number {
  let at = writeOctets(out, from, query.bytes, query.offset, EVENT_HEADER_BYTES);
  out[at++] = query.field(Field.messageType);
  at = writeNetworkWord(out, at, query.sourceAddress);
  at = writeNetworkHalf(out, at, query.sourcePort);
  at = writeNetworkWord(out, at, query.socket.address);
  at = putInterfaceName(out, at, query.socket.interfaceName);
  const agentLength = Math.min(query.field(Field.agentLength), EVENT_OPTION_BYTES_MAX);
  at = writeNetworkHalf(out, at, agentLength);
  return writeOctets(out, at, query.bytes, query.field(Field.agentOffset), agentLength);
}
