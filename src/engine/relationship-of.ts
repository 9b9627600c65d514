/** Which relationship a subnet belongs to: `user-context.ha-server-name` names any of the relationship's servers. */
import type { HaRelationshipConfig } from '../config/ha-model.ts';
import type { ServerConfig, SubnetConfig } from '../config/model.ts';

/** On a hub: the subnet names no server of any relationship, and its queries are dropped, as by Kea. */
export const NO_RELATIONSHIP = -1;

/** Index of the relationship whose partner shares the subnet's queries; with at most one relationship it is that one. */
export function relationshipOf(subnet: SubnetConfig, relationships: readonly HaRelationshipConfig[]): number {
  if (relationships.length <= 1) return 0;
  return relationships.findIndex((relationship) => names(subnet, relationship));
}

/**
 * The subnets whose leases a synchronization takes (Kea's lease filter): those that name the relationship.
 * @returns their ids, or null for all when none does
 */
export function synchronizedSubnets(
  config: ServerConfig,
  relationship: HaRelationshipConfig,
): ReadonlySet<number> | null {
  const named = config.subnets.filter((subnet) => names(subnet, relationship));
  return named.length === 0 ? null : new Set(named.map(({ id }) => id));
}

function names({ haServerName }: SubnetConfig, { peers }: HaRelationshipConfig): boolean {
  return peers.some(({ name }) => name === haServerName);
}
