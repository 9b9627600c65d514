/** What a lease keeps of the relay, and what becomes of it where a renewal comes past the relay. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import type { BenchServer } from '../bench-server.ts';
import { packet, type Reply } from '../packets.ts';
import { discover, mac, type Options, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

/** The one address of the pool is that of the client's socket, so that answers without a relay arrive. */
const ADDRESS = '127.0.0.1';
const SUBNET = {
  id: 1,
  subnet: '127.0.0.0/24',
  pools: [{ pool: '127.0.0.1 - 127.0.0.1' }],
};
const STORING = { 'store-extended-info': true, subnet4: [SUBNET] };
const STASHING = { ...STORING, 'stash-agent-options': true };

const agent = (...octets: readonly number[]): Options[number] => [82, octets];
const CIRCUIT = agent(1, 2, 0x63, 0x31);
const BOTH = agent(2, 3, 0x72, 0x2c, 0x26, 1, 2, 0x63, 0x31, 12, 2, 0xab, 0xcd);

const info = (value: string): string => `{ "ISC": { "relay-agent-info": ${value} } }`;
const CIRCUIT_INFO = info('{ "sub-options": "0x01026331" }');

function contextOf(server: BenchServer): string | undefined {
  return server.lease(ADDRESS)?.userContext;
}

/** A renewal without a relay. */
function unicast(client: number, options: Options = []): Uint8Array {
  return packet({ type: MessageType.request, mac: mac(client), ciaddr: ADDRESS, giaddr: '0.0.0.0', options });
}

function text(reply: Reply | null, code: number): string | null {
  const data = reply?.options.get(code);
  return data === undefined ? null : Buffer.from(data).toString();
}

t.test('a lease keeps option 82 ascending by code, with the identifiers of relay and client', async (t) => {
  const server = serverFor(t, STORING);
  server.ask(discover(1, [BOTH]));
  t.equal(contextOf(server), '', 'an offer keeps nothing');
  server.ask(request(1, ADDRESS, [BOTH]));
  t.equal(
    contextOf(server),
    info('{ "relay-id": "ABCD", "remote-id": "722C26", "sub-options": "0x010263310203722C260C02ABCD" }'),
  );
});

const FORMS: readonly (readonly [what: string, option: Options, context: string])[] = [
  [
    'parts of a code are one',
    [agent(2, 1, 97, 2, 1, 98)],
    info('{ "remote-id": "6162", "sub-options": "0x02026162" }'),
  ],
  ['what is cut off is left out', [agent(1, 1, 97, 2, 9, 98)], info('{ "sub-options": "0x010161" }')],
  ['an identifier of no octets is none', [agent(2, 0, 12, 0)], info('{ "sub-options": "0x02000C00" }')],
  ['an option of no octets', [agent()], info('{ "sub-options": "" }')],
  ['no option', [], ''],
  ['0 and 255 are sub-options', [agent(0, 1, 1, 255, 1, 2)], info('{ "sub-options": "0x000101FF0102" }')],
  [
    'option 82 in two',
    [agent(1, 1, 97, 2, 1), agent(98)],
    info('{ "remote-id": "62", "sub-options": "0x010161020162" }'),
  ],
];
for (const [what, option, context] of FORMS)
  t.test(`kept of the relay: ${what}`, async (t) => {
    const server = serverFor(t, STORING);
    server.ask(request(1, ADDRESS, option));
    t.equal(contextOf(server), context);
  });

t.test('the longest option 82 is kept whole', async (t) => {
  const server = serverFor(t, STORING);
  const parts = [2, 12, 2, 12, 2].map((code) => agent(code, 250, ...new Array(250).fill(code)));
  server.ask(request(1, ADDRESS, parts));
  const { ISC } = JSON.parse(contextOf(server)!);
  t.equal(ISC['relay-agent-info']['remote-id'], '02'.repeat(750));
  t.equal(ISC['relay-agent-info']['relay-id'], '0C'.repeat(500));
  t.equal(ISC['relay-agent-info']['sub-options'].length, 2 + 2 * (1250 + 5 * 2));
  t.equal(server.statistic('tandem-extended-info-lost'), 0);
});

t.test('a renewal tells of another relay, or of none', async (t) => {
  const server = serverFor(t, STORING);
  server.ask(request(1, ADDRESS, [BOTH]));
  server.ask(unicast(1));
  t.match(contextOf(server), /ABCD/, 'none: what is known stays');
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  t.equal(contextOf(server), CIRCUIT_INFO);
});

t.test('what is news of the relay is written although the lease is fresh', async (t) => {
  const clock = new TestClock();
  const server = serverFor(t, { ...STORING, 'cache-threshold': 0.5 }, { clock });
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  server.ask(request(1, ADDRESS, [CIRCUIT, [12, [97]]]));
  server.ask(request(1, ADDRESS, [BOTH]));
  t.match(contextOf(server), /ABCD/);
  const reuses = server.statistic('v4-lease-reuses');
  server.ask(request(1, ADDRESS, [BOTH, [60, [97]]]));
  t.equal(server.statistic('v4-lease-reuses'), reuses + 1, 'the same again is none');
});

t.test('other members of a user context stay, and an older form gives way', async (t) => {
  const server = serverFor(t, STORING);
  server.ask(request(1, ADDRESS));
  setContext(server, '{ "A": 1, "ISC": { "limits": {  }, "relay-agent-info": "0x010161" }, "comment": "x" }');
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  t.equal(
    contextOf(server),
    '{ "A": 1, "ISC": { "limits": {  }, "relay-agent-info": { "sub-options": "0x01026331" } }, "comment": "x" }',
  );
});

function setContext(server: BenchServer, context: string): void {
  const { table } = server.book;
  const slot = table.findByAddress(0x7f000001);
  const record = server.book.recordOf(slot);
  const bytes = Buffer.from(context);
  const copy = { ...record, hw: record.hw.slice(), userContext: bytes, userContextOffset: 0 };
  server.book.write({ ...copy, userContextLength: bytes.length }, 0);
}

t.test('where there is no room in the user context it stays as it is, and is counted', async (t) => {
  const server = serverFor(t, STORING);
  server.ask(request(1, ADDRESS));
  const full = `{ "a": "${'x'.repeat(12_250)}" }`;
  setContext(server, full);
  t.equal(server.ask(request(1, ADDRESS, [BOTH]))?.type, MessageType.ack);
  t.equal(contextOf(server), full);
  t.equal(server.statistic('tandem-extended-info-lost'), 1);
});

t.test('nothing is kept without store-extended-info', async (t) => {
  const server = serverFor(t, { subnet4: [SUBNET], 'stash-agent-options': true });
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  t.equal(contextOf(server), '');
});

const CLASSES = {
  'client-classes': [
    {
      name: 'via',
      test: "relay4[1].hex == 'c1' and option[82].exists",
      'option-data': [{ name: 'domain-name', data: 'via.relay', 'always-send': true }],
    },
    { name: 'STASH_AGENT_OPTIONS' },
    {
      name: 'told',
      test: "member('STASH_AGENT_OPTIONS')",
      'option-data': [{ name: 'tftp-server-name', data: 'stashed', 'always-send': true }],
    },
  ],
};

t.test(
  'a renewal past the relay has the classes and reservations of the relay’s option, without an echo',
  async (t) => {
    const reserving = {
      ...SUBNET,
      reservations: [{ 'circuit-id': "'c1'", hostname: 'by-circuit' }],
    };
    const server = serverFor(t, {
      ...STASHING,
      ...CLASSES,
      subnet4: [reserving],
      'host-reservation-identifiers': ['circuit-id'],
    });
    server.ask(request(1, ADDRESS, [CIRCUIT]));
    const reply = server.ask(unicast(1));
    t.equal(reply?.type, MessageType.ack);
    t.equal(text(reply, 15), 'via.relay');
    t.equal(text(reply, 12), 'by-circuit');
    t.equal(text(reply, 66), 'stashed');
    t.equal(reply?.options.has(82), false);
    t.equal(contextOf(server), CIRCUIT_INFO);
    const again = server.ask(unicast(1, [[82, []]]));
    t.equal(text(again, 15), 'via.relay', 'an option of no octets says nothing');
  },
);

t.test('what a stash is not taken for', async (t) => {
  const server = serverFor(t, { ...STASHING, ...CLASSES });
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  t.equal(text(server.ask(request(1, ADDRESS)), 15), null, 'a query through a relay');
  t.equal(text(server.ask(unicast(1, [agent(1, 1, 97)])), 15), null, 'one with its own option');
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  const inform = packet({ type: MessageType.inform, mac: mac(1), ciaddr: ADDRESS, giaddr: '0.0.0.0' });
  t.equal(text(server.ask(inform), 15), null, 'another message');
  t.equal(server.ask(unicast(2))?.type, MessageType.nak, 'another client');
  t.equal(text(server.ask(unicast(1)), 15), 'via.relay');
});

t.test('a stashed link selection selects the subnet', async (t) => {
  const other = { id: 2, subnet: '10.9.0.0/24', pools: [{ pool: '10.9.0.1 - 10.9.0.9' }] };
  const server = serverFor(t, { ...STASHING, subnet4: [SUBNET, other] });
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  setContext(server, info('{ "sub-options": "0x05040A090000" }'));
  t.equal(server.ask(unicast(1))?.type, MessageType.nak, 'the address is of another one');
  setContext(server, info('{ "sub-options": "0x05047F000000" }'));
  t.equal(server.ask(unicast(1))?.type, MessageType.ack);
  t.equal(
    server.ask(request(2, ADDRESS))?.type,
    MessageType.nak,
    'and nothing of it is left for the next query',
  );
});

t.test('a stash that is none is passed over', async (t) => {
  const server = serverFor(t, { ...STASHING, ...CLASSES });
  server.ask(request(1, ADDRESS, [CIRCUIT]));
  const values = [
    '5',
    '""',
    '"0x"',
    '"zz"',
    '"0x1"',
    '{ }',
    '{ "sub-options": 1 }',
    '"0x0102',
    `"0x${'01'.repeat(2049)}"`,
  ];
  for (const value of values) {
    setContext(server, info(value));
    const reply = server.ask(unicast(1));
    t.equal(reply?.type, MessageType.ack, value.slice(0, 20));
    t.equal(text(reply, 15), null);
  }
  for (const value of ['"0x01026331"', '"01:02:63:31"', '{ "sub-options": "01026331" }']) {
    setContext(server, info(value));
    t.equal(text(server.ask(unicast(1)), 15), 'via.relay', value);
  }
});
