/** Clients of the silent partner, as a shard of DHCPv6 reports them to main. */
import { createSocket } from 'node:dgram';
import t, { type Test } from 'tap';
import { allocateBell } from '../../../src/base/bell.ts';
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { readU32 } from '../../../src/base/little-endian.ts';
import { findFreeTcpPort } from '../../../src/demo/ports.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { STATISTICS_6 } from '../../../src/engine/dhcp6/statistics.ts';
import { allocateServerPools6 } from '../../../src/engine/dhcp6/subnets/pool-memory.ts';
import { allocateStatistics } from '../../../src/engine/figures/statistics.ts';
import { allocateDnsLog } from '../../../src/engine/names/dns-log.ts';
import {
  allocateShardLink,
  allocateUpdateLog,
  ObservationAt,
} from '../../../src/engine/parked/shard-link.ts';
import { allocatePolicies, publishPolicy, standalonePolicy } from '../../../src/engine/policy.ts';
import { createEventFd } from '../../../src/io/eventfd.ts';
import { closeFd } from '../../../src/io/udp.ts';
import { openUdp6Socket } from '../../../src/io/udp6.ts';
import { allocateJournal } from '../../../src/journal/memory.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { Desk6 } from '../../../src/shard/dhcp6/desk.ts';
import {
  allocateSocketTable6,
  type ServerSocket6,
  writeSocketTable6,
} from '../../../src/shard/dhcp6/socket-table.ts';
import { config6, ip6 } from '../../engine/dhcp6/config.ts';
import { duid, iaNa, message, opt, SERVER_ID } from '../../engine/dhcp6/messages.ts';
import { relationship } from '../../ha/support/relationship.ts';

const PARKED_MAX = 64;
const TRIES_MAX = 1_000;

/** The desk of a server out of whose scope every client is. */
async function createDesk(t: Test, observeOutOfScope: boolean) {
  const config = config6({ relationships: [relationship('hot-standby', 'server2')] });
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
  const policy = { ...standalonePolicy(true), activeServers: 1, scopes: 0, observeOutOfScope } as const;
  publishPolicy(new Int32Array(policies), 0, policy);
  const book = {
    table: allocateLeaseTable6(64),
    pools: allocateServerPools6(config),
    changes: allocateChangeLog(1 << 18),
  };
  const task = {
    shard: 0,
    sockets,
    config,
    policies,
    updates: [allocateUpdateLog(1 << 18)],
    link,
    linkBell: allocateBell(link.eventFd),
    book,
    journal: allocateJournal(),
    bells: [],
    statistics: allocateStatistics(2, [1], [], STATISTICS_6),
    parkedMax: PARKED_MAX,
    forcedPort: 0,
    dns: allocateDnsLog(1 << 18),
    rates: null,
    serverId: SERVER_ID,
  };
  const desk = new Desk6(
    task,
    { enqueue: () => {}, reject: () => {}, expire: () => {} } as never,
    systemClock,
  );
  desk.context.policy.refresh();
  return { desk, link, port, socket };
}

/** Sends one datagram, serves it, and returns what main is told: "relationship DUID waited". */
async function observe(
  { desk, link, port, socket }: Awaited<ReturnType<typeof createDesk>>,
  datagram: Uint8Array,
): Promise<string[]> {
  const client = createSocket('udp6');
  await new Promise((resolve) => client.send(datagram, port, '::1', resolve));
  client.close();
  let count = 0;
  for (let tries = 0; count === 0 && tries < TRIES_MAX; tries++) {
    count = desk.receive(socket);
    if (count === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  desk.begin(count);
  for (let index = 0; index < count; index++) desk.serve(index, false);
  const told: string[] = [];
  const reader = new ByteRingReader(link.observations);
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  while (reader.next(record)) {
    const { offset } = record;
    const at = reader.bytes.subarray(offset, offset + record.length);
    const hw = at[ObservationAt.hwLength]!;
    const from = ObservationAt.hw + hw;
    const id = Buffer.from(at.subarray(from, from + at[ObservationAt.clientIdLength]!)).toString('hex');
    told.push(
      `${at[ObservationAt.relationship]} ${hw} ${id} ${readU32(reader.bytes, offset + ObservationAt.waitedMs)}`,
    );
  }
  reader.release();
  return told;
}

const elapsed = (hundredths: number) => opt(OptionCode.elapsedTime, [hundredths >>> 8, hundredths & 255]);
const solicit = (hundredths: number) => message(MessageType.solicit, 7, iaNa(1), elapsed(hundredths));

t.test('[scenario 61] a client is known by its DUID, and waits by its elapsed time', async (t) => {
  const parts = await createDesk(t, true);
  const id = Buffer.from(duid(7)).toString('hex');
  for (const [hundredths, waitedMs] of [
    [1500, 15_000],
    [900, 9_000],
    [0xffff, 655_350],
  ] as const)
    t.same(await observe(parts, solicit(hundredths)), [`0 0 ${id} ${waitedMs}`]);
  t.same(await observe(parts, message(MessageType.solicit, 7, iaNa(1))), [`0 0 ${id} 0`], 'it does not say');
});

t.test('while the partner is heard, nobody is reported', async (t) => {
  const parts = await createDesk(t, false);
  t.same(await observe(parts, solicit(1500)), []);
});
