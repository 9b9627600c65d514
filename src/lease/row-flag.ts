/** What a row of a lease table notes beside the fields of its lease, in the families alike. */

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
