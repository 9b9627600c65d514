/** Reservations that are found by what an expression makes of the query. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { hashTwin } from '../../oracle/hash.ts';
import { packet } from '../packets.ts';
import { discover, lease, mac, release, renew, serverFor } from '../queries.ts';

const RELAY = { 'ip-addresses': ['127.0.0.1'] };
/** The first four octets of the relay's circuit-id, behind a letter. */
const EXPRESSION = "concat('p', substring(relay4[1].hex, 0, 4))";

function configured(expression: string): Record<string, unknown> {
  return {
    'hooks-libraries': [
      { library: 'libdhcp_flex_id.so', parameters: { 'identifier-expression': expression } },
    ],
    'host-reservation-identifiers': ['hw-address', 'flex-id'],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
        relay: RELAY,
        reservations: [{ 'flex-id': "'peth1'", 'ip-address': '10.0.0.77' }],
      },
    ],
  };
}

/** The lease is that of the identifier. */
function replacing(expression: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const parameters = { 'identifier-expression': expression, 'replace-client-id': true };
  return { 'hooks-libraries': [{ library: 'libdhcp_flex_id.so', parameters }], ...more };
}

const hex = (octets: Uint8Array | null | undefined): string | null =>
  octets == null ? null : Buffer.from(octets).toString('hex');

function circuit(id: string): readonly [number, readonly number[]] {
  return [82, [1, id.length, ...Buffer.from(id)]];
}

t.test('a client is found by what the expression makes of its query', async (t) => {
  const server = serverFor(t, configured(EXPRESSION));
  t.equal(server.ask(discover(1, [circuit('eth1:7')]))?.yiaddr, '10.0.0.77');
  t.equal(server.ask(discover(2, [circuit('eth2:7')]))?.yiaddr, '10.0.0.10');
  t.equal(
    server.ask(discover(3))?.yiaddr,
    '10.0.0.11',
    'nothing of the client is left over for the next one',
  );
});

t.test('an expression that fails makes no identifier', async (t) => {
  const server = serverFor(t, configured("concat('peth1', addrtotext(relay4[1].hex))"));
  t.equal(server.ask(discover(1, [circuit('not an address')]))?.yiaddr, '10.0.0.10');
});

t.test('a faulty expression is an error at its place', async (t) => {
  const text = JSON.stringify({ Dhcp4: configured('substring(relay4[1].hex, 0') });
  const result = parseConfig(text, 'kea.conf');
  t.equal(result.ok, false);
  t.match(
    (result.ok ? [] : result.problems).map(({ path }) => path),
    ['Dhcp4/hooks-libraries[0]/parameters/identifier-expression'],
  );
});

const PORT = 'relay4[1].hex';
const port1 = circuit('port1');

t.test('with replace-client-id a lease goes over to another device behind the same port', async (t) => {
  const server = serverFor(t, replacing(PORT));
  const { yiaddr, options } = lease(server, 1, [port1]);
  t.equal(hex(server.lease(yiaddr)?.clientId), '00706f727431');
  t.equal(options.has(61), false, 'what the client did not send does not come back');
  const another = lease(server, 2, [port1, [61, [1, 2, 3]]]);
  t.equal(another.yiaddr, yiaddr);
  t.equal(hex(another.options.get(61)), '010203', 'it gets its own identifier back');
  t.equal(hex(server.lease(yiaddr)?.clientId), '00706f727431');
  t.not(lease(server, 2, [circuit('port2'), [61, [1, 2, 3]]]).yiaddr, yiaddr);
  t.equal(lease(server, 3, [[61, [0, 0x70, 0x6f, 0x72, 0x74, 0x31]]]).yiaddr, yiaddr, 'as if it had sent it');
});

t.test('a client identifier that is replaced is echoed, whatever echo-client-id says', async (t) => {
  const server = serverFor(t, replacing(PORT, { 'echo-client-id': false }));
  t.equal(hex(server.ask(discover(1, [port1, [61, [1, 2, 3]]]))?.options.get(61)), '010203');
  t.equal(server.ask(discover(1, [[61, [1, 2, 3]]]))?.options.has(61), false);
});

t.test('renewal and release are looked up by the identifier', async (t) => {
  const server = serverFor(t, replacing(PORT));
  const { yiaddr } = lease(server, 1, [port1]);
  t.equal(server.ask(renew(5, yiaddr, [port1]))?.yiaddr, yiaddr);
  server.ask(release(9, yiaddr));
  t.equal(server.statistic('tandem-done-release'), 0, 'without the port it is another client');
  server.ask(packet({ type: 7, mac: mac(6), ciaddr: yiaddr, options: [port1] }));
  t.equal(server.statistic('tandem-done-release'), 1);
});

t.test('classes of the arrival see what was sent, what comes later sees what stands instead', async (t) => {
  const asks = 'option[61].hex == 0x00706f727431';
  const option = (code: number) => [{ code, data: '01', 'csv-format': false, 'always-send': true }];
  const server = serverFor(
    t,
    replacing(PORT, {
      'client-classes': [
        { name: 'early', test: asks, 'option-data': option(230) },
        { name: 'late', test: `member('UNKNOWN') and ${asks}`, 'option-data': option(231) },
      ],
    }),
  );
  const reply = server.ask(discover(1, [port1, [61, [1, 2, 3]]]));
  t.same(
    [230, 231].map((code) => reply?.options.has(code)),
    [false, true],
  );
  const next = server.ask(discover(2, [[61, [1, 2, 3]]]));
  t.same(
    [230, 231].map((code) => next?.options.has(code)),
    [false, false],
    'nothing is left over',
  );
});

t.test('an identifier of 254 octets makes the longest client identifier, a longer one none', async (t) => {
  const server = serverFor(t, replacing('option[226].hex'));
  const long = Array.from({ length: 255 }, (_, i) => i);
  const { yiaddr } = lease(server, 1, [[226, long.slice(1)]]);
  t.equal(server.lease(yiaddr)?.clientId?.length, 255);
  t.equal(server.ask(discover(2, [[226, long]])), null);
  t.equal(server.statistic('tandem-drop-option-length'), 1);
  t.equal(hex(server.lease(lease(server, 3, [[226, [7]]]).yiaddr)?.clientId), '0007');
});

t.test('a pair shares the clients by what they send, not by what stands instead', async (t) => {
  const peers = [
    { name: 'a', role: 'primary', url: 'http://127.0.0.1:8001/' },
    { name: 'b', role: 'secondary', url: 'http://127.0.0.1:8002/' },
  ];
  const relationship = { 'this-server-name': 'a', mode: 'load-balancing', peers };
  const flexId = { 'identifier-expression': PORT, 'replace-client-id': true };
  const server = serverFor(t, {
    'hooks-libraries': [
      { library: 'libdhcp_lease_cmds.so' },
      { library: 'libdhcp_ha.so', parameters: { 'high-availability': [relationship] } },
      { library: 'libdhcp_flex_id.so', parameters: flexId },
    ],
  });
  server.policy({ activeServers: 2, scopes: 1, updateMode: UpdateMode.off });
  for (let client = 1; client <= 24; client++) {
    const sent = [7, client, client];
    const isOwn = hashTwin(Uint8Array.from(sent)) % 2 === 0;
    t.equal(server.ask(discover(client, [port1, [61, sent]])) !== null, isOwn, `client ${client}`);
  }
});

t.test('an empty expression makes no identifiers', async (t) => {
  const server = serverFor(t, replacing(''));
  const { yiaddr } = lease(server, 1, [[61, [1, 2, 3]]]);
  t.equal(hex(server.lease(yiaddr)?.clientId), '010203');
});
