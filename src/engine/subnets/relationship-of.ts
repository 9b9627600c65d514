/** Which relationship a subnet belongs to: `user-context.ha-server-name` names any of the relationship's servers. */
import type { HaRelationshipConfig } from '../../config/ha-model.ts';

/** What of a subnet of either family says whose it is. */
export interface SharedSubnet {
  readonly id: number;
  readonly haServerName: string | null;
}

/** On a hub: the subnet names no server of any relationship, and its queries are dropped, as by Kea. */
export const NO_RELATIONSHIP = -1;

/** Index of the relationship whose partner shares the subnet's queries; with at most one relationship it is that one. */
export function relationshipOf(subnet: SharedSubnet, relationships: readonly HaRelationshipConfig[]): number {
  if (relationships.length <= 1) return 0;
  return relationships.findIndex((relationship) => names(subnet, relationship));
}

/**
 * The subnets whose leases a synchronization takes: those that it shares with the partner. Kea's lease filter takes those
 * that name the relationship; with a single relationship that would leave out subnets that the partner serves too.
 * @returns their ids, or null for all when no subnet names the relationship
 */
export function synchronizedSubnets(
  config: {
    readonly subnets: readonly SharedSubnet[];
    readonly relationships: readonly HaRelationshipConfig[];
  },
  relationship: HaRelationshipConfig,
): ReadonlySet<number> | null {
  const { subnets, relationships } = config;
  // On a hub nobody's subnets are not everybody's: another branch's leases are no business of this one.
  if (!subnets.some((subnet) => names(subnet, relationship)))
    return relationships.length > 1 ? new Set() : null;
  // By name: after a reload the configuration is another object.
  const index = relationships.findIndex((each) => each.thisServerName === relationship.thisServerName);
  const shared = subnets.filter((subnet) => relationshipOf(subnet, relationships) === index);
  return new Set(shared.map(({ id }) => id));
}

function names({ haServerName }: SharedSubnet, { peers }: HaRelationshipConfig): boolean {
  return peers.some(({ name }) => name === haServerName);
}
