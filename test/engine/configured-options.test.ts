/** What is configured for codes that the server makes or echoes itself, and replies of every length; as Kea 2.2 answers. */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { BOOTP_BYTES_MIN, CONFIGURED_BYTES_MAX, DATAGRAM_BYTES_MAX } from '../../src/dhcp4/reply-size.ts';
import { ip, number32, packet, type Reply } from './packets.ts';
import { lease, request, SERVER, serverFor } from './queries.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const ALL = Array.from({ length: 254 }, (_, index) => index + 1);

/** The option as octets, whatever its definition says. */
function octets(code: number, data: string, always = false): Record<string, unknown> {
  return { code, data, 'csv-format': false, 'always-send': always };
}

/** What is configured for every code that is anything to the server. */
const CONFIGURED: Readonly<Record<number, string>> = {
  1: 'ff000000',
  3: '0a000009',
  12: '737276',
  50: '09090909',
  51: '0000004d',
  52: '03',
  53: '04',
  54: '0a00004d',
  55: '01',
  56: '6d7367',
  57: '03e7',
  58: '00000058',
  59: '00000063',
  60: '7663',
  61: '01020304',
  81: '000000016100',
  82: '01024142',
  118: '08080808',
};
const optionData = (always: boolean): Record<string, unknown>[] =>
  Object.entries(CONFIGURED).map(([code, data]) => octets(Number(code), data, always));

/** Code -> octets of a reply, those that stand as configured left out. */
function changed(reply: Reply): Record<number, string> {
  const entries = [...reply.options].map(([code, data]) => [code, hex(data)] as const);
  return Object.fromEntries(entries.filter(([code, data]) => CONFIGURED[code] !== data));
}

const asked = [55, ALL] as const;
const echoes = [
  [12, [...Buffer.from('host')]],
  [61, [1, 2, 3]],
  [82, [1, 2, 0x61, 0x62]],
  [118, ip('10.0.0.0')],
] as const;

t.test('whatever the reply has already wins over what is configured; all else is sent', async (t) => {
  for (const always of [false, true]) {
    const server = serverFor(t, { 'option-data': optionData(always) });
    const options = always ? [] : [asked];
    const offer = server.ask(packet({ mac: '02:00:00:00:00:01', options }))!;
    t.same(changed(offer), { 1: 'ffffff00', 51: '00000e10', 53: '02' });
    t.same(
      [...offer.codes].sort((a, b) => a - b),
      Object.keys(CONFIGURED).map(Number),
    );
    const echoed = server.ask(packet({ mac: '02:00:00:00:00:02', options: [...options, ...echoes] }))!;
    const mine = { 12: '686f7374', 61: '010203', 82: '01026162', 118: '0a000000' };
    t.same(changed(echoed), { 1: 'ffffff00', 51: '00000e10', 53: '02', ...mine });
    t.equal(new Set(echoed.codes).size, echoed.codes.length, 'each once');
    t.equal(echoed.codes.at(-1), 82, 'the relay’s option is the last');
  }
});

t.test('without being asked for, none of them is sent', async (t) => {
  const server = serverFor(t, { 'option-data': optionData(false) });
  t.same(server.ask(packet({}))?.codes, [53, 1, 3, 51, 54]);
  const inform = packet({ type: MessageType.inform, options: echoes });
  t.same(server.ask(inform)?.codes, [53, 3, 54, 61, 118, 82]);
});

t.test('an INFORM gets what is configured, also of a lease’s options', async (t) => {
  const server = serverFor(t, { 'option-data': optionData(false), 'calculate-tee-times': true });
  const ack = server.ask(packet({ type: MessageType.inform, options: [asked] }))!;
  t.same(changed(ack), { 53: '05' });
  t.equal(ack.flags, 0x8000, 'the relay does not know the client either');
  const echoed = server.ask(packet({ type: MessageType.inform, options: [asked, ...echoes] }))!;
  t.same(
    changed(echoed),
    { 53: '05', 61: '010203', 82: '01026162', 118: '0a000000' },
    'its name is not echoed',
  );
  const some = server.ask(packet({ type: MessageType.inform, options: [[55, [1, 3]]] }))!;
  t.same(some.codes, [53, 1, 3, 54]);
  t.equal(hex(some.options.get(1)), 'ff000000');
});

t.test('computed timers win, one without a value leaves the configured one', async (t) => {
  const timers = [octets(58, '00000058', true), octets(59, '00000063', true)];
  const computed = serverFor(t, { 'option-data': timers, 'calculate-tee-times': true });
  const both = computed.ask(packet({}))!;
  t.same([number32(both, 58), number32(both, 59)], [1800, 3150]);
  const single = serverFor(t, { 'option-data': timers, 'rebind-timer': 2000 });
  const one = single.ask(packet({}))!;
  t.same([number32(one, 58), number32(one, 59)], [0x58, 2000]);
  t.same(one.codes, [53, 1, 51, 54, 58, 59]);
});

t.test('every reply has at least 300 octets, zeros behind its end [RFC1542 2.1]', async (t) => {
  const server = serverFor(t, { authoritative: true });
  // A slot that a longer reply has been in: nothing of it may show.
  server.ask(packet({ mac: '02:00:00:00:00:02', options: [[61, new Array(200).fill(0xee)]] }));
  const replies = [
    server.ask(packet({})),
    lease(server, 3),
    server.ask(packet({ type: MessageType.inform })),
    server.ask(packet({ type: MessageType.request, options: [[50, ip('10.0.0.99')]] })),
  ];
  t.same(
    replies.map((reply) => reply?.type),
    [2, 5, 5, 6],
  );
  for (const reply of replies) {
    t.equal(reply?.bytes.length, BOOTP_BYTES_MIN);
    t.equal(
      reply?.bytes.findLast((octet) => octet !== 0),
      255,
    );
  }
  const exact = server.ask(packet({ options: [[61, new Array(36).fill(1)]] }))!;
  t.equal(exact.bytes.length, 300, 'full to the last octet');
  t.equal(exact.bytes.at(-1), 255);
  t.equal(server.ask(packet({ options: [[61, new Array(37).fill(1)]] }))?.bytes.length, 301);
});

t.test('replies longer than a frame are sent, whatever the configuration asks for', async (t) => {
  for (const [count, each] of [
    [6, 250],
    [10, 1000],
    [20, 3000],
  ] as const) {
    const long = Array.from({ length: count }, (_, index) => octets(224 + index, '5a'.repeat(each), true));
    const server = serverFor(t, { 'option-data': long });
    const ack = lease(server, 1, [
      [61, new Array(200).fill(9)],
      [82, [1, 253, ...new Array(253).fill(7)]],
    ]);
    t.equal(ack.type, MessageType.ack, `${count} options of ${each} octets`);
    for (let index = 0; index < count; index++) t.equal(ack.options.get(224 + index)?.length, each);
    t.equal(ack.options.get(82)?.length, 255);
  }
});

/** Options that take so many octets on the wire. */
function fill(bytes: number): Record<string, unknown>[] {
  const parts = Math.floor(bytes / 257) - 1;
  const rest = bytes - parts * 257 - 2;
  return [
    octets(224, '5a'.repeat(parts * 255), true),
    octets(225, '5a'.repeat(Math.min(rest, 255)), true),
    ...(rest > 255 ? [octets(226, '5a'.repeat(rest - 257), true)] : []),
  ];
}

/** Option 82 in parts of so many octets in all. */
function agent(bytes: number): [number, number[]][] {
  const parts: [number, number[]][] = [];
  for (let left = bytes; left > 0; left -= 257) parts.push([82, new Array(Math.min(left, 257) - 2).fill(1)]);
  return parts;
}

t.test('what is configured up to the limit leaves room for the longest echo', async (t) => {
  const server = serverFor(t, { 'option-data': fill(CONFIGURED_BYTES_MAX), 'calculate-tee-times': true });
  const longest = agent(2048 - 240 - 3 - 1);
  const reply = server.ask(packet({ options: longest }))!;
  t.equal(packet({ options: longest }).length, 2048);
  t.equal(reply.options.get(82)?.length, longest.flatMap(([, data]) => data).length);
});

t.test('a full datagram is sent; one octet more is dropped and counted', async (t) => {
  const server = serverFor(t, { 'option-data': fill(CONFIGURED_BYTES_MAX + 1000) });
  const free = DATAGRAM_BYTES_MAX - server.ask(packet({}))!.bytes.length;
  t.equal(server.ask(packet({ options: agent(free) }))?.bytes.length, DATAGRAM_BYTES_MAX);
  t.equal(server.statistic('tandem-drop-reply-too-large'), 0);
  t.equal(server.ask(packet({ options: agent(free + 1) })), null);
  t.equal(server.statistic('tandem-drop-reply-too-large'), 1);
});

t.test('the server calls itself what the relay asks for [RFC5107 4]', async (t) => {
  const server = serverFor(t, { authoritative: true });
  const RELAY = '127.0.0.1';
  const override = (address: string): [number, number[]] => [82, [11, 4, ...ip(address)]];
  const named = (reply: Reply | null): string => hex(reply?.options.get(54));
  const relay = hex(Uint8Array.from(ip('10.0.0.2')));
  const viaRelay = override('10.0.0.2');
  const offer = server.ask(packet({ options: [viaRelay] }))!;
  t.equal(named(offer), relay);
  const selecting = (server54: readonly number[], agent: [number, number[]]): Uint8Array =>
    packet({ type: MessageType.request, options: [[50, ip(offer.yiaddr)], [54, server54], agent] });
  t.equal(named(server.ask(selecting(ip('10.0.0.2'), viaRelay))), relay, 'SELECTING');
  t.equal(named(server.ask(selecting(SERVER, viaRelay))), relay, 'SELECTING by the server’s own name');
  t.equal(server.ask(selecting(ip('10.0.0.3'), viaRelay)), null, 'another server’s');
  t.equal(server.ask(selecting(ip('10.0.0.2'), override('10.0.0.3'))), null, 'another relay’s');
  t.equal(server.statistic('tandem-drop-other-server'), 2);
  const state = (fields: { ciaddr?: string; options: [number, number[]][] }): Reply | null =>
    server.ask(packet({ type: MessageType.request, giaddr: RELAY, ...fields }));
  t.equal(named(state({ ciaddr: offer.yiaddr, options: [viaRelay] })), relay, 'RENEWING');
  t.equal(named(state({ options: [[50, ip(offer.yiaddr)], viaRelay] })), relay, 'INIT-REBOOT');
  t.equal(named(state({ options: [[50, ip('10.0.0.19')], viaRelay] })), relay, 'a NAK');
  t.equal(named(server.ask(packet({ type: MessageType.inform, options: [viaRelay] }))), relay, 'INFORM');
  t.equal(
    named(server.ask(packet({ options: [override('0.0.0.0')] }))),
    hex(Uint8Array.from(SERVER)),
    'no address',
  );
  const release = { type: MessageType.release, ciaddr: offer.yiaddr };
  server.ask(packet({ ...release, options: [[54, ip('10.0.0.2')], viaRelay] }));
  t.equal(server.statistic('tandem-done-release'), 1, 'RELEASE');
});

t.test(
  'an override goes with a link selection and wins over a configured identifier [RFC3527 3]',
  async (t) => {
    const server = serverFor(t, {
      'option-data': [{ code: 54, data: '10.9.9.9' }],
      subnet4: [
        { id: 1, subnet: '10.0.0.0/24', relay: { 'ip-addresses': ['127.0.0.1'] } },
        { id: 2, subnet: '10.2.0.0/24', pools: [{ pool: '10.2.0.10 - 10.2.0.20' }] },
      ],
    });
    const agent: [number, number[]] = [82, [5, 4, ...ip('10.2.0.1'), 11, 4, ...ip('10.2.0.2')]];
    const offer = server.ask(packet({ options: [agent] }))!;
    t.equal(offer.yiaddr, '10.2.0.10');
    t.same([...offer.options.get(54)!], ip('10.2.0.2'));
    t.same([...offer.options.get(82)!], agent[1]);
    const ack = server.ask(
      packet({ type: MessageType.request, options: [[50, ip('10.2.0.10')], [54, ip('10.2.0.2')], agent] }),
    );
    t.equal(ack?.type, MessageType.ack);
    const renewed = server.ask(packet({ type: MessageType.request, ciaddr: '10.2.0.10', options: [agent] }));
    t.equal(renewed?.yiaddr, '10.2.0.10');
    const bare = server.ask(
      packet({ type: MessageType.request, ciaddr: '10.2.0.10', options: [[82, agent[1].slice(0, 6)]] }),
    );
    t.same([...bare!.options.get(54)!], ip('10.9.9.9'));
  },
);

t.test('every name of this server is its own, also that of another subnet or socket', async (t) => {
  const server = serverFor(t, {
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/24',
        pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
        'option-data': [{ code: 54, data: '10.0.0.1' }],
      },
      { id: 2, subnet: '10.2.0.0/24', 'option-data': [{ code: 54, data: '10.2.0.1' }] },
    ],
  });
  const ask = (name: string): number | undefined =>
    server.ask(
      packet({
        type: MessageType.request,
        options: [
          [50, ip('10.0.0.10')],
          [54, ip(name)],
        ],
      }),
    )?.type;
  for (const name of ['10.0.0.1', '10.2.0.1', '127.0.0.1']) t.equal(ask(name), MessageType.ack, name);
  t.equal(ask('10.3.0.1'), undefined);
  t.ok(server.ask(request(1, '10.0.0.10')));
});
