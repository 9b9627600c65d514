/** What a raw socket is given that no kernel has looked at: what is a query and what is not, and what an answer looks like. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, type PacketFields, packet, readReply } from '../engine/packets.ts';
import { needRootAnd } from '../support/need.ts';
import { putQueries } from './asker.ts';
import { type FrameFields, frameOf, type ReadFrame, readFrame } from './frames.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { createServer, type DhcpServer } from './server.ts';
import { until } from './waiting.ts';

const ASKER = fileURLToPath(new URL('./frame-asker.js', import.meta.url));
const SERVER = '10.1.0.1';
const SERVER_MAC = '0a:00:00:00:00:01';
const CLIENT_MAC = '0a:00:00:00:00:02';
const EVERYBODY = 'ffffffffffff';
const AT_SERVER = { destination: SERVER, to: SERVER_MAC } as const;

interface Scene {
  readonly network: Network;
  readonly server: DhcpServer;
  /** @returns the frame that each of these is answered with, null = silence */
  ask(queries: readonly { packet: Uint8Array; frame?: FrameFields }[]): Promise<(ReadFrame | null)[]>;
  statistic(name: string): Promise<number>;
}

/** Two ends of a cable on the server's host, no bridge between: a bridge looks into IPv4 headers, too. */
const CABLE = [
  `link add name cable address ${SERVER_MAC} type veth peer name plug address ${CLIENT_MAC}`,
  `address add ${SERVER}/24 dev cable`,
  'link set cable up',
  'link set plug up',
];

/** One thread, so that answers keep their order. */
async function createScene(
  t: Teardown,
  interfaceName: 'cable' | 'lan' = 'cable',
  dhcp4: Readonly<Record<string, unknown>> = {},
): Promise<Scene> {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, {
    lan: {
      server1: interfaceName === 'lan' ? { address: `${SERVER}/24` } : {},
      relay1: { address: '10.1.0.50/24' },
    },
  });
  for (const command of interfaceName === 'cable' ? CABLE : [])
    await network.run('server1', 'ip', command.split(' '));
  const server = createServer(network, 'tandem', {
    name: 'server1',
    directory,
    mode: null,
    dhcp4: {
      'interfaces-config': { interfaces: [interfaceName] },
      'multi-threading': { 'enable-multi-threading': false },
      authoritative: true,
      subnet4: [
        { id: 1, subnet: '10.1.0.0/24', pools: [{ pool: '10.1.0.100 - 10.1.0.199' }] },
        { id: 2, subnet: '10.9.0.0/24', pools: [{ pool: '10.9.0.100 - 10.9.0.199' }] },
      ],
      ...dhcp4,
    },
  });
  let xid = 0x1000;
  const ask: Scene['ask'] = async (queries) => {
    const lines = queries.map(({ packet: bytes, frame = {} }) => {
      const own = Uint8Array.from(bytes);
      new DataView(own.buffer).setUint32(4, ++xid);
      const query = `${digits(frameOf(own, frame))} ${xid.toString(16).padStart(8, '0')}`;
      const behind = frameOf(packet({ giaddr: '0.0.0.0', xid: ++xid, mac: '02:00:00:00:ff:ff' }));
      return `${query} ${digits(behind)} ${xid.toString(16).padStart(8, '0')}`;
    });
    const file = join(directory, 'frames');
    writeFileSync(file, lines.join('\n'));
    const { code, output } = await network.run('server1', process.execPath, [ASKER, 'plug', file]);
    if (code !== 0)
      throw Object.assign(new Error(`the asker ended with ${code}: ${output}`), { log: server.log() });
    return output
      .split('\n')
      .filter(Boolean)
      .map((line) => (line === '-' ? null : readFrame(Buffer.from(line, 'hex'))));
  };
  const statistic = async (name: string): Promise<number> => {
    const { arguments: found } = await server.command('statistic-get', { name });
    return ((found as Record<string, [number][]>)[name] ?? [[0]])[0]![0];
  };
  await server.start();
  return { network, server, ask, statistic };
}

const digits = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
let clients = 0;
const discover = (fields: PacketFields = {}): Uint8Array =>
  packet({
    giaddr: '0.0.0.0',
    mac: `02:00:00:00:01:${(++clients).toString(16).padStart(2, '0')}`,
    ...fields,
  });

const BAD: readonly (readonly [what: string, frame: FrameFields, counted: string | null])[] = [
  ['an IPv4 header of four words', { headerWords: 4 }, null],
  ['an IPv4 header that reaches into the message', { headerWords: 15 }, null],
  ['another IP version', { version: 6 }, 'tandem-drop-frame-ip-header'],
  ['a total length beyond the frame', { totalLength: 2000 }, 'tandem-drop-frame-ip-header'],
  ['a total length below the headers', { totalLength: 27 }, 'tandem-drop-frame-ip-header'],
  ['a total length of 0', { totalLength: 0 }, 'tandem-drop-frame-ip-header'],
  ['a total length that cuts the message', { totalLength: 200 }, 'tandem-drop-frame-udp-length'],
  ['the first fragment', { fragment: 0x2000 }, 'tandem-drop-frame-fragment'],
  ['a later fragment, which the filter does not take', { fragment: 0x2001 }, null],
  ['a UDP length of 0', { udpLength: 0 }, 'tandem-drop-frame-udp-length'],
  ['a UDP length of 7', { udpLength: 7 }, 'tandem-drop-frame-udp-length'],
  ['a UDP length of 8: no message', { udpLength: 8 }, 'tandem-drop-too-short'],
  ['a UDP length that cuts the message', { udpLength: 100 }, 'tandem-drop-too-short'],
  ['a UDP length beyond the datagram', { udpLength: 900 }, 'tandem-drop-frame-udp-length'],
  ['a frame that ends behind the port', { cutTo: 14 + 20 + 6 }, 'tandem-drop-frame-too-short'],
  ['a frame that ends before the port, which the filter does not take', { cutTo: 14 + 20 + 2 }, null],
  ['a frame that ends within the IPv4 header', { cutTo: 14 + 10 }, null],
  ['a frame that ends within the message', { cutTo: 14 + 100 }, 'tandem-drop-frame-ip-header'],
  ['a VLAN without an interface', { vlan: 5 }, 'tandem-drop-frame-other-host'],
  ['another station', { to: '0a:00:00:00:00:99' }, 'tandem-drop-frame-other-host'],
  ['the broadcast address of the subnet', { destination: '10.1.0.255' }, null],
  ['another port', { port: 68 }, null],
];

t.test('a frame that is no query is dropped under its name', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const scene = await createScene(t);
  for (const [what, frame, counted] of BAD) {
    const before = counted === null ? await scene.statistic('pkt4-received') : await scene.statistic(counted);
    t.same(await scene.ask([{ packet: discover(), frame }]), [null], what);
    // Behind it came one query that is answered.
    if (counted === null) t.ok((await scene.statistic('pkt4-received')) - before <= 2, 'at most looked at');
    else t.equal((await scene.statistic(counted)) - before, 1, counted);
  }
});

const GOOD: readonly (readonly [what: string, frame: FrameFields])[] = [
  ['nothing special', {}],
  ['IPv4 options', { ipOptions: [1, 1, 1, 0] }],
  ['as many IPv4 options as there can be', { ipOptions: new Array(40).fill(1) }],
  ['a wrong IPv4 checksum', { ipChecksum: 0x1234 }],
  ['a wrong UDP checksum, as of a card that has not filled it in yet', { udpChecksum: 0x1234 }],
  ['no UDP checksum', { udpChecksum: 0 }],
  ['padding behind the message', { padding: new Array(50).fill(0x5a) }],
  ['a flag that is reserved', { fragment: 0x8000 }],
  ["don't fragment", { fragment: 0x4000 }],
  ['a priority tag', { vlan: 0xe000 }],
  ['a hardware address of everybody, to the server alone', { destination: SERVER }],
  ['the server alone', AT_SERVER],
  ['another source port', { sourcePort: 1068 }],
];

t.test('a frame with a query is answered at the station it came from', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const scene = await createScene(t);
  const answers = await scene.ask(GOOD.map(([, frame]) => ({ packet: discover(), frame })));
  for (const [i, [what]] of GOOD.entries()) {
    const answer = answers[i] ?? null;
    t.ok(answer, what);
    if (answer === null) continue;
    const { yiaddr, type } = readReply(answer.payload);
    t.equal(type, MessageType.offer, what);
    t.match(answer, {
      to: CLIENT_MAC.replaceAll(':', ''),
      source: SERVER,
      destination: yiaddr,
      sourcePort: 67,
      port: 68,
      typeOfService: 0x10,
      timeToLive: 128,
      fragment: 0x4000,
      isSummed: true,
    });
  }
});

t.test('where answers go', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const scene = await createScene(t);
  const there = { source: '10.1.0.60', ...AT_SERVER };
  const relayed = { giaddr: '10.9.0.1' };
  const own = CLIENT_MAC.replaceAll(':', '');
  const router = '0a:00:00:00:00:77';
  const nak = { giaddr: '0.0.0.0', type: MessageType.request, options: [[50, ip('10.77.0.1')]] } as const;
  const rows: readonly (readonly [string, Uint8Array, FrameFields, string | null, number, string])[] = [
    ['broadcast flag', discover({ flags: 0x8000 }), {}, '255.255.255.255', 68, EVERYBODY],
    ['NAK', packet(nak), {}, '255.255.255.255', 68, EVERYBODY],
    ['INFORM', discover({ type: MessageType.inform, ciaddr: '10.1.0.60' }), there, '10.1.0.60', 68, own],
    ['INFORM without ciaddr', discover({ type: MessageType.inform }), there, '10.1.0.60', 68, own],
    ['relayed', discover(relayed), { source: '10.9.0.1', ...AT_SERVER }, '10.9.0.1', 67, own],
    ['relayed, behind a router', discover(relayed), { from: router, ...AT_SERVER }, '10.9.0.1', 67, router],
    ['relayed, broadcast', discover(relayed), { source: '10.9.0.1' }, '10.9.0.1', 67, own],
  ];
  for (const [what, query, frame, destination, port, station] of rows) {
    const [answer] = await scene.ask([{ packet: query, frame }]);
    t.match(answer, { destination, port, to: station.replaceAll(':', ''), isSummed: true }, what);
  }
});

t.test('an answer above the MTU comes in fragments that a kernel puts together', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const scene = await createScene(t, 'lan', {
    'option-data': [224, 225, 226, 227, 228, 229, 230].map((code) => ({
      code,
      data: 'ab'.repeat(250),
      'csv-format': false,
      'always-send': true,
    })),
  });
  const query = { giaddr: '10.1.0.50', mac: '02:00:00:00:00:09' };
  const pair = [packet({ ...query, xid: 1 }), packet({ ...query, xid: 2 })] as const;
  for (const mtu of [1500, 576, 304]) {
    await scene.network.run('server1', 'ip', ['link', 'set', 'lan', 'mtu', String(mtu)]);
    // Until the server has heard of the new MTU its answers are too long for the link.
    const bytes = await until({ what: `answers at an MTU of ${mtu}`, timeoutMs: 60_000 }, async () => {
      const asked = putQueries(scene.network, ['relay1', '10.1.0.50', SERVER], [pair], 1_000);
      return (await asked.catch(() => []))[0] ?? null;
    });
    const answer = readReply(bytes);
    t.ok(answer.bytes.length > 1750, `${answer.bytes.length} octets at an MTU of ${mtu}`);
    t.same(answer.options.get(230), Uint8Array.from(Buffer.from('ab'.repeat(250), 'hex')));
  }
});

t.test('nobody is told that the port is not open, and what the UDP socket hears is read away', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const scene = await createScene(t);
  const queries = Array.from({ length: 200 }, () => ({
    packet: packet({ giaddr: '0.0.0.0', ciaddr: '10.1.0.60' }),
    frame: { source: '10.1.0.50', ...AT_SERVER },
  }));
  t.notOk((await scene.ask(queries)).includes(null));
  // Number, local and remote address, state, octets to be sent and to be read.
  const isRead = /^ *\d+: \S+:0043 \S+ \S+ \S+:00000000 /m;
  await until({ what: 'nothing waits in the UDP socket', timeoutMs: 10_000 }, async () =>
    isRead.exec((await scene.network.run('server1', 'cat', ['/proc/net/udp'])).output),
  );
  const snmp = await scene.network.run('server1', 'cat', ['/proc/net/snmp']);
  const [names = '', values = ''] = snmp.output.split('\n').filter((line) => line.startsWith('Icmp:'));
  t.equal(values.split(' ')[names.split(' ').indexOf('OutDestUnreachs')], '0');
});
