/**
 * What the clients of one family say and hear, and what they hold. The exchange around it, its time and its counts, is the
 * session's, and the same for both.
 */
import type { Recorded } from './ledger-table.ts';

/** What a query asks for. `renewal`: the same lease for longer, of whoever holds one. */
export const Asked = { offer: 0, lease: 1, renewal: 2, release: 3 } as const;
export type Asked = (typeof Asked)[keyof typeof Asked];

/** What a datagram is to a client. `nothing`: a server that has nothing to offer; the client asks on. */
export const Heard = { malformed: 0, offer: 1, lease: 2, refusal: 3, nothing: 4 } as const;
export type Heard = (typeof Heard)[keyof typeof Heard];

/** Whose query it is; one object is reused for all of them. */
export interface QueryOf {
  xid: number;
  client: number;
  /** The place of its exchange, see `Exchanges`. */
  place: number;
  /** Microseconds since the client began. */
  elapsedUs: number;
}

export interface LoadFamily {
  /** Octets of the longest query. */
  readonly queryBytes: number;
  /** Of a transaction id: 24 or 32. */
  readonly xidBits: number;
  /** Transaction id of the datagram that was read last. */
  readonly xid: number;
  /** Writes a query. @returns its octets, at most `queryBytes` */
  write(asked: Asked, query: QueryOf, bytes: Uint8Array, offset: number): number;
  /** Reads a datagram of a server; never throws. What it says holds until the next one. */
  read(bytes: Uint8Array, offset: number, length: number): Heard;
  /** The exchange at a place goes on with what was offered. */
  takeOffer(place: number): void;
  /** It holds what was granted. */
  takeLease(place: number): void;
  /** It has nothing any more. */
  drop(place: number): void;
  /** Enters what it holds into the ledger. @returns the worst of what became of it */
  record(place: number, client: number, nowSec: number): Recorded;
  /** Enters that it holds it no more. */
  recordReleased(place: number, client: number, nowSec: number): void;
  /** A client of a renewing population remembers what its exchange at a place holds. */
  keep(client: number, place: number): void;
  /** And begins another exchange with it. */
  recall(client: number, place: number): void;
}
