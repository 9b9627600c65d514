/**
 * Scopes: which server's share of the queries is answered here. A scope has the name of the server whose share it is.
 *
 * The share of a query is its RFC 3074 hash modulo the number of active servers, as Kea does it; the hash bucket
 * assignments of RFC 3074 section 5 are not used. Standby and backup servers have no share of their own.
 */
import type { HaSetup } from './setup.ts';

/** Bits of `Policy.scopes`. */
const PRIMARY_BIT = 1;
const SECONDARY_BIT = 2;

/** The scopes of a server whose partner is well: its own, when it has one. */
export function defaultScopes(setup: HaSetup): readonly string[] {
  const { role, name } = setup.own;
  return role === 'primary' || role === 'secondary' ? [name] : [];
}

/** The scopes of a server that stands in for its partner: all. */
export function failoverScopes(setup: HaSetup): readonly string[] {
  return sortScopes([setup.primary.name, ...(setup.secondary === null ? [] : [setup.secondary.name])]);
}

/** Sorted and without repetition, as heartbeats report them. */
export function sortScopes(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** The scopes as the bits that the shards test; a name without a share (standby, backup) has none. */
export function scopeBits(setup: HaSetup, scopes: readonly string[]): number {
  let bits = 0;
  if (scopes.includes(setup.primary.name)) bits |= PRIMARY_BIT;
  if (setup.secondary !== null && scopes.includes(setup.secondary.name)) bits |= SECONDARY_BIT;
  return bits;
}

/** How many servers share the queries by hash: 2 in load-balancing, else 1. */
export function activeServers(setup: HaSetup): 1 | 2 {
  return setup.secondary === null ? 1 : 2;
}
