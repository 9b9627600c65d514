/** The shared memory of the server, sized by the configuration. */
import type { ServerConfig } from '../config/model.ts';
import { poolRanges } from '../engine/compiled.ts';
import { allocatePolicies } from '../engine/policy.ts';
import { allocateUpdateLog, type UpdateLogMemory } from '../engine/shard-link.ts';
import { allocateJournal, type JournalMemory } from '../journal/memory.ts';
import type { LeaseBookMemory } from '../lease/book.ts';
import { allocateChangeLog } from '../lease/change-log.ts';
import { allocateLeaseTable } from '../lease/layout.ts';
import { allocatePools } from '../lease/pool.ts';
import { CHANGE_LOG_BYTES, LEASES_MAX, LEASES_MIN, UPDATE_LOG_BYTES } from '../limits.ts';

export interface ServerMemory {
  readonly book: LeaseBookMemory;
  readonly policies: SharedArrayBuffer;
  /** One a relationship; one, never read, without high availability. */
  readonly updates: readonly UpdateLogMemory[];
  readonly journal: JournalMemory;
}

/** Leases that the table has room for: what the file says, else twice the addresses of all pools. */
export function leaseCapacity(config: ServerConfig): number {
  if (config.tandem.maxLeases > 0) return Math.min(config.tandem.maxLeases, LEASES_MAX);
  let addresses = 0;
  for (const pool of poolRanges(config)) addresses += pool.last - pool.first + 1;
  return Math.min(LEASES_MAX, Math.max(LEASES_MIN, addresses * 2));
}

/** Allocates everything; pages that are never touched cost nothing. */
export function allocateServerMemory(config: ServerConfig): ServerMemory {
  const relationships = Math.max(1, config.relationships.length);
  return {
    book: {
      table: allocateLeaseTable(leaseCapacity(config)),
      pools: allocatePools(poolRanges(config)),
      changes: allocateChangeLog(CHANGE_LOG_BYTES),
    },
    policies: allocatePolicies(relationships),
    updates: Array.from({ length: relationships }, () => allocateUpdateLog(UPDATE_LOG_BYTES)),
    journal: allocateJournal(),
  };
}
