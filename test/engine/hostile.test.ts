/**
 * Datagrams that no client should send. Each is counted under exactly one name, gets at most one reply, which is made
 * of nothing but the query and the server's own values, and afterwards the server serves as before.
 */
import fc from 'fast-check';
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import type { GlobalStatistic } from '../../src/engine/figures/statistics.ts';
import { CheckedServer } from './checked-server.ts';
import { ip, packet } from './packets.ts';
import { mac, request, SERVER } from './queries.ts';

/** One valid query of each kind, with everything that the server reads in it. */
const VALID: readonly Uint8Array[] = [
  MessageType.discover,
  MessageType.request,
  MessageType.inform,
  MessageType.decline,
  MessageType.release,
].map((type) =>
  packet({
    type,
    mac: mac(type),
    ciaddr: type === MessageType.release || type === MessageType.inform ? '127.0.0.1' : '0.0.0.0',
    options: [
      [12, [...Buffer.from('Some.Host')]],
      [50, ip('10.0.0.50')],
      [51, [0, 0, 14, 16]],
      [54, SERVER],
      [55, [1, 3, 6, 12, 15, 51, 54, 58, 59, 121]],
      [57, [5, 220]],
      [60, [...Buffer.from('MSFT 5.0')]],
      [61, [1, 2, 3, 4, 5, 6, 7]],
      [81, [5, 0, 0, 4, ...Buffer.from('Some'), 4, ...Buffer.from('Host')]],
      [82, [1, 4, 0, 4, 0, 1, 2, 6, 0, 17, 34, 51, 68, 85]],
    ],
  }),
);

t.test('every truncation of every query', async (t) => {
  const checked = new CheckedServer(t);
  for (const query of VALID) {
    for (let length = 0; length < query.length; length++) {
      const fate = checked.ask(query.slice(0, length));
      if (length < 240 && fate !== 'tandem-drop-too-short') t.fail(`${length} octets: ${fate}`);
    }
  }
  t.equal(checked.failures, 0);
  t.ok(checked.serves());
});

t.test('octets at random, of any length', async (t) => {
  const checked = new CheckedServer(t);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 2500, size: 'max' }), (datagram) => {
      checked.ask(datagram);
      return checked.failures === 0;
    }),
    { seed: 1, numRuns: 300 },
  );
  t.ok(checked.serves());
});

t.test('options at random behind a valid header', async (t) => {
  const checked = new CheckedServer(t);
  const options = fc.array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(12, 50, 51, 53, 54, 55, 57, 60, 61, 81, 82, 118),
        fc.integer({ min: 0, max: 255 }),
      ),
      fc.uint8Array({ maxLength: 40 }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(options, fc.integer({ min: 1, max: 8 }), (list, type) => {
      checked.ask(packet({ type, mac: mac(1), options: list }));
      return checked.failures === 0;
    }),
    { seed: 2, numRuns: 1500 },
  );
  t.ok(checked.serves());
});

t.test('valid queries with some octets changed', async (t) => {
  const checked = new CheckedServer(t);
  const changes = fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.constantFrom(...VALID), changes, (query, list) => {
      const datagram = query.slice();
      for (const [at, octet] of list) if (at < datagram.length) datagram[at] = octet;
      // The relay must stay where the test listens.
      datagram.set([127, 0, 0, 1], 24);
      checked.ask(datagram);
      return checked.failures === 0;
    }),
    { seed: 3, numRuns: 2000 },
  );
  t.ok(checked.serves());
});

t.test('every option code with no octets, with 255, and with more than there are', async (t) => {
  const checked = new CheckedServer(t);
  for (let code = 1; code < 255; code++) {
    for (const length of [0, 1, 255])
      checked.ask(packet({ mac: mac(code % 99), options: [[code, new Array(length).fill(code)]] }));
    const overrun = packet({ mac: mac(code % 99), options: [[code, [1, 2, 3]]] });
    overrun[overrun.length - 5] = 200;
    t.equal(checked.ask(overrun), 'pkt4-sent', `option ${code} past the end`, { diagnostic: false });
  }
  t.equal(checked.failures, 0);
  t.ok(checked.serves());
});

const CASES: readonly (readonly [what: string, datagram: Uint8Array, fate: GlobalStatistic])[] = [
  ['nothing', new Uint8Array(0), 'tandem-drop-too-short'],
  ['a header without the magic cookie’s last octet', packet({}).slice(0, 239), 'tandem-drop-too-short'],
  ['a header without options', packet({}).slice(0, 240), 'tandem-drop-no-message-type'],
  ['more than a slot holds', new Uint8Array(2049).fill(1), 'tandem-drop-too-long'],
  ['a reply', packet({ op: 2 }), 'tandem-drop-not-a-query'],
  ['op 0', packet({ op: 0 }), 'tandem-drop-not-a-query'],
  ['hlen 17', packet({ hlen: 17 }), 'tandem-drop-bad-hardware-length'],
  ['hlen 255', packet({ hlen: 255 }), 'tandem-drop-bad-hardware-length'],
  ['hlen 0 and no identifier', packet({ hlen: 0 }), 'tandem-drop-no-client'],
  ['hlen 0 and an empty identifier', packet({ hlen: 0, options: [[61, []]] }), 'tandem-drop-no-client'],
  [
    'hlen 0 and an identifier of one octet',
    packet({ hlen: 0, options: [[61, [0]]] }),
    'tandem-drop-no-client',
  ],
  ['hlen 0 and an identifier', packet({ hlen: 0, options: [[61, [0, 1]]] }), 'pkt4-sent'],
  ['hlen 16', packet({ hlen: 16 }), 'pkt4-sent'],
  ['another cookie', packet({ cookie: 0x63825364 }), 'tandem-drop-no-magic-cookie'],
  ['BOOTP', packet({ type: null }), 'tandem-drop-no-message-type'],
  ['two message types', packet({ options: [[53, [3]]] }), 'tandem-drop-option-length'],
  ['an address of three octets', packet({ options: [[50, [10, 0, 0]]] }), 'tandem-drop-option-length'],
  ['an address of five octets', packet({ options: [[50, [10, 0, 0, 10, 1]]] }), 'pkt4-sent'],
  [
    'a DISCOVER with two servers',
    packet({ options: [54, 54].map((code) => [code, SERVER]) }),
    'tandem-drop-option-length',
  ],
  ['a subnet mask of five octets from a client', packet({ options: [[1, [1, 2, 3, 4, 5]]] }), 'pkt4-sent'],
  ['a sub-option past the end', packet({ options: [[82, [1, 200, 1]]] }), 'pkt4-sent'],
  ['half a sub-option', packet({ options: [[82, [1]]] }), 'pkt4-sent'],
  ['an identifier of 255 octets', packet({ options: [[61, new Array(255).fill(9)]] }), 'pkt4-sent'],
  ...[256, 300, 512, 900].map(
    (octets) =>
      [
        `an identifier of ${octets} octets in parts`,
        packet({ options: partsOf(61, new Array(octets).fill(9)) }),
        'tandem-drop-option-length',
      ] as const,
  ),
  ['a giaddr of nobody’s network', packet({ giaddr: '198.51.100.1' }), 'tandem-drop-no-subnet'],
  ['a giaddr of all ones', packet({ giaddr: '255.255.255.255' }), 'tandem-drop-no-subnet'],
  ['an OFFER', packet({ type: MessageType.offer }), 'tandem-drop-message-type'],
  [
    'another server’s REQUEST',
    packet({ type: 3, options: [[54, ip('192.0.2.1')]] }),
    'tandem-drop-other-server',
  ],
  ['a RELEASE of nothing', packet({ type: 7, ciaddr: '10.0.0.77' }), 'tandem-ignored-release'],
  ['a RELEASE of 0.0.0.0', packet({ type: 7 }), 'tandem-ignored-release'],
  ['a DECLINE of nothing', packet({ type: 4, options: [[50, ip('10.0.0.77')]] }), 'tandem-ignored-decline'],
  ['a DECLINE without address', packet({ type: 4 }), 'tandem-ignored-decline'],
  [
    'a REQUEST for 255.255.255.255',
    packet({
      type: 3,
      options: [
        [54, SERVER],
        [50, ip('255.255.255.255')],
      ],
    }),
    'tandem-drop-address-unmanaged',
  ],
  ['a reply longer than a frame', packet({ options: partsOf(82, agentOf(1700)) }), 'pkt4-sent'],
];

/** An option in as many parts as it needs. */
function partsOf(code: number, data: readonly number[]): [number, number[]][] {
  const parts: [number, number[]][] = [];
  for (let at = 0; at < data.length; at += 255) parts.push([code, data.slice(at, at + 255)]);
  return parts;
}

/** Sub-options of option 82, so many octets in all. */
function agentOf(octets: number): number[] {
  const data: number[] = [];
  while (data.length < octets) data.push(1, 98, ...new Array(98).fill(7));
  return data;
}

t.test('each kind of fault has its counter', async (t) => {
  const checked = new CheckedServer(t);
  for (const [what, datagram, fate] of CASES) t.equal(checked.ask(datagram), fate, what);
  t.equal(checked.failures, 0);
  t.ok(checked.serves());
});

t.test('every message type but the five of clients is dropped', async (t) => {
  const checked = new CheckedServer(t);
  const dropped: number[] = [];
  for (let type = 0; type < 256; type++) {
    if (checked.ask(packet({ type, ciaddr: '127.0.0.1' })) === 'tandem-drop-message-type') dropped.push(type);
  }
  const queries = [1, 3, 4, 7, 8];
  t.same(
    dropped,
    Array.from({ length: 256 }, (_, type) => type).filter((type) => !queries.includes(type)),
  );
  t.equal(checked.server.statistic('pkt4-unknown-received'), 256 - 8);
  t.equal(checked.failures, 0);
  t.ok(checked.serves());
});

t.test('a long identifier in parts harms nobody’s lease', async (t) => {
  const checked = new CheckedServer(t);
  for (let client = 1; client <= 5; client++) checked.ask(request(client, `10.0.0.9${client}`));
  for (const octets of [256, 257, 300, 511, 512, 767, 1000]) {
    const parts = partsOf(61, new Array(octets).fill(0xaa));
    checked.ask(request(1, '10.0.0.91', parts));
    checked.ask(packet({ mac: mac(octets), options: parts }));
  }
  for (let client = 1; client <= 5; client++) {
    const lease = checked.server.lease(`10.0.0.9${client}`);
    t.same([...(lease?.hwAddress ?? [])], [2, 0, 0, 0, 0, client]);
    t.equal(lease?.clientId, null);
  }
  t.equal(checked.failures, 0);
});

t.test('host names of every kind, also those of which nothing is left', async (t) => {
  const checked = new CheckedServer(t);
  const names = [
    '',
    '.',
    '..',
    '...',
    'a..b',
    '-',
    '*',
    '\0',
    'a\0b',
    'ÄÖÜ',
    ' ',
    'x'.repeat(255),
    '.'.repeat(255),
    '&#x41',
    'a,b',
    'a\nb',
    '__proto__',
  ];
  for (const name of names) {
    t.equal(
      checked.ask(request(1, '10.0.0.91', [[12, [...Buffer.from(name)]]])),
      'pkt4-sent',
      JSON.stringify(name),
    );
  }
  for (let octet = 0; octet < 256; octet++)
    checked.ask(request(1, '10.0.0.91', [[12, [octet, 0x61, octet]]]));
  t.equal(checked.failures, 0);
  const long = partsOf(12, new Array(600).fill(0x61));
  t.equal(checked.ask(request(1, '10.0.0.91', long)), 'pkt4-sent');
  t.equal(checked.server.lease('10.0.0.91')?.hostname, '', 'one that DNS could not hold is none');
});

t.test('no subnet matches: every message, every option, in every combination', async (t) => {
  const checked = new CheckedServer(t, { subnet4: [] });
  const extras: readonly (readonly [number, readonly number[]])[] = [
    [50, ip('10.0.0.50')],
    [54, SERVER],
    [61, [1, 1, 1]],
    [82, [5, 4, 192, 0, 2, 1]],
    [118, ip('192.0.2.1')],
  ];
  for (let type = 0; type <= 9; type++) {
    for (let set = 0; set < 1 << extras.length; set++) {
      const options = extras.filter((_, index) => (set >> index) & 1);
      for (const ciaddr of ['0.0.0.0', '127.0.0.1']) checked.ask(packet({ type, ciaddr, options }));
    }
  }
  t.equal(checked.failures, 0);
  t.equal(checked.server.addresses().length, 0);
});

t.test('relays, ports and addresses that no reply can reach cost a counter', async (t) => {
  const checked = new CheckedServer(t, {
    subnet4: [{ id: 1, subnet: '0.0.0.0/0', pools: [{ pool: '10.0.0.10 - 10.0.0.250' }] }],
  });
  const addresses = ['0.0.0.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.254', '192.0.2.1'];
  for (const giaddr of addresses) {
    const fate = checked.ask(packet({ giaddr, mac: mac(9) }));
    t.ok(fate === 'pkt4-sent' || fate === 'tandem-drop-send-failed', `${giaddr}: ${fate}`);
  }
  for (const ciaddr of addresses)
    checked.ask(packet({ type: MessageType.inform, giaddr: '0.0.0.0', ciaddr }));
  t.equal(checked.failures, 0);
  t.ok(checked.serves());
});

t.test('ten thousand invented clients leave the memory and the counters in order', async (t) => {
  const { server, ...checked } = new CheckedServer(t);
  for (let client = 0; client < 10_000; client++) server.ask(packet({ mac: mac(client) }));
  t.ok(server.addresses().length <= 241, 'no more rows than addresses');
  t.equal(server.statistic('assigned-addresses'), 0);
  t.equal(server.statistic('pkt4-received'), server.statistic('pkt4-sent'), 'the oldest offer makes room');
  t.equal(checked.failures, 0);
});
