/**
 * Which active server of a pair answers a client. RFC 3074 gives each server a set of hash values (hash bucket
 * assignments, HBA, its section 2.2); Kea, and therefore Tandem, has no such table: the server is the hash modulo the
 * number of active servers. The hash itself is that of RFC 3074 section 6 on both.
 */

/** No server: the query has neither a client identifier nor a hardware address. */
export const NO_SERVER = -1;

/**
 * The position of the server that a client belongs to.
 * @param hash `Field.hash` of the query, 0..255, or -1 for no key
 * @param activeServers 1 (hot-standby, passive-backup) or 2 (load-balancing)
 * @returns 0 = primary, 1 = secondary, NO_SERVER without a key
 */
export function serverIndexOf(hash: number, activeServers: number): number {
  return hash < 0 ? NO_SERVER : hash % activeServers;
}
