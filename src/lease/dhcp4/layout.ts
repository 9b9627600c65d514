/**
 * Memory of the lease table: one fixed-width row a lease, three hash indexes, an arena for what has no fixed width.
 *
 *     control   lock, counters, free list, arena bookkeeping
 *     rows      capacity x ROW_WORDS x 4 bytes
 *     heads     3 x buckets words: first row of each chain, by address, client identifier, hardware address
 *     arena     client identifiers above INLINE_CLIENT_ID_BYTES, host names, user contexts
 *     offers    a ring of the addresses on offer, oldest first
 *     unsettled a word a row: number of its last change until that is known to be safe
 *     hashing   secret random words for the hashes
 *
 * All of it is zeroed virtual memory until it is touched: an empty table of ten million rows costs nothing.
 */
import { randomFillSync } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { type ArenaMemory, arenaBytes } from '../arena.ts';
import { CONTROL_WORDS } from '../control.ts';
import { OFFERS_MAX, type OffersMemory } from '../offers.ts';
import { CLIENT_ID_BYTES_MAX } from './record.ts';

export const ROW_WORDS = 24;

/** Word index of each field of a row. */
export const Row = {
  address: 0,
  /** Bytes of this word: state, flags, hardware type, hardware address length. */
  head: 1,
  /** Bytes of this word: client-id length, host name length, then u16 user context length. */
  lengths: 2,
  validLifetimeSec: 3,
  clttSec: 4,
  subnetId: 5,
  poolId: 6,
  /** Arena block, 0 = none. */
  tail: 7,
  nextByAddress: 8,
  nextByClientId: 9,
  nextByHw: 10,
  hw: 11,
  previousByHw: 15,
  clientId: 16,
} as const;

export const HW_BYTES_MAX = 16;
/** Client identifiers up to this length stand in the row: type + MAC is 7, the usual DUID-based ones 15 to 19. */
export const INLINE_CLIENT_ID_BYTES = 32;

export interface LeaseTableMemory extends ArenaMemory, OffersMemory {
  readonly capacity: number;
  /** A power of two, at least the capacity. */
  readonly buckets: number;
  readonly rows: SharedArrayBuffer;
  readonly heads: SharedArrayBuffer;
  readonly unsettled: SharedArrayBuffer;
  /** 256 words for each place of the longest identifier: a client must not be able to choose its hash chain. */
  readonly hashing: SharedArrayBuffer;
}

const CAPACITY_MAX = 1 << 25;
/**
 * @param capacity leases at most, 1..2^25
 * @param keepsContexts leases keep what relays say of their clients
 */
export function allocateLeaseTable(capacity: number, keepsContexts = false): LeaseTableMemory {
  assert(capacity >= 1 && capacity <= CAPACITY_MAX, 'lease table capacity within 1..2^25');
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
    hashing: new SharedArrayBuffer(CLIENT_ID_BYTES_MAX * 256 * 4),
  };
  randomFillSync(new Uint8Array(memory.hashing));
  return memory;
}
