/** What a shard of DHCPv6 gets from main, with one socket of ::1; the journal and the policy are the test. */
import type { Test } from 'tap';
import { allocateBell } from '../../../src/base/bell.ts';
import type { ServerConfig6 } from '../../../src/config/dhcp6/model.ts';
import { findFreeTcpPort } from '../../../src/demo/ports.ts';
import { STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import { allocateServerPools6 } from '../../../src/engine/dhcp6/subnets/pool-memory.ts';
import { poolSeries6 } from '../../../src/engine/dhcp6/subnets/pool-series.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { Listening } from '../../../src/engine/leases/lease-events.ts';
import { allocateDnsLog } from '../../../src/engine/names/dns-log.ts';
import { allocateShardLink, allocateUpdateLog } from '../../../src/engine/parked/shard-link.ts';
import { allocatePolicies, type Policy, publishPolicy } from '../../../src/engine/policy.ts';
import { createEventFd } from '../../../src/io/eventfd.ts';
import { closeFd } from '../../../src/io/udp.ts';
import { openUdp6Socket } from '../../../src/io/udp6.ts';
import { allocateJournal } from '../../../src/journal/memory.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { allocateLeaseEvents } from '../../../src/lease/events.ts';
import type { ShardTask6 } from '../../../src/shard/dhcp6/desk.ts';
import {
  allocateSocketTable6,
  type ServerSocket6,
  writeSocketTable6,
} from '../../../src/shard/dhcp6/socket-table.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { SERVER_ID } from '../../engine/dhcp6/messages.ts';

const PARKED_MAX = 64;

/** @param more replaces members of the task */
export async function createShardTask6(
  t: Test,
  config: ServerConfig6,
  policy: Policy,
  more: Partial<ShardTask6> = {},
) {
  const port = await findFreeTcpPort('::1');
  const fd = openUdp6Socket({ address: ip6('::1'), port, link: null });
  const link = allocateShardLink(createEventFd(), PARKED_MAX);
  t.teardown(() => [fd, link.eventFd].forEach(closeFd));
  const socket: ServerSocket6 = {
    fd,
    address: ip6('::1'),
    interfaceName: 'lo',
    interfaceIndex: 1,
    isUnicast: false,
    replyFd: fd,
    joinMax: 0,
  };
  const sockets = allocateSocketTable6();
  writeSocketTable6(sockets, [socket]);
  const policies = allocatePolicies(1);
  publishPolicy(new Int32Array(policies), 0, policy);
  const task: ShardTask6 = {
    shard: 0,
    sockets,
    config,
    policies,
    updates: [allocateUpdateLog(1 << 18)],
    link,
    linkBell: allocateBell(link.eventFd),
    book: {
      table: allocateLeaseTable6(64),
      pools: allocateServerPools6(config),
      changes: allocateChangeLog(1 << 18),
    },
    journal: allocateJournal(),
    bells: [],
    statistics: allocateStatistics(2, [1], poolSeries6(config.subnets).series, STATISTICS_6),
    parkedMax: PARKED_MAX,
    forcedPort: 0,
    events: allocateLeaseEvents(1 << 18),
    listening: Listening.off,
    dns: allocateDnsLog(1 << 18),
    durations: null,
    limited: null,
    rates: null,
    serverId: SERVER_ID,
    ...more,
  };
  return { link, port, socket, task };
}
