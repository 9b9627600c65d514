/**
 * What happened to leases, for those who do not decide about leases: name changes for DNS, scripts, forensic logs. One ring
 * for the whole server: shards and main write while they hold the lease table's lock, main alone reads. It is a courtesy
 * beside the lease file: a full ring loses events, which is counted, and never holds up a lease.
 *
 *     ring record   kind = LeaseEventKind | sequence = change number of the lease file that the event rests on | parts
 *     part          u8 role | u8 0 | u16 length | octets       leases: their row of the lease file; query: see event-query.ts of the engine
 */
import { allocateByteRing, type ByteRingMemory } from '../base/byte-ring.ts';

export interface LeaseEventsMemory {
  readonly words: SharedArrayBuffer;
  readonly ring: ByteRingMemory;
}

/** Indexes of the control words (Int32). */
export const LeaseEventWord = {
  /** Writers -> main, which waits on it: grows, and is notified, when a batch of events was written. */
  pending: 0,
  /** Events that found no room, ever. */
  lost: 1,
} as const;

export const LeaseEventKind = {
  /** A client got a lease that it did not have. */
  granted: 1,
  /** A client's lease was written again. */
  renewed: 2,
  released: 3,
  declined: 4,
  /** Nobody renewed it in time. */
  expired: 5,
  /** A declined address is back in its pool. */
  recovered: 6,
  /** A message that might have changed leases has changed none: all that is told is the query. */
  unchanged: 7,
} as const;
export type LeaseEventKind = (typeof LeaseEventKind)[keyof typeof LeaseEventKind];

export const EventPart = {
  /** The lease as it stood at the address before, whosever it was. */
  former: 1,
  /** The lease as it stands now; of `expired`, `released` and `recovered` there is none. Of DHCPv6 a new one. */
  lease: 2,
  /** The client's lease at another address, which is gone now. Of DHCPv6, where there may be several, any that it loses. */
  replaced: 3,
  query: 4,
  /** Text for the forensic log, out of the query and out of its reply. Of DHCPv6, where there may be several leases, about the one in front. */
  requestText: 5,
  responseText: 6,
  /** A lease of the client that was written again beside new ones; DHCPv6, where a message changes several leases. */
  renewed: 7,
} as const;

export const EVENT_PART_HEADER_BYTES = 4;

/** Octets of a DHCPv4 message up to the end of chaddr. [RFC2131 2] */
export const EVENT_HEADER_BYTES = 44;
/** Of the name of an interface. */
export const EVENT_INTERFACE_BYTES_MAX = 15;
/** Of an option that is told of a query; what is longer is cut. */
export const EVENT_OPTION_BYTES_MAX = 2048;
/** In place of the length of an option that is not there. */
export const EVENT_NO_OPTION = 0xffff;
/** Identity associations of a DHCPv6 query that are told; those that are granted something come to no more. */
export const EVENT_IAS_MAX = 128;
/** Of one text: many lines. */
export const EVENT_TEXT_BYTES_MAX = 8192;

/** @param ringBytes a power of two */
export function allocateLeaseEvents(ringBytes: number): LeaseEventsMemory {
  return { words: new SharedArrayBuffer(128), ring: allocateByteRing(ringBytes) };
}
