/** A lease event of DHCPv6 as main sees it: all that one message, or the end of one lease, came to. */
import type { Lease6 } from '../../lease/dhcp6/model.ts';
import type { LeaseEventKind } from '../../lease/events.ts';
import type { LegalTexts } from '../parts.ts';

/** The relay that is the nearest to the server. */
export interface EventRelay6 {
  readonly hopCount: number;
  /** 16 octets each. */
  readonly linkAddress: Uint8Array;
  readonly peerAddress: Uint8Array;
}

/** An identity association of the query. */
export interface EventIa6 {
  /** Its option code: 3 or 25. */
  readonly code: number;
  readonly iaid: number;
  readonly t1Sec: number;
  readonly t2Sec: number;
}

/** What is known of the query that an event comes of. */
export interface EventQuery6 {
  /** Of the client's own message. */
  readonly messageType: number;
  /** 24 bits. */
  readonly transactionId: number;
  /** 16 octets. */
  readonly sourceAddress: Uint8Array;
  readonly sourcePort: number;
  /** The address or group that it was sent to, 16 octets. */
  readonly localAddress: Uint8Array;
  readonly interfaceName: string;
  readonly duid: Uint8Array;
  /** Null = it came through none. */
  readonly relay: EventRelay6 | null;
  /** Options of the relay that has them and is the nearest to the client; null = none has. */
  readonly interfaceId: Uint8Array | null;
  readonly remoteId: Uint8Array | null;
  readonly subscriberId: Uint8Array | null;
  readonly ias: readonly EventIa6[];
}

/** A lease that a message has written. */
export interface WrittenLease6 {
  readonly lease: Lease6;
  /** The client had it before. */
  readonly isRenewed: boolean;
}

export interface LeaseEvent6 {
  readonly kind: LeaseEventKind;
  /** As they were before: what was released, declined, or is over. */
  readonly former: readonly Lease6[];
  /** As they are now, in the order of the message: what was given, renewed or declined. */
  readonly written: readonly WrittenLease6[];
  /** What the client loses by the message. */
  readonly replaced: readonly Lease6[];
  /** Null for what no query has done, and unless a listener wants queries. */
  readonly query: EventQuery6 | null;
  /** Those about each lease; of one that is not there none were made. */
  readonly texts: ReadonlyMap<Lease6, LegalTexts>;
}
