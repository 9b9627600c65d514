/** Bounds of the whole program: each says who needs it. Bounds of one part alone stand in that part. */
import { assert } from './base/assert.ts';

/** A lease table is never smaller: small pools still see many offers and out-of-pool leases. */
export const LEASES_MIN = 65_536;
/** Rows of one table: 96 octets each, so 3.2 GB. */
export const LEASES_MAX = 1 << 25;

/** Replies that one shard may have parked, when the configuration does not say: at 100,000 DORA/s 80 ms of waiting. */
export const PARKED_MAX = 8192;

/**
 * Rows on their way to the disk. A row is about 100 octets: 8 MiB are some 80,000 leases, more than the parked replies of
 * eight shards, so that the park fills before the log does.
 */
export const CHANGE_LOG_BYTES = 1 << 23;
/** Lease updates on their way to main: about 260 octets each, so the same number needs more. */
export const UPDATE_LOG_BYTES = 1 << 24;

/** Lease events on their way to main, of some 300 octets each with their queries: more than a second at full load. */
export const LEASE_EVENTS_BYTES = 1 << 24;
/** Name change requests on their way to main: some 70 octets each, those of 15,000 leases. */
export const DNS_LOG_BYTES = 1 << 20;

/** Pairs that one hub may belong to: each has an update log, a listener and connections of its own. */
export const RELATIONSHIPS_MAX = 16;

/** Threads of the data plane; more only wait for the lock of the lease table. */
export const SHARDS_MAX = 8;

assert(
  CHANGE_LOG_BYTES / 100 > PARKED_MAX * SHARDS_MAX,
  'the change log holds the rows of every parked reply',
);
