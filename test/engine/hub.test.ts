/** The hub of two hot-standby pairs: which relationship a query belongs to, and what each of them decides. */
import t from 'tap';
import type { ByteRingReader } from '../../src/base/byte-ring.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ObservationAt } from '../../src/engine/parked/shard-link.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import type { BenchServer } from './bench-server.ts';
import { ip } from './packets.ts';
import { discover, type Options, request, serverFor } from './queries.ts';

const SERVING = { activeServers: 1, scopes: 1, updateMode: UpdateMode.await } as const;
const SILENT = {
  activeServers: 1,
  scopes: 0,
  updateMode: UpdateMode.record,
  observeOutOfScope: true,
} as const;

/** [RFC3527] A query from the subnet 10.0.N.0/24. */
function from(n: number): Options {
  return [[82, [5, 4, ...ip(`10.0.${n}.0`)]]];
}

function relationshipOf(name: string, port: number): object {
  return {
    'this-server-name': `hub-${name}`,
    mode: 'hot-standby',
    peers: [
      { name: `branch-${name}`, role: 'primary', url: 'http://127.0.0.1:8001/' },
      { name: `hub-${name}`, role: 'standby', url: `http://127.0.0.1:${port}/` },
    ],
  };
}

function subnetOf(n: number, serverName: string | null): object {
  return {
    id: n,
    subnet: `10.0.${n}.0/24`,
    pools: [
      { pool: `10.0.${n}.10 - 10.0.${n}.20`, 'client-class': 'HA_branch-a' },
      { pool: `10.0.${n}.30/32` },
    ].slice(serverName === 'hub-a' ? 0 : 1),
    ...(serverName === null ? {} : { 'user-context': { 'ha-server-name': serverName } }),
  };
}

const HUB = {
  'hooks-libraries': [
    { library: 'libdhcp_lease_cmds.so' },
    {
      library: 'libdhcp_ha.so',
      parameters: { 'high-availability': [relationshipOf('a', 8002), relationshipOf('b', 8003)] },
    },
  ],
  subnet4: [subnetOf(1, 'hub-a'), subnetOf(2, 'branch-b'), subnetOf(3, null)],
};

function hubFor(t: Parameters<typeof serverFor>[0]): BenchServer {
  return serverFor(t, HUB);
}

function count(log: ByteRingReader): number {
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  let records = 0;
  while (log.next(record)) records++;
  return records;
}

t.test('the subnet says whose query it is: one pair serves while the other stands by', async (t) => {
  const server = hubFor(t);
  server.policy(SERVING, 0);
  server.policy(SILENT, 1);
  t.equal(
    server.ask(discover(1, from(1)))?.yiaddr,
    '10.0.1.10',
    'the class guard is that of the subnet’s own pair',
  );
  t.equal(server.ask(discover(1, from(2))), null);
  t.equal(server.statistic('tandem-drop-out-of-scope'), 1);
  server.policy(SERVING, 1);
  server.policy(SILENT, 0);
  t.equal(server.ask(discover(2, from(2)))?.yiaddr, '10.0.2.30');
  t.equal(server.ask(discover(2, from(1))), null);
});

t.test('a subnet of no relationship, and no subnet at all, are not served', async (t) => {
  const server = hubFor(t);
  server.policy(SERVING, 0);
  server.policy(SERVING, 1);
  t.equal(server.ask(discover(1, from(3))), null);
  t.equal(server.ask(discover(1, from(9))), null);
  t.equal(server.statistic('tandem-drop-no-relationship'), 2);
  t.equal(server.statistic('pkt4-not-for-us'), 2);
  t.equal(server.statistic('pkt4-receive-drop'), 2);
});

t.test('lease updates go to the log of the query’s relationship, verdicts come back for both', async (t) => {
  const server = hubFor(t);
  server.policy(SERVING, 0);
  server.policy(SERVING, 1);
  const [one, two] = [server.ask(discover(1, from(1)))!, server.ask(discover(2, from(2)))!];
  server.ask(request(1, one.yiaddr, from(1)));
  server.ask(request(2, two.yiaddr, from(2)));
  t.same(server.updateLogs.map(count), [1, 1]);
  server.verdict(2, 1, Verdict.confirmed);
  t.match(server.replies(), [{ type: MessageType.ack, yiaddr: two.yiaddr }]);
  server.verdict(1, 1, Verdict.confirmed);
  t.match(server.replies(), [{ type: MessageType.ack, yiaddr: one.yiaddr }]);
});

t.test('what is observed of a silent partner carries its relationship', async (t) => {
  const server = hubFor(t);
  server.policy(SERVING, 0);
  server.policy(SILENT, 1);
  server.ask(discover(7, from(2)));
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  t.ok(server.observations.next(record));
  t.equal(server.observations.bytes[record.offset + ObservationAt.relationship], 1);
});

t.test('the service is off for all while one relationship holds it', async (t) => {
  const server = hubFor(t);
  server.policy(SERVING, 0);
  server.policy({ ...SERVING, serviceEnabled: false }, 1);
  t.equal(server.ask(discover(1, from(1))), null);
  t.equal(server.statistic('tandem-drop-service-disabled'), 1);
});
