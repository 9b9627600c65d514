/** The shared memory of a DHCPv6 server, sized by the configuration. */
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { allocateServerPools6 } from '../../engine/dhcp6/subnets/pool-memory.ts';
import { limitedCountsOf } from '../../engine/leases/limited-scopes.ts';
import { allocateDnsLog, type DnsLogMemory } from '../../engine/names/dns-log.ts';
import type { UpdateLogMemory } from '../../engine/parked/shard-link.ts';
import { allocatePolicies } from '../../engine/policy.ts';
import { allocateJournal, type JournalMemory } from '../../journal/memory.ts';
import { allocateChangeLog } from '../../lease/change-log.ts';
import type { LeaseBookMemory6 } from '../../lease/dhcp6/book.ts';
import { allocateLeaseTable6 } from '../../lease/dhcp6/layout.ts';
import { allocateLeaseEvents, type LeaseEventsMemory } from '../../lease/events.ts';
import type { LimitedMemory } from '../../lease/limited-counts.ts';
import { CHANGE_LOG_BYTES, DNS_LOG_BYTES, LEASE_EVENTS_BYTES } from '../../limits.ts';
import { allocateUpdateLogs, policyCount } from '../ha/memory.ts';

/** Pools of IPv6 say nothing of how many clients there are. */
const LEASES_DEFAULT = 1 << 20;
const LEASES_MAX = 1 << 24;

/** What can be replaced is so only while no shard runs: a shard works with what stands here when it is started. */
export interface ServerMemory6 {
  book: LeaseBookMemory6;
  /** Where leases are counted whose number is limited, or null. */
  limited: LimitedMemory | null;
  policies: SharedArrayBuffer;
  readonly events: LeaseEventsMemory;
  readonly dns: DnsLogMemory;
  /** One a relationship; one, never read, without high availability. */
  updates: readonly UpdateLogMemory[];
  readonly journal: JournalMemory;
}

/** Leases that the table has room for. */
export function leaseCapacity6({ tandem }: ServerConfig6): number {
  return tandem.maxLeases === 0 ? LEASES_DEFAULT : Math.min(tandem.maxLeases, LEASES_MAX);
}

/** Whether leases may come to have a user context. */
export function keepsContexts6({ hooks, subnets }: ServerConfig6): boolean {
  return hooks.limits !== null || subnets.some(({ storeExtendedInfo }) => storeExtendedInfo);
}

/** Allocates everything; pages that are never touched cost nothing. */
export function allocateServerMemory6(config: ServerConfig6): ServerMemory6 {
  const capacity = leaseCapacity6(config);
  return {
    book: {
      table: allocateLeaseTable6(capacity, keepsContexts6(config)),
      pools: allocateServerPools6(config),
      changes: allocateChangeLog(CHANGE_LOG_BYTES),
    },
    limited: limitedCountsOf(config.hooks.limits, capacity),
    policies: allocatePolicies(policyCount(config)),
    events: allocateLeaseEvents(LEASE_EVENTS_BYTES),
    dns: allocateDnsLog(DNS_LOG_BYTES),
    updates: allocateUpdateLogs(config),
    journal: allocateJournal(),
  };
}
