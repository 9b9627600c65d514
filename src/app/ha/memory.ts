/** Memory of the relationships: a policy and an update log each. */
import type { HaRelationshipConfig } from '../../config/ha-model.ts';
import { allocateUpdateLog, type UpdateLogMemory } from '../../engine/parked/shard-link.ts';
import { UPDATE_LOG_BYTES } from '../../limits.ts';

interface Relationships {
  readonly relationships: readonly HaRelationshipConfig[];
}

/** Policies and update logs that a configuration needs. */
export function policyCount({ relationships }: Relationships): number {
  return Math.max(1, relationships.length);
}

/** One that partner and backups of a relationship read; without one nobody reads it. */
export function newUpdateLog(relationship?: HaRelationshipConfig): UpdateLogMemory {
  const others = relationship?.peers.filter(({ name }) => name !== relationship.thisServerName) ?? [];
  const hasBackups = others.some(({ role }) => role === 'backup');
  const hasPartner = others.some(({ role }) => role !== 'backup');
  return allocateUpdateLog(UPDATE_LOG_BYTES, hasBackups && hasPartner ? 2 : 1);
}

/** The update logs of a configuration. */
export function allocateUpdateLogs(config: Relationships): UpdateLogMemory[] {
  return Array.from({ length: policyCount(config) }, (_, at) => newUpdateLog(config.relationships[at]));
}
