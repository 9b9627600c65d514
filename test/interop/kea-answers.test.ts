/** Queries with something wrong in them, put to Kea and to Tandem: both are silent, or both give the same answer. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, type PacketFields, packet } from '../engine/packets.ts';
import { needRootAnd } from '../support/need.ts';
import { besideKea } from './beside-kea.ts';
import { type Asked, ask, askAsRelay, BEHIND_XID, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, SERVERS_SEGMENT, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { type MalformedQuery, malformedQueries } from './malformed-queries.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, SUBJECT } from './server.ts';
import { statisticOf } from './statistic.ts';
import { KEAS_IN_TURN } from './turn.ts';

/** A pool of a hundred addresses has one for each of the clients that select it: nobody comes back for his offer. */
const MANY = { ...ORDERLY, 'user-context': { tandem: { 'offer-hold-time': 1 } } };

type Answered = Asked<MalformedQuery>;

/** [RFC3046 2.2] What Kea echoes is what it could read; Tandem echoes what came. */
function echoesAgent({ datagram, reply }: Answered): boolean {
  const sent = readAgent(datagram);
  if (reply === null || sent === null || reply.ciaddr !== '0.0.0.0') return true;
  return Buffer.from(reply.options.get(82) ?? []).equals(sent);
}

/** Option 82 of a query, all parts of it [RFC3396 7]; null when it has none, or ends within an option. */
function readAgent(datagram: Uint8Array): Buffer | null {
  const parts: Uint8Array[] = [];
  for (let at = 240; at + 1 < datagram.length && datagram[at] !== 255; ) {
    const end = at + 2 + datagram[at + 1]!;
    if (datagram[at] !== 0 && end > datagram.length) return null;
    if (datagram[at] === 82) parts.push(datagram.subarray(at + 2, end));
    at = datagram[at] === 0 ? at + 1 : end;
  }
  return parts.length === 0 ? null : Buffer.concat(parts);
}

for (const version of KEAS_IN_TURN)
  t.test(`what ${version} answers is answered, and what it passes over is passed over`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, MANY);
    await Promise.all([kea.start(), own.start()]);
    const put = (server: ServerName): Promise<Answered[]> =>
      askAsRelay(network, server, malformedQueries(ip(ADDRESS[server])));
    const byKea = await put('server1');
    const bySubject = await put('server2');
    const silent = byKea.filter(({ reply }) => reply === null).length;
    t.ok(byKea.length - silent > 300, `Kea answers ${byKea.length - silent} of ${byKea.length} queries`);
    t.ok(silent > 50, `and ${silent} it does not`);
    for (const [index, query] of bySubject.entries()) {
      const expected = comparable('server1', byKea[index]!.reply);
      const found = comparable('server2', query.reply);
      const isSame = JSON.stringify(found) === JSON.stringify(expected);
      const differs = query.differs[version];
      if (differs === undefined && !isSame) t.same(found, expected, query.what);
      if (differs !== undefined && isSame && SUBJECT === 'tandem')
        t.fail(`${query.what}: the same as Kea's, but said to differ: ${differs}`);
      if (SUBJECT === 'tandem' && !echoesAgent(query))
        t.fail(`${query.what}: option 82 is not echoed as it came`);
    }
  });

t.test('a client without an address, which remembers one, is answered by broadcast', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const directory = temporaryDirectory(t);
  const plan = serversSegment();
  const network = createNetwork(t, { [SERVERS_SEGMENT]: { ...plan[SERVERS_SEGMENT], nobody: {} } });
  const route = await network.run('nobody', 'ip', ['route', 'add', 'default', 'dev', SERVERS_SEGMENT]);
  t.equal(route.code, 0, route.output);
  const server = createServer(network, 'tandem', { name: 'server1', directory, mode: null, dhcp4: ORDERLY });
  await server.start();
  const from = (fields: PacketFields): Uint8Array => packet({ ...fields, giaddr: '0.0.0.0', hops: 0 });
  const old = '10.65.7.7';
  const named = [54, ip(ADDRESS.server1)] as const;
  const rows: readonly (readonly [what: string, fields: PacketFields, type: number | undefined])[] = [
    ['a DISCOVER with ciaddr', { ciaddr: old }, MessageType.offer],
    ['SELECTING with ciaddr', { type: 3, ciaddr: old, options: [[50, ip(old)], named] }, MessageType.ack],
    ['INIT-REBOOT with ciaddr', { type: 3, ciaddr: old, options: [[50, ip(old)]] }, MessageType.ack],
    ['an INFORM from nowhere', { type: 8, options: [[55, [1, 3]]] }, undefined],
  ];
  const queries = rows.map(([what, fields], index) => ({
    what,
    datagram: from({ ...fields, xid: index + 1 }),
  }));
  const next = (index: number): Uint8Array =>
    from({
      type: 3,
      xid: BEHIND_XID + index,
      mac: '02:00:00:00:00:09',
      options: [[50, ip('10.65.7.9')], named],
    });
  const answered = await ask(network, ['nobody', '0.0.0.0', '255.255.255.255'], queries, next);
  for (const [index, { what, reply }] of answered.entries()) t.equal(reply?.type, rows[index]![2], what);
  t.equal(await statisticOf(server, 'tandem-drop-no-return-address'), 1, 'the INFORM is counted');
});

for (const version of KEAS_IN_TURN)
  t.test(`answers longer than a frame arrive, of Tandem and of ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const long = (octets: number) =>
      Array.from({ length: 6 }, (_, index) => ({
        code: 224 + index,
        data: '5a'.repeat(octets),
        'csv-format': false,
        'always-send': true,
      }));
    for (const [octets, length] of [
      [250, 1786],
      [5000, null],
    ] as const) {
      const dhcp4 = { ...ORDERLY, 'option-data': long(octets) };
      const kea = createServer(network, version, { name: 'server1', directory, mode: null, dhcp4 });
      const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4 });
      await Promise.all([kea.start(), own.start()]);
      const discover = { datagram: packet({ xid: 1, giaddr: ADDRESS.load }) };
      for (const server of ['server1', 'server2'] as const) {
        const [{ reply } = { reply: null }] = await askAsRelay(network, server, [discover]);
        const found = [...(reply?.options ?? [])]
          .filter(([code]) => code >= 224)
          .map(([, data]) => data.length);
        t.same(found, new Array(6).fill(octets), `${server}: six options of ${octets} octets`);
        // Above 253 octets Kea cuts options elsewhere.
        if (length !== null) t.equal(reply?.bytes.length, length);
      }
      await Promise.all([kea.stop(), own.stop()]);
    }
  });
