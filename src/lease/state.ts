/** What leases of both families have in common: the states of a lease, and what a lifetime can be. */

/** Kea's lease states, with its numbers; `offered` exists in memory only and never leaves the process. */
export const LeaseState = {
  assigned: 0,
  declined: 1,
  expiredReclaimed: 2,
  released: 3,
  /** An address that its host made itself and registered (RFC 9686); DHCPv6 only. */
  registered: 4,
  offered: 255,
} as const;
export type LeaseState = (typeof LeaseState)[keyof typeof LeaseState];

/** A lifetime that never ends. */
export const INFINITE_LIFETIME_SEC = 0xffffffff;
