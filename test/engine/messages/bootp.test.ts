/** BOOTP clients, which send no message type: served where the bootp library is loaded. */
import fc from 'fast-check';
import t from 'tap';
import { ByteRingReader } from '../../../src/base/byte-ring.ts';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { INFINITE_LIFETIME_SEC } from '../../../src/lease/state.ts';
import { hashTwin } from '../../oracle/hash.ts';
import { fatesOf, grown } from '../fates.ts';
import { ip, type PacketFields, packet } from '../packets.ts';
import { discover, mac, type Options, request, SERVER, serverFor } from '../queries.ts';

const always = (code: number, hex: string) => ({ code, data: hex, 'csv-format': false, 'always-send': true });
const BOOTP = {
  'hooks-libraries': [{ library: '/usr/lib/kea/hooks/libdhcp_bootp.so' }],
  'renew-timer': 100,
  'rebind-timer': 200,
  'option-data': [
    { name: 'routers', data: '10.0.0.1' },
    { name: 'host-name', data: 'configured', 'always-send': true },
    ...[50, 52, 55, 56, 57, 61].map((code) => always(code, '01020304')),
    always(60, '6162'),
  ],
};

const SUBNET = { id: 1, subnet: '10.0.0.0/24', relay: { 'ip-addresses': ['127.0.0.1'] } };

function bootp(client: number, options: Options = [], fields: PacketFields = {}): Uint8Array {
  return packet({ type: null, mac: mac(client), options, ...fields });
}

t.test('a BOOTP client gets a lease for ever and an answer without options of DHCP', async (t) => {
  const server = serverFor(t, BOOTP);
  const reply = server.ask(bootp(1));
  t.equal(reply?.bytes[0], 2);
  t.equal(reply?.yiaddr, '10.0.0.10');
  t.same(reply?.codes, [1, 3, 12, 60]);
  t.equal(reply?.bytes.length, 300);
  t.equal(server.lease('10.0.0.10')?.validLifetimeSec, INFINITE_LIFETIME_SEC);
  t.equal(server.statistic('pkt4-request-received'), 1);
  t.equal(server.statistic('pkt4-sent'), 1);
  t.equal(server.statistic('tandem-bootp-sent'), 1);
  t.equal(server.statistic('pkt4-ack-sent'), 0, 'as Kea counts');
  t.equal(server.ask(bootp(1, [], { secs: 9, xid: 7 }))?.yiaddr, '10.0.0.10', 'and the same one again');
});

t.test('what a BOOTP client may say is heard', async (t) => {
  const server = serverFor(t, BOOTP);
  t.equal(server.ask(bootp(1, [[53, [0]]]))?.yiaddr, '10.0.0.10', 'a message type of 0 is none');
  t.same(server.ask(bootp(2, [[61, [1, 2, 3]]]))?.codes, [1, 3, 12, 60], 'an identifier is not echoed');
  t.same([...server.lease('10.0.0.11')!.clientId!], [1, 2, 3]);
  t.same(server.ask(bootp(3, [[82, [1, 1, 7]]]))?.codes, [1, 3, 12, 60, 82]);
  t.equal(server.ask(bootp(4, [[51, [0, 0, 0, 60]]]))?.yiaddr, '10.0.0.13');
  t.equal(server.lease('10.0.0.13')?.validLifetimeSec, INFINITE_LIFETIME_SEC, 'it cannot ask for less');
  t.equal(server.ask(bootp(5, [], { ciaddr: '10.0.0.20' }))?.yiaddr, '10.0.0.20');
  t.equal(server.ask(bootp(6, [[54, SERVER]]))?.yiaddr, '10.0.0.14');
});

t.test('a BOOTP client that gets nothing hears nothing', async (t) => {
  const server = serverFor(t, { ...BOOTP, authoritative: true });
  server.ask(request(9, '10.0.0.12'));
  t.equal(server.ask(bootp(1, [], { ciaddr: '10.0.0.12' })), null, 'the address is somebody else’s');
  t.equal(server.ask(bootp(1, [], { ciaddr: '10.9.0.1' })), null, 'the address is of no pool');
  t.equal(server.ask(bootp(1, [], { giaddr: '127.0.0.1', ciaddr: '0.0.0.0', hlen: 0 })), null, 'nobody');
  t.equal(server.ask(bootp(1, [[54, ip('10.0.0.99')]])), null, 'another server');
  const full = serverFor(t, { ...BOOTP, subnet4: [{ id: 1, subnet: '127.0.0.0/24' }] });
  t.equal(full.ask(bootp(1)), null, 'there is no pool');
  t.equal(full.statistic('tandem-drop-bootp-refused'), 1);
});

t.test('the class BOOTP chooses pools, options and boot files', async (t) => {
  const server = serverFor(t, {
    ...BOOTP,
    'client-classes': [
      { name: 'old', test: "member('BOOTP')", 'next-server': '10.0.0.7', 'boot-file-name': 'old.img' },
      { name: 'dhcp', test: "not member('BOOTP')" },
      {
        name: 'typed',
        test: 'pkt4.msgtype == 3 and option[53].hex == 0x03',
        'option-data': [always(17, '2f')],
      },
    ],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        relay: { 'ip-addresses': ['127.0.0.1'] },
        pools: [
          { pool: '10.0.0.10 - 10.0.0.19', 'client-class': 'dhcp' },
          { pool: '10.0.0.20 - 10.0.0.29', 'client-class': 'BOOTP' },
        ],
      },
    ],
  });
  const reply = server.ask(bootp(1));
  t.equal(reply?.yiaddr, '10.0.0.20');
  t.equal(reply?.siaddr, '10.0.0.7');
  t.equal(reply?.file, 'old.img');
  t.same(reply?.codes, [1, 3, 12, 17, 60]);
  t.equal(server.ask(discover(2))?.yiaddr, '10.0.0.10', 'and nothing of it is left for the next query');
});

t.test('a BOOTP client comes again by DHCP, and back', async (t) => {
  const server = serverFor(t, BOOTP);
  server.ask(bootp(1));
  t.equal(server.ask(discover(1))?.yiaddr, '10.0.0.10');
  t.equal(server.ask(request(1, '10.0.0.10'))?.type, MessageType.ack);
  t.equal(server.lease('10.0.0.10')?.validLifetimeSec, 3600);
  t.equal(server.ask(bootp(1))?.yiaddr, '10.0.0.10');
  t.equal(server.lease('10.0.0.10')?.validLifetimeSec, INFINITE_LIFETIME_SEC);
});

t.test('without the library nobody is served', async (t) => {
  const server = serverFor(t);
  t.equal(server.ask(bootp(1)), null);
  t.equal(server.statistic('tandem-drop-no-message-type'), 1);
});

t.test('a BOOTP client belongs to one server of a pair, and the partner hears of its lease', async (t) => {
  const served = [0, 1].map((own) => {
    const server = serverFor(t, BOOTP);
    server.policy({ activeServers: 2, scopes: 1 << own, updateMode: UpdateMode.record });
    return { server, own };
  });
  for (let client = 1; client <= 8; client++) {
    const octets = mac(client)
      .split(':')
      .map((part) => Number.parseInt(part, 16));
    const index = hashTwin(Uint8Array.from(octets)) % 2;
    for (const { server, own } of served)
      t.equal(server.ask(bootp(client)) !== null, own === index, `client ${client} at server ${own}`);
  }
  const { updates } = served[0]!.server;
  const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
  t.ok(updates instanceof ByteRingReader && updates.next(record));
});

t.test('octets at random behind the header: one fate each, and no answer of DHCP', async (t) => {
  const server = serverFor(t, {
    ...BOOTP,
    subnet4: [{ ...SUBNET, pools: [{ pool: '10.0.0.10 - 10.0.0.250' }] }],
  });
  let answers = 0;
  const run = fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(200), (options, client) => {
    // No message type, but where the octets have one.
    const query = Uint8Array.from([...bootp(client).subarray(0, 240), ...options]);
    const before = fatesOf(server);
    const reply = server.ask(query);
    if (reply !== null) answers++;
    const isDhcp = reply?.codes.some((code) => (code >= 50 && code <= 59) || code === 61) ?? false;
    const hasType = (reply?.type ?? 0) !== 0;
    return grown(before, fatesOf(server)).length === 1 && isDhcp === hasType;
  });
  fc.assert(run, { seed: 3, numRuns: 500 });
  t.ok(answers > 50, `${answers} answers`);
});
