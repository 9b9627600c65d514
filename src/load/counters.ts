/**
 * What the load client counts, in memory that it shares with its owner. Cells are float64 with one writer (the client's
 * thread): exact up to 2^53, and 8-byte stores do not tear.
 *
 * The names are of DHCPv4. In DHCPv6 a SOLICIT counts as a discover, an ADVERTISE as an offer, a RENEW as a renew, a REPLY that
 * grants all that was asked for as an ack, and any other REPLY, like an ADVERTISE without leases, as a nak.
 */

export const LOAD_COUNTERS = [
  'discover-sent',
  'request-sent',
  /** REQUESTs of clients that already hold the address (ciaddr set). */
  'renew-sent',
  'release-sent',
  /** Queries sent again after a silence; also counted by their type above. */
  'retransmitted',
  /** Datagrams that the kernel did not take; the retransmission makes up for them. */
  'send-failed',
  'offer-received',
  'ack-received',
  'nak-received',
  /** Not a DHCP reply, or of a type no client expects. */
  'malformed-received',
  /** For no exchange that is remembered. */
  'stray-received',
  /** A second server answered a query that was sent once: the pair does not agree on who serves the client. */
  'duplicate-received',
  /** An answer more to a query that was sent more than once, or of the same server. */
  'repeat-received',
  /** DISCOVER, OFFER, REQUEST, ACK: all four. */
  'exchanges-completed',
  'renewals-completed',
  /** Silences longer than the retransmission timeout. */
  'timeouts',
  /** Exchanges given up after the last try. */
  'abandoned',
  /** An acknowledged address that another client still holds. */
  'address-conflicts',
  /** Acknowledged leases that did not fit into the ledger, so that nobody checks them. */
  'ledger-full',
  /** Offers and acknowledgements of the first and the second server. */
  'server-0-offers',
  'server-1-offers',
  'server-0-acks',
  'server-1-acks',
  /** A level, not a count: exchanges that wait for an answer now. */
  'in-flight',
  /** A level: the longest time in microseconds from a client's first query to its lease. */
  'longest-us',
] as const;
export type LoadCounter = (typeof LOAD_COUNTERS)[number];

/** Counter name -> cell number. */
export const L = Object.fromEntries(LOAD_COUNTERS.map((name, index) => [name, index])) as Record<
  LoadCounter,
  number
>;

/** A copy of all counters at one moment. */
export type LoadCounts = Record<LoadCounter, number>;

export function allocateLoadCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(LOAD_COUNTERS.length * 8);
}

/** Reads all counters; each is exact, together they may be a few packets apart. */
export function readLoadCounters(memory: SharedArrayBuffer): LoadCounts {
  const cells = new Float64Array(memory);
  return Object.fromEntries(LOAD_COUNTERS.map((name, index) => [name, cells[index]!])) as LoadCounts;
}
