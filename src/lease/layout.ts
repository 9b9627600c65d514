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
import { assert } from '../base/assert.ts';
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

/** Bits of the flags byte. */
export const RowFlag = {
  fqdnFwd: 1,
  fqdnRev: 2,
  /** A shard wrote the row for a client that asked here; it did not come from a peer, an administrator or the lease file. */
  granted: 4,
  /** The name is to be told to DNS as soon as the lease is safe. */
  dnsPending: 8,
  /** An offer, made of a lease of the same client that was over: it keeps the place among its rows that the lease had. */
  leasedBefore: 16,
} as const;

/** Word index of each control word. */
export const Control = {
  lock: 0,
  freeHead: 1,
  /** Rows ever used; rows above were never touched. */
  highWater: 2,
  count: 3,
  /** Grows whenever a lease is inserted or removed: tells whether a sorted view is stale. */
  membership: 4,
  arenaTop: 5,
  offerHead: 6,
  offerTail: 7,
  /** First word of the arena's free lists, one a size class. */
  arenaFree: 16,
} as const;
const CONTROL_WORDS = 48;

/** Offers remembered at once; above that the oldest offer is taken back (a DISCOVER flood must not own the pools). */
export const OFFERS_MAX = 65_536;

export interface LeaseTableMemory {
  readonly capacity: number;
  /** A power of two, at least the capacity. */
  readonly buckets: number;
  readonly control: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
  readonly heads: SharedArrayBuffer;
  readonly arena: SharedArrayBuffer;
  readonly offers: SharedArrayBuffer;
  readonly unsettled: SharedArrayBuffer;
  /** 256 words for each place of the longest identifier: a client must not be able to choose its hash chain. */
  readonly hashing: SharedArrayBuffer;
}

const CAPACITY_MAX = 1 << 25;
/** A third of the leases may have a long identifier or a name. */
const ARENA_BYTES_PER_ROW = 64;
/** All leases have a user context beside it. */
const CONTEXT_BYTES_PER_ROW = 256;
const ARENA_BYTES_MIN = 1 << 22;
/** The largest array there is, in whole blocks. */
const ARENA_BYTES_MAX = 2 ** 32 - 16;

/** Octets of the arena of a table, see `allocateLeaseTable`. */
export function arenaBytes(capacity: number, keepsContexts: boolean): number {
  const bytes = capacity * (ARENA_BYTES_PER_ROW + (keepsContexts ? CONTEXT_BYTES_PER_ROW : 0));
  return Math.min(ARENA_BYTES_MAX, Math.max(ARENA_BYTES_MIN, bytes));
}

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
