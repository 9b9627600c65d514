/**
 * What lease events of DHCPv6 tell of the query that they come of:
 *
 *     u8 message type | 3 octets of transaction id | 16 of the source | u16 source port | 16 of the address it was sent to |
 *     u8 length, name of the interface | u8 length, DUID | u8 relays, and where there are any
 *         hop count | link address[16] | peer address[16] of the relay that is the nearest to the server |
 *     u16 length, data of interface-id, remote-id and subscriber-id, length 0xffff = none |
 *     u8 identity associations, of each u16 code | u32 IAID | u32 T1 | u32 T2
 */
import { writeNetworkHalf, writeNetworkWord } from '../../../base/big-endian.ts';
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import { writeOctets } from '../../../base/little-endian.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import { Field } from '../../../dhcp6/descriptor.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { DUID_BYTES_MAX, type LeaseRecord6 } from '../../../lease/dhcp6/record.ts';
import { rowCodec6 } from '../../../lease/dhcp6/row-codec.ts';
import {
  EVENT_IAS_MAX,
  EVENT_INTERFACE_BYTES_MAX,
  EVENT_NO_OPTION,
  EVENT_OPTION_BYTES_MAX,
  type LeaseEventsMemory,
} from '../../../lease/events.ts';
import { putInterfaceName } from '../../leases/event-octets.ts';
import {
  type EventFamily,
  LeaseEventWriter,
  type Listening,
  type TextMaker,
} from '../../leases/lease-events.ts';
import type { Query6 } from '../query.ts';

export type LeaseEventWriter6 = LeaseEventWriter<LeaseRecord6, Query6>;

const TRANSACTION_ID_BYTES = 3;
const IA_BYTES = 14;
/** Everything that has its length in front of it, and what stands between. */
const QUERY_BYTES_MAX =
  64 + // type, transaction id, addresses, port, lengths
  EVENT_INTERFACE_BYTES_MAX +
  DUID_BYTES_MAX +
  33 + // of the relay
  3 * EVENT_OPTION_BYTES_MAX +
  EVENT_IAS_MAX * IA_BYTES;

const FAMILY: EventFamily<LeaseRecord6, Query6> = {
  codec: rowCodec6,
  queryBytesMax: QUERY_BYTES_MAX,
  encodeQuery: encodeQuery6,
};

/** @param texts null = nobody wants texts of queries and replies */
export function leaseEvents6(
  book: LeaseBook6,
  memory: LeaseEventsMemory,
  listening: Listening,
  texts: TextMaker<Query6> | null = null,
): LeaseEventWriter6 {
  return new LeaseEventWriter(FAMILY, book, memory, listening, texts);
}

function encodeQuery6(out: Uint8Array, from: number, query: Query6): number {
  const { arrival, bytes, duid, relays } = query;
  const message = query.field(Field.messageOffset);
  let at = from;
  out[at++] = query.field(Field.messageType);
  at = writeOctets(out, at, bytes, message + 1, TRANSACTION_ID_BYTES);
  at = writeOctets(out, at, query.source, 0, IPV6_BYTES);
  at = writeNetworkHalf(out, at, query.sourcePort);
  at = writeOctets(out, at, arrival.address, 0, IPV6_BYTES);
  at = putInterfaceName(out, at, arrival.interfaceName);
  const duidLength = Math.min(duid.length, DUID_BYTES_MAX);
  out[at++] = duidLength;
  at = writeOctets(out, at, duid.bytes, duid.offset, duidLength);
  out[at++] = relays.count;
  if (relays.count > 0) at = putRelay(out, at, query);
  at = putRelayOption(out, at, query, OptionCode.interfaceId);
  at = putRelayOption(out, at, query, OptionCode.remoteId);
  at = putRelayOption(out, at, query, OptionCode.subscriberId);
  return putIas(out, at, query);
}

function putRelay(out: Uint8Array, from: number, { bytes, relays }: Query6): number {
  let at = from;
  relays.read(0);
  out[at++] = relays.hopCount;
  at = writeOctets(out, at, bytes, relays.linkAddressOffset, IPV6_BYTES);
  return writeOctets(out, at, bytes, relays.peerAddressOffset, IPV6_BYTES);
}

/** [Kea] The option of the relay that has it and is the nearest to the client. */
function putRelayOption(out: Uint8Array, at: number, { bytes, relays }: Query6, code: number): number {
  for (let level = relays.count - 1; level >= 0; level--) {
    relays.read(level);
    if (!relays.find(code)) continue;
    const { offset, length } = relays.options;
    const kept = Math.min(length, EVENT_OPTION_BYTES_MAX);
    return writeOctets(out, writeNetworkHalf(out, at, kept), bytes, offset, kept);
  }
  return writeNetworkHalf(out, at, EVENT_NO_OPTION);
}

function putIas(out: Uint8Array, from: number, query: Query6): number {
  const { ias } = query;
  let at = from + 1;
  let count = 0;
  query.rewindIas();
  for (; count < EVENT_IAS_MAX && ias.next(); count++) {
    at = writeNetworkHalf(out, at, ias.code);
    at = writeNetworkWord(out, at, ias.iaid);
    at = writeNetworkWord(out, at, ias.t1Sec);
    at = writeNetworkWord(out, at, ias.t2Sec);
  }
  out[from] = count;
  return at;
}
