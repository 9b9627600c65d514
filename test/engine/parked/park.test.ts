import t from 'tap';
import { parseHex } from '../../../src/base/hex.ts';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { UpdateRecord } from '../../../src/engine/parked/shard-link.ts';
import { Verdict } from '../../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { BenchServer } from '../bench-server.ts';
import { ip, packet } from '../packets.ts';
import { updateOf } from '../updates.ts';

const SERVER = ip('127.0.0.1');
const HOT_STANDBY = { activeServers: 1, scopes: 1, updateMode: UpdateMode.await } as const;

function serverFor(
  t: { teardown: (done: () => void) => void },
  dhcp4: Record<string, unknown> = {},
): BenchServer {
  const server = new BenchServer(dhcp4);
  t.teardown(() => server.close());
  return server;
}

const mac = (client: number): string => `02:00:00:00:00:${client.toString(16).padStart(2, '0')}`;

/** A REQUEST of a client for the address 10.0.0.(10 + client). */
function request(client: number): Uint8Array {
  return packet({
    type: MessageType.request,
    mac: mac(client),
    options: [
      [50, ip(`10.0.0.${10 + client}`)],
      [54, SERVER],
    ],
  });
}

interface Update {
  readonly kind: number;
  readonly sequence: number;
  readonly isUpdate: boolean;
  readonly lease: Lease4;
}

function updates(server: BenchServer): Update[] {
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  const found: Update[] = [];
  while (server.updates.next(record)) {
    const { kind, sequence } = record;
    found.push({ kind, sequence, ...updateOf(server.updates.bytes, record) });
  }
  server.updates.release();
  return found;
}

t.test('[scenario 37] an ACK leaves when its lease is durable and confirmed, in either order', async (t) => {
  const server = serverFor(t);
  server.policy(HOT_STANDBY);
  server.send(request(0));
  server.makeDurable();
  t.same(server.replies(), [], 'durable is not enough');
  server.verdict(1, 1, Verdict.confirmed);
  t.equal(server.replies()[0]?.type, MessageType.ack);
  server.send(request(1));
  server.verdict(2, 1, Verdict.confirmed);
  t.same(server.replies(), [], 'confirmed is not enough');
  server.makeDurable();
  t.equal(server.replies()[0]?.yiaddr, '10.0.0.11');
});

t.test('verdicts come in any order and for many at once', async (t) => {
  const server = serverFor(t);
  server.policy(HOT_STANDBY);
  for (let client = 0; client < 5; client++) server.send(request(client));
  server.makeDurable();
  server.verdict(4, 2, Verdict.confirmed);
  t.same(
    server.replies().map((reply) => reply.yiaddr),
    ['10.0.0.13', '10.0.0.14'],
  );
  server.verdict(1, 3, Verdict.confirmed);
  t.equal(server.replies().length, 3);
});

t.test('[scenarios 41, 43] a rejected update costs the answer, not the lease', async (t) => {
  const server = serverFor(t);
  server.policy(HOT_STANDBY);
  server.send(request(0));
  server.verdict(1, 1, Verdict.rejected);
  server.makeDurable();
  t.same(server.replies(), []);
  t.equal(server.statistic('tandem-drop-update-rejected'), 1);
  t.ok(server.lease('10.0.0.10'));
  server.send(request(0));
  server.verdict(2, 1, Verdict.confirmed);
  server.makeDurable();
  t.equal(server.replies()[0]?.type, MessageType.ack, 'the client’s retry finds it');
});

t.test('[scenarios 40, 45] in record mode the peers are told and nobody is waited for', async (t) => {
  const server = serverFor(t);
  server.policy({ ...HOT_STANDBY, updateMode: UpdateMode.record });
  t.equal(server.ask(request(0))?.type, MessageType.ack);
  const [update] = updates(server);
  t.equal(update?.kind, UpdateRecord.last);
});

t.test('an update carries the lease as the partner needs it; a deletion goes first', async (t) => {
  const server = serverFor(t);
  server.policy(HOT_STANDBY);
  server.send(request(0));
  server.send(
    packet({
      type: MessageType.request,
      mac: mac(0),
      options: [
        [50, ip('10.0.0.19')],
        [54, SERVER],
      ],
    }),
  );
  const [created, deleted, moved] = updates(server);
  t.match(created, {
    kind: UpdateRecord.awaited | UpdateRecord.last,
    sequence: 1,
    isUpdate: true,
    lease: {
      address: parseIpv4('10.0.0.10'),
      hwAddress: parseHex(mac(0)),
      subnetId: 1,
      validLifetimeSec: 3600,
      state: LeaseState.assigned,
    },
  });
  t.match(deleted, {
    kind: UpdateRecord.awaited,
    sequence: 2,
    isUpdate: false,
    lease: { address: parseIpv4('10.0.0.10') },
  });
  t.match(moved, { sequence: 2, isUpdate: true, lease: { address: parseIpv4('10.0.0.19') } });
});

t.test('[scenarios 38, 48] RELEASE and DECLINE are told to the peers without waiting', async (t) => {
  const server = serverFor(t);
  server.policy(HOT_STANDBY);
  for (const client of [0, 1]) server.send(request(client));
  updates(server);
  server.send(packet({ type: MessageType.release, mac: mac(0), ciaddr: '10.0.0.10' }));
  server.send(packet({ type: MessageType.decline, mac: mac(1), options: [[50, ip('10.0.0.11')]] }));
  const [released, declined] = updates(server);
  t.match(released, {
    kind: UpdateRecord.last,
    isUpdate: false,
    lease: { address: parseIpv4('10.0.0.10') },
  });
  t.match(declined, {
    kind: UpdateRecord.last,
    isUpdate: true,
    lease: { address: parseIpv4('10.0.0.11'), state: LeaseState.declined, hwAddress: new Uint8Array(0) },
  });
});

t.test(
  'a query of the other server’s share is dropped, and reported while the partner is silent',
  async (t) => {
    const server = serverFor(t);
    server.policy({ activeServers: 2, scopes: 1, observeOutOfScope: false });
    // RFC 3074 hash of 0a:0b:0c:0d:0e:0f is 31: the secondary's.
    const foreign = packet({ mac: '0a:0b:0c:0d:0e:0f', secs: 0x0f00, options: [[61, []]] });
    t.equal(server.ask(foreign), null);
    t.equal(server.statistic('tandem-drop-out-of-scope'), 1);
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    t.notOk(server.observations.next(record));
    server.policy({ activeServers: 2, scopes: 1, observeOutOfScope: true });
    server.ask(foreign);
    t.ok(server.observations.next(record));
    const seen = [...server.observations.bytes.slice(record.offset, record.offset + record.length)];
    // 15,000 ms, relationship 0, and the lengths of hardware address and identifier.
    t.same(seen, [0x98, 0x3a, 0, 0, 0, 6, 0, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f]);
    server.policy({ activeServers: 2, scopes: 3 });
    t.equal(server.ask(foreign)?.type, MessageType.offer, 'a server of both shares answers');
  },
);

t.test('pools guarded by a server’s class serve only its share', async (t) => {
  const peers = [
    { name: 'server1', url: 'http://127.0.0.1:8001/', role: 'primary' },
    { name: 'server2', url: 'http://127.0.0.1:8002/', role: 'secondary' },
  ];
  const server = serverFor(t, {
    'hooks-libraries': [
      { library: '/usr/lib/libdhcp_lease_cmds.so' },
      {
        library: '/usr/lib/libdhcp_ha.so',
        parameters: {
          'high-availability': [{ 'this-server-name': 'server1', mode: 'load-balancing', peers }],
        },
      },
    ],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [
          { pool: '10.0.0.10 - 10.0.0.19', 'client-class': 'HA_server1' },
          { pool: '10.0.0.110 - 10.0.0.119', 'client-class': 'HA_server2' },
        ],
        relay: { 'ip-addresses': ['127.0.0.1'] },
      },
    ],
  });
  server.policy({ activeServers: 2, scopes: 3 });
  // Hash 254 is even: the primary's; 31 is odd: the secondary's.
  t.equal(server.ask(packet({ mac: '00:00:00:00:00:00' }))?.yiaddr, '10.0.0.10');
  t.equal(server.ask(packet({ mac: '0a:0b:0c:0d:0e:0f' }))?.yiaddr, '10.0.0.110');
  const foreign = packet({
    type: MessageType.request,
    mac: '0a:0b:0c:0d:0e:0f',
    options: [
      [50, ip('10.0.0.15')],
      [54, SERVER],
    ],
  });
  t.equal(server.ask(foreign)?.type, MessageType.nak);
});

t.test('while the service is off every query is dropped and counted', async (t) => {
  const server = serverFor(t);
  server.policy({ serviceEnabled: false });
  server.send(packet({}));
  t.equal(server.statistic('pkt4-service-disabled'), 1);
  t.equal(server.statistic('pkt4-receive-drop'), 1);
  t.same(server.replies(), []);
});

t.test('a full park drops DISCOVERs first, then what would need a place, and changes no lease', async (t) => {
  const server = serverFor(t, {
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/16',
        pools: [{ pool: '10.0.0.0/16' }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
      },
    ],
  });
  server.policy(HOT_STANDBY);
  for (let client = 0; client < 64; client++) server.send(request(client));
  const before = server.addresses().length;
  t.equal(before, 64);
  server.send(request(70));
  t.equal(server.statistic('tandem-drop-park-full'), 1);
  server.send(packet({ mac: mac(71) }));
  t.equal(server.statistic('tandem-drop-discover-shed'), 1);
  t.equal(server.addresses().length, before);
  server.verdict(1, 64, Verdict.confirmed);
  server.makeDurable();
  t.equal(server.replies().length, 64);
  t.equal(server.statistic('tandem-drop-park-full'), 1);
});

t.test('a change log without room drops the query before any lease is changed', async (t) => {
  const server = serverFor(t, {
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/16',
        pools: [{ pool: '10.0.0.0/16' }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
      },
    ],
  });
  const filler = new Uint8Array(60_000);
  while (server.book.changes.free() > 3 * 65_536) server.book.changes.append(filler, filler.length);
  server.send(request(1));
  t.equal(server.statistic('tandem-drop-journal-full'), 1);
  t.same(server.addresses(), []);
});
