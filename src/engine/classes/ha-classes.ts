/** The classes by which pools and subnets tell the queries of the servers of a pair apart: `HA_` and the server's name. */
import { type ClassIds, NO_CLASS } from '../../classes/class-ids.ts';
import type { HaRelationshipConfig } from '../../config/ha-model.ts';

/** Names of the servers that share the queries by hash: the primary, and in load-balancing the secondary. */
function activeServerNames(ha: HaRelationshipConfig): string[] {
  const roles = ha.mode === 'load-balancing' ? ['primary', 'secondary'] : ['primary'];
  return roles.map((role) => ha.peers.find((peer) => peer.role === role)?.name ?? '');
}

const WITHOUT_RELATIONSHIP = [[NO_CLASS, NO_CLASS]];

/**
 * The class that a query of each active server is in, by relationship and server; NO_CLASS when nothing refers to it.
 * @param classes holds the classes of everything that was compiled
 */
export function haClasses(
  relationships: readonly HaRelationshipConfig[],
  classes: ClassIds,
): readonly (readonly number[])[] {
  if (relationships.length === 0) return WITHOUT_RELATIONSHIP;
  return relationships.map((each) => activeServerNames(each).map((name) => classes.find(`HA_${name}`)));
}
