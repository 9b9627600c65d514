/** How the query in work comes into a subnet, and into another one of the same network. */
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import type { Query } from '../query.ts';

/**
 * Makes a subnet the one of the query in work: its settings, its options and what is reserved for the client in it count
 * from now on.
 */
export function enterSubnet(context: Context, subnet: CompiledSubnet | null): void {
  context.subnet = subnet;
  context.host = subnet === null ? null : context.hosts.of(subnet);
  seeClientId(context.query, subnet);
}

/**
 * Lets the lease lookup see the client identifier of the query, but where the subnet ignores identifiers; it is echoed
 * all the same [RFC6842 3]. @param subnet null = none that ignores it
 */
export function seeClientId(query: Query, subnet: CompiledSubnet | null): void {
  const isSeen = subnet === null || subnet.matchClientId || query.hw.length === 0;
  query.clientId.length = isSeen ? query.clientIdLength : 0;
}
