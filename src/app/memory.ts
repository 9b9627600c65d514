/** The shared memory of the server, sized by the configuration. */
import type { ServerConfig } from '../config/model.ts';
import { limitedCountsOf } from '../engine/leases/limited-scopes.ts';
import { allocateDnsLog, type DnsLogMemory } from '../engine/names/dns-log.ts';
import type { UpdateLogMemory } from '../engine/parked/shard-link.ts';
import { allocatePolicies } from '../engine/policy.ts';
import { allocateServerPools, leasableAddresses } from '../engine/subnets/pool-plan.ts';
import { allocateJournal, type JournalMemory } from '../journal/memory.ts';
import { allocateChangeLog } from '../lease/change-log.ts';
import type { LeaseBookMemory } from '../lease/dhcp4/book.ts';
import { allocateLeaseTable } from '../lease/dhcp4/layout.ts';
import { allocateLeaseEvents, type LeaseEventsMemory } from '../lease/events.ts';
import type { LimitedMemory } from '../lease/limited-counts.ts';
import { CHANGE_LOG_BYTES, DNS_LOG_BYTES, LEASE_EVENTS_BYTES, LEASES_MAX, LEASES_MIN } from '../limits.ts';
import { allocateUpdateLogs, policyCount } from './ha/memory.ts';

/** What can be replaced is so only while no shard runs: a shard works with what stands here when it is started. */
export interface ServerMemory {
  book: LeaseBookMemory;
  /** Where leases are counted whose number is limited, or null. */
  limited: LimitedMemory | null;
  policies: SharedArrayBuffer;
  /** One a relationship; one, never read, without high availability. */
  updates: readonly UpdateLogMemory[];
  readonly journal: JournalMemory;
  readonly events: LeaseEventsMemory;
  readonly dns: DnsLogMemory;
}

/** Leases that the table has room for: what the file says, else twice the addresses that there are to give. */
export function leaseCapacity(config: ServerConfig): number {
  if (config.tandem.maxLeases > 0) return Math.min(config.tandem.maxLeases, LEASES_MAX);
  return Math.min(LEASES_MAX, Math.max(LEASES_MIN, leasableAddresses(config) * 2));
}

/** Whether every lease may come to have a user context. */
export function keepsContexts({ hooks, subnets }: ServerConfig): boolean {
  return hooks.limits !== null || subnets.some(({ storeExtendedInfo }) => storeExtendedInfo);
}

/** Allocates everything; pages that are never touched cost nothing. */
export function allocateServerMemory(config: ServerConfig): ServerMemory {
  const capacity = leaseCapacity(config);
  return {
    book: {
      table: allocateLeaseTable(capacity, keepsContexts(config)),
      pools: allocateServerPools(config),
      changes: allocateChangeLog(CHANGE_LOG_BYTES),
    },
    limited: limitedCountsOf(config.hooks.limits, capacity),
    policies: allocatePolicies(policyCount(config)),
    updates: allocateUpdateLogs(config),
    journal: allocateJournal(),
    events: allocateLeaseEvents(LEASE_EVENTS_BYTES),
    dns: allocateDnsLog(DNS_LOG_BYTES),
  };
}
