/** Conformance scenarios 57 to 59: whose query it is, whether it is served here, and by which server's pools. */
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Field } from '../../src/dhcp4/descriptor.ts';
import { serverIndexOf } from '../../src/loadbalance/scope.ts';
import { Classifier } from '../../src/wasm/module.ts';
import { DISCOVER, datagram4, END, option } from '../oracle/datagram4.ts';
import { classify, field } from '../wasm/batch.ts';
import type { BenchServer } from './bench-server.ts';
import { packet } from './packets.ts';
import { mac, serverFor } from './queries.ts';

const CLIENT_ID = 61;
const PRIMARY = 1;
const SECONDARY = 2;
/** Hash 254 is even, the primary's; 31 is odd, the secondary's. */
const OF_PRIMARY = '00:00:00:00:00:00';
const OF_SECONDARY = '0a:0b:0c:0d:0e:0f';
const PRIMARY_POOL = /^10\.0\.0\.1\d$/;
const SECONDARY_POOL = /^10\.0\.0\.11\d$/;

/** A server whose pools are split between the active servers of a relationship. */
function splitServer(t: Test, mode: 'load-balancing' | 'hot-standby'): BenchServer {
  const role = mode === 'load-balancing' ? 'secondary' : 'standby';
  const peers = [
    { name: 'server1', url: 'http://127.0.0.1:8001/', role: 'primary' },
    { name: 'server2', url: 'http://127.0.0.1:8002/', role },
  ];
  const parameters = { 'high-availability': [{ 'this-server-name': 'server1', mode, peers }] };
  return serverFor(t, {
    'hooks-libraries': [
      { library: '/usr/lib/libdhcp_lease_cmds.so' },
      { library: '/usr/lib/libdhcp_ha.so', parameters },
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
}

const discover = (hwAddress: string) => packet({ mac: hwAddress });
const withoutKey = packet({ hlen: 0, options: [[CLIENT_ID, []]] });

t.test(
  '[scenario 57] of 65535 random identifiers each server gets between a quarter and three',
  async (t) => {
    const classifier = new Classifier();
    const ids = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 128 }), { numRuns: 65_535, seed: 57 });
    const shares = [0, 0];
    for (const id of ids) shares[serverIndexOf(classifier.hash(id), 2)]!++;
    t.equal(shares[0]! + shares[1]!, 65_535);
    for (const share of shares) t.ok(share > 65_535 * 0.25 && share < 65_535 * 0.75, `${share}`);
  },
);

t.test('[scenario 57] a lease hashes as the query of its client does', async (t) => {
  const classifier = new Classifier();
  const ids = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { numRuns: 200, seed: 3074 });
  for (const id of ids) {
    const chaddr = [...id.subarray(0, 16)];
    classify(
      classifier,
      datagram4({ options: [...DISCOVER, ...option(CLIENT_ID, [...id]), ...END] }),
      datagram4({ hlen: chaddr.length, chaddr }),
    );
    const [byClientId, byHwAddress] = [field(classifier, Field.hash, 0), field(classifier, Field.hash, 1)];
    t.equal(classifier.hash(id), byClientId);
    t.equal(classifier.hash(Uint8Array.from(chaddr)), byHwAddress);
  }
});

t.test('[scenario 57] in load balancing the own share is served, by the class of its server', async (t) => {
  const server = splitServer(t, 'load-balancing');
  server.policy({ activeServers: 2, scopes: PRIMARY });
  t.match(server.ask(discover(OF_PRIMARY))?.yiaddr, PRIMARY_POOL);
  t.equal(server.ask(discover(OF_SECONDARY)), null);
  t.equal(server.statistic('tandem-drop-out-of-scope'), 1);
  server.policy({ activeServers: 2, scopes: SECONDARY });
  t.equal(server.ask(discover(OF_PRIMARY)), null);
  t.match(server.ask(discover(OF_SECONDARY))?.yiaddr, SECONDARY_POOL);
});

t.test('[scenario 57] a server that stands in serves both shares; without a key nobody does', async (t) => {
  const server = splitServer(t, 'load-balancing');
  server.policy({ activeServers: 2, scopes: PRIMARY | SECONDARY });
  t.match(server.ask(discover(OF_PRIMARY))?.yiaddr, PRIMARY_POOL);
  t.match(server.ask(discover(OF_SECONDARY))?.yiaddr, SECONDARY_POOL);
  t.equal(server.ask(withoutKey), null);
  t.equal(server.statistic('tandem-drop-no-client'), 1, 'not even a client');
});

t.test(
  '[scenario 58] in hot-standby the primary serves all, the standby none before a failover',
  async (t) => {
    for (const [scopes, served] of [
      [PRIMARY, true],
      [0, false],
    ] as const) {
      const server = splitServer(t, 'hot-standby');
      server.policy({ activeServers: 1, scopes });
      for (const client of [OF_PRIMARY, OF_SECONDARY]) {
        const reply = server.ask(discover(client));
        if (served) t.match(reply?.yiaddr, PRIMARY_POOL, 'of the class HA_server1, whatever the hash');
        else t.equal(reply, null);
      }
      t.equal(server.statistic('tandem-drop-out-of-scope'), served ? 0 : 2);
      // A failover gives the standby the primary's scope.
      server.policy({ activeServers: 1, scopes: PRIMARY });
      t.match(server.ask(discover(mac(7)))?.yiaddr, PRIMARY_POOL);
    }
  },
);

t.test('[scenario 59] types that have nothing to do with HA are nobody’s share', async (t) => {
  const server = splitServer(t, 'load-balancing');
  server.policy({ activeServers: 2, scopes: PRIMARY, observeOutOfScope: true });
  // FORCERENEW, the leasequery family, TLS; and what only servers send.
  const others = [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 2, 5, 6];
  for (const type of others) server.send(packet({ type, mac: OF_SECONDARY, secs: 100 }));
  t.equal(server.statistic('tandem-drop-out-of-scope'), 0, 'in scope, although the client is not');
  t.equal(server.statistic('tandem-drop-message-type'), others.length, 'refused by their type alone');
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  t.notOk(server.observations.next(record), 'and the silent partner is not judged by them');
  server.send(packet({ mac: OF_SECONDARY, secs: 100 }));
  t.ok(server.observations.next(record), 'a DISCOVER is');
});
