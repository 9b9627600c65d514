/** What the flex_option library makes of replies: Kea and Tandem send the same octets. */
import t from 'tap';
import { packet } from '../engine/packets.ts';
import { askAsRelay, comparable, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { messageKinds } from './message-kinds.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer, SUBJECT } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

type Entry = Readonly<Record<string, unknown>>;

const always = (code: number, data: string, space = 'dhcp4'): Entry => ({
  code,
  space,
  data,
  'csv-format': false,
  'always-send': true,
});
const inside = (code: number, ...subOptions: Entry[]): Entry => ({ code, 'sub-options': subOptions });
const yes = 'not option[250].exists';
const sometimes = 'option[12].exists';

const DEFINITIONS = [
  { name: 'pair', code: 230, type: 'record', 'record-types': 'uint16,string' },
  { name: 'numbers', code: 231, type: 'uint8', array: true },
  { name: 'headed', code: 232, type: 'uint8', encapsulate: 'inner' },
  { name: 'plain', code: 1, type: 'string', space: 'inner' },
  { name: 'other', code: 2, type: 'ipv4-address', space: 'inner' },
  { name: 'tftp', code: 9, type: 'string', space: 'vendor-9' },
];
const OPTIONS = [
  always(3, '0a000009'),
  always(66, '7466747070'),
  always(224, '5a5a'),
  always(43, ''),
  always(2, '0202', 'vendor-encapsulated-options-space'),
  always(4, '04', 'vendor-encapsulated-options-space'),
  always(232, '07'),
  always(2, '01020304', 'inner'),
];

/** Of 260 octets. */
const LONG = 'concat(option[226].hex,option[226].hex)';

/** Lists of entries, each for a configuration of its own. */
const ENTRIES: readonly (readonly Entry[])[] = [
  [
    { code: 67, add: "ifelse(option[host-name].exists,concat(option[host-name].text,'.boot'),'')" },
    { code: 66, add: "'no'" },
    { name: 'routers', supersede: 'pkt4.giaddr' },
    { code: 51, remove: sometimes },
    { code: 225, add: 'pkt4.mac' },
    { code: 1, supersede: "'abcd'" },
  ],
  [
    { code: 54, remove: sometimes },
    { code: 61, remove: sometimes },
    { code: 82, remove: sometimes },
  ],
  [
    { code: 61, supersede: 'option[12].hex' },
    { code: 82, supersede: "'rai'" },
    { code: 81, add: "'\\x00'" },
  ],
  [
    { code: 67, add: "'second'" },
    { code: 66, remove: yes },
    { code: 66, add: "'again'" },
    { code: 66, supersede: 'option[12].hex' },
    { code: 67, remove: sometimes },
  ],
  [
    { code: 67, add: "'known'", 'client-class': 'named' },
    { code: 225, add: "'some'", 'client-class': 'nobody' },
    { code: 66, remove: yes, 'client-class': 'ALL' },
    {
      ...inside(
        43,
        { code: 1, add: "'a'", 'client-class': 'UNKNOWN' },
        { code: 2, remove: yes, 'client-class': 'x' },
      ),
      'client-class': 'named',
    },
    { code: 226, add: "ifelse(member('named'), 'member', 'none')" },
  ],
  [{ code: 225, add: 'concat(option[226].hex,option[226].hex)' }],
  [
    { code: 66, supersede: "'a'" },
    { code: 67, add: 'addrtotext(option[12].hex)' },
    { code: 225, add: "'b'" },
  ],
  [
    { code: 6, add: "concat(addrtotext(pkt4.giaddr), ', 10.0.0.8')", 'csv-format': true },
    { code: 119, add: "concat(option[12].text, '.example,example.org')", 'csv-format': true },
    { code: 230, add: "'7, \\\\,x'", 'csv-format': true },
    { code: 231, add: "'1,2,,3,'", 'csv-format': true },
    { code: 67, add: "concat(' ', option[12].hex)", 'csv-format': true },
  ],
  [
    { code: 231, add: 'option[12].hex', 'csv-format': true },
    { code: 225, add: "'behind'" },
  ],
  [
    inside(
      43,
      { code: 1, add: 'option[12].hex' },
      { code: 2, add: "'no'" },
      { code: 3, supersede: "'3'" },
      { code: 4, remove: sometimes },
    ),
  ],
  [inside(43, { code: 2, remove: yes }, { code: 4, remove: sometimes })],
  [inside(43, { code: 2, remove: yes }, { code: 4, remove: yes, 'container-remove': false })],
  [inside(60, { code: 1, add: "'a'", space: 'inner' }, { code: 2, add: "'b'", space: 'inner' })],
  [inside(60, { code: 1, add: "'a'", space: 'inner', 'container-add': false })],
  [inside(224, { code: 1, add: "'a'", space: 'inner' })],
  [
    inside(
      232,
      { name: 'plain', add: 'option[12].hex', 'csv-format': true },
      { name: 'other', supersede: "'9.8.7.6'", 'csv-format': true },
    ),
  ],
  [inside(232, { code: 2, remove: sometimes })],
  [inside(82, { code: 1, remove: sometimes }, { code: 9, add: "'z'" }, { code: 2, supersede: "'two'" })],
  [inside(125, { name: 'tftp', space: 'vendor-9', supersede: "'x'" })],
  [inside(43, { code: 3, add: LONG }, { code: 5, add: "'five'" }, { code: 1, supersede: 'option[226].hex' })],
  [{ code: 43, add: "'\\x01\\x01a'" }, inside(43, { code: 1, supersede: "'b'" })],
  [{ code: 43, supersede: '0x010161' }, inside(43, { code: 1, supersede: "'b'" }, { code: 7, add: "'c'" })],
];

interface Row {
  readonly what: string;
  readonly datagram: Uint8Array;
}

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];

/** Each kind of query, with different options. @param round so that no two rounds have a transaction in common */
function queries(server: ServerName, round: number): Row[] {
  const sent = [
    [],
    [[12, octets('host')]],
    [[12, octets('a,1\\,7')]],
    [[12, [0x61, 0xff, 0x2c, 0x20]]],
    [
      [61, [1, 2, 3]],
      [82, [1, 2, 0x61, 0x62, 2, 1, 7]],
    ],
    [
      [12, octets('7')],
      [61, [1, 2, 3]],
      [82, [1, 2, 0x61, 0x62]],
      [226, Array.from({ length: 130 }, (_, i) => i)],
    ],
  ] as const;
  return messageKinds(server).flatMap(([what, type, options], kind) =>
    sent.map((more, index) => {
      const client = 16 * kind + index + 1;
      const mac = `02:00:00:02:00:${client.toString(16).padStart(2, '0')}`;
      const xid = 256 * round + client;
      return {
        what: `${what} with ${JSON.stringify(more)}`,
        datagram: packet({ type, xid, mac, giaddr: ADDRESS.load, options: [...options, ...more] }),
      };
    }),
  );
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const version of KEAS_IN_TURN)
  t.test(`options that are made of the query, as ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const kea = createServer(network, version, { name: 'server1', directory, mode: null, dhcp4: ORDERLY });
    const own = createServer(network, SUBJECT, { name: 'server2', directory, mode: null, dhcp4: ORDERLY });
    await Promise.all([kea.start(), own.start()]);
    for (const [round, options] of ENTRIES.entries()) {
      const dhcp4 = {
        ...ORDERLY,
        'option-def': DEFINITIONS,
        'option-data': OPTIONS,
        'client-classes': [{ name: 'named', test: sometimes }],
        'hooks-libraries': [{ library: 'libdhcp_flex_option.so', parameters: { options } }],
      };
      await Promise.all([kea.reconfigure(dhcp4), own.reconfigure(dhcp4)]);
      const byKea = await askAsRelay(network, 'server1', queries('server1', round));
      const bySubject = await askAsRelay(network, 'server2', queries('server2', round));
      let same = 0;
      for (const [index, { what, reply }] of bySubject.entries()) {
        const wanted = withAgent(comparable('server1', byKea[index]!.reply), byKea[index]!.reply);
        const found = withAgent(comparable('server2', reply), reply);
        if (JSON.stringify(found) === JSON.stringify(wanted)) same++;
        else t.same(found, wanted, `${what}, ${JSON.stringify(options)}`);
      }
      t.equal(same, byKea.length, `${byKea.length} answers: ${JSON.stringify(options)}`);
    }
    await Promise.all([kea.stop(), own.stop()]);
  });

function withAgent(compared: unknown, reply: { options: ReadonlyMap<number, Uint8Array> } | null): unknown {
  const agent = reply?.options.get(82);
  return { compared, agent: agent === undefined ? 'none' : Buffer.from(agent).toString('hex') };
}
