/** The shared memory of a DHCPv6 server, sized by the configuration. */
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import { allocateServerPools6 } from '../../engine/dhcp6/subnets/pool-memory.ts';
import { allocateDnsLog, type DnsLogMemory } from '../../engine/names/dns-log.ts';
import { allocateUpdateLog, type UpdateLogMemory } from '../../engine/parked/shard-link.ts';
import { allocatePolicies } from '../../engine/policy.ts';
import { allocateJournal, type JournalMemory } from '../../journal/memory.ts';
import { allocateChangeLog } from '../../lease/change-log.ts';
import type { LeaseBookMemory6 } from '../../lease/dhcp6/book.ts';
import { allocateLeaseTable6 } from '../../lease/dhcp6/layout.ts';
import { CHANGE_LOG_BYTES, DNS_LOG_BYTES, UPDATE_LOG_BYTES } from '../../limits.ts';

/** Pools of IPv6 say nothing of how many clients there are. */
const LEASES_DEFAULT = 1 << 20;
const LEASES_MAX = 1 << 24;

export interface ServerMemory6 {
  readonly book: LeaseBookMemory6;
  policies: SharedArrayBuffer;
  readonly dns: DnsLogMemory;
  /** Never read without high availability. */
  readonly updates: readonly UpdateLogMemory[];
  readonly journal: JournalMemory;
}

/** Leases that the table has room for. */
export function leaseCapacity6({ tandem }: ServerConfig6): number {
  return tandem.maxLeases === 0 ? LEASES_DEFAULT : Math.min(tandem.maxLeases, LEASES_MAX);
}

/** Allocates everything; pages that are never touched cost nothing. */
export function allocateServerMemory6(config: ServerConfig6): ServerMemory6 {
  const keepsContexts = config.subnets.some(({ storeExtendedInfo }) => storeExtendedInfo);
  return {
    book: {
      table: allocateLeaseTable6(leaseCapacity6(config), keepsContexts),
      pools: allocateServerPools6(config),
      changes: allocateChangeLog(CHANGE_LOG_BYTES),
    },
    policies: allocatePolicies(1),
    dns: allocateDnsLog(DNS_LOG_BYTES),
    updates: [allocateUpdateLog(UPDATE_LOG_BYTES, 1)],
    journal: allocateJournal(),
  };
}
