/**
 * The control words of a lease table, whatever the family of its leases: what hash-chain, arena, offers and slots keep
 * beside the rows. All of them are constants of one place, so that nobody looks them up in an object while packets wait.
 */

/** Word index of each control word (Int32). */
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
export const CONTROL_WORDS = 48;
