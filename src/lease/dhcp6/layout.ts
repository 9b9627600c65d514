/**
 * Memory of the DHCPv6 lease table: one fixed-width row a lease, three hash indexes, an arena for what has no fixed width.
 *
 *     control   see control.ts
 *     rows      capacity x ROW_WORDS x 4 bytes: two lines of the processor's cache, the first for whoever searches
 *     heads     3 x buckets words: first row of each chain, by address, by identity association, by DUID
 *     arena     DUIDs above INLINE_DUID_BYTES, long hardware addresses, host names, user contexts
 *     offers    a ring of what is advertised, oldest first, see offer.ts
 *     unsettled see unsettled.ts
 *     hashing   secret random words for the hashes
 *
 * All of it is zeroed virtual memory until it is touched: an empty table of ten million rows costs nothing.
 */
import { randomFillSync } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { type ArenaMemory, arenaBytes } from '../arena.ts';
import { CONTROL_WORDS } from '../control.ts';
import { OFFERS_MAX, type OffersMemory } from '../offers.ts';
import { DUID_BYTES_MAX } from './record.ts';

export const ROW_WORDS = 32;

/** Word index of each field of a row. */
export const Row = {
  /** 16 octets as they stand in messages. */
  address: 0,
  iaid: 4,
  /** Bytes of this word: state, flags, lease type, prefix length. */
  head: 5,
  /** Bytes of this word: DUID length, host name length, then u16 user context length. */
  lengths: 6,
  nextByIa: 7,
  duid: 8,
  nextByAddress: 16,
  previousByIa: 17,
  nextByDuid: 18,
  previousByDuid: 19,
  preferredLifetimeSec: 20,
  validLifetimeSec: 21,
  clttSec: 22,
  subnetId: 23,
  poolId: 24,
  /** Arena block, 0 = none. */
  tail: 25,
  /** u16 hardware type, then bytes: hardware address length, mark of the offer (see offer.ts). */
  hwHead: 26,
  hwSource: 27,
  hw: 28,
} as const;

/** DUIDs up to this length stand in the row: DUID-LLT is 14 with Ethernet, DUID-UUID 18 (RFC 8415 11). */
export const INLINE_DUID_BYTES = 32;
/** Hardware addresses up to this length stand in the row. */
export const INLINE_HW_BYTES = 16;

export interface LeaseTableMemory6 extends ArenaMemory, OffersMemory {
  readonly capacity: number;
  /** A power of two, at least the capacity. */
  readonly buckets: number;
  readonly rows: SharedArrayBuffer;
  readonly heads: SharedArrayBuffer;
  readonly unsettled: SharedArrayBuffer;
  /** 256 words for each place of what is hashed: a client must not be able to choose its hash chain. */
  readonly hashing: SharedArrayBuffer;
}

/** Places of the hashes: an IAID and a lease type come behind the longest DUID. */
export const IAID_PLACE = DUID_BYTES_MAX;
const IAID_BYTES = 4;
export const TYPE_PLACE = IAID_PLACE + IAID_BYTES;
const PLACES = TYPE_PLACE + 1;

/** Rows that a table can have. */
export const LEASES_MAX = 1 << 24;

/**
 * @param capacity leases at most, 1..2^24
 * @param keepsContexts leases keep what relays say of their clients
 */
export function allocateLeaseTable6(capacity: number, keepsContexts = false): LeaseTableMemory6 {
  assert(capacity >= 1 && capacity <= LEASES_MAX, 'lease table capacity within 1..2^24');
  const buckets = 2 ** Math.ceil(Math.log2(Math.max(1024, capacity)));
  const memory = {
    capacity,
    buckets,
    control: new SharedArrayBuffer(CONTROL_WORDS * 4),
    rows: new SharedArrayBuffer(capacity * ROW_WORDS * 4),
    heads: new SharedArrayBuffer(buckets * 3 * 4),
    arena: new SharedArrayBuffer(arenaBytes(capacity, keepsContexts)),
    offers: new SharedArrayBuffer(OFFERS_MAX * 4),
    unsettled: new SharedArrayBuffer(capacity * 4),
    hashing: new SharedArrayBuffer(PLACES * 256 * 4),
  };
  randomFillSync(new Uint8Array(memory.hashing));
  return memory;
}
