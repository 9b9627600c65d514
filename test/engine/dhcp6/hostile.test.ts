/**
 * DHCPv6 datagrams that no client and no relay should send. Each is answered once, or dropped and counted under one name; what is
 * answered is made of the query and of the server's own values, whatever stood in memory before; and then others are served.
 */
import t, { type Test } from 'tap';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { INPUT_OFFSET, INPUT_STRIDE } from '../../../src/wasm/layout.ts';
import { BenchEngine6, type Way } from './bench-engine.ts';
import { config6, HOME, ip6, option, pdPool, pool, subnet } from './config.ts';
import { duid, iaAddress, iaNa, iaPd, message, opt, oro, relayed, SERVER_ID, word } from './messages.ts';

const { solicit, request, renew, rebind, release, decline, confirm, informationRequest, addrRegInform } =
  MessageType;
const EVERY_TYPE = [solicit, request, renew, rebind, release, decline, confirm, informationRequest];
const RELAYS_MAX = 32;
const RELAY_BYTES = 38;
/** Of the length of option 9 in a relay's message that has no other one. */
const LENGTH_AT = 36;
const SERVED = '';
const NOWHERE: Way = { arrival: { interfaceName: 'eth9', isUnicast: false }, source: ip6('2001:db8:77::1') };

type Row = readonly [what: string, datagram: Uint8Array, fate: string, way?: Way];

function serverWith(octet: number): BenchEngine6 {
  const server = new BenchEngine6(
    config6({
      allowAddressRegistration: true,
      subnets: [
        {
          ...HOME,
          pools: [pool('2001:db8:1::1000 - 2001:db8:1::1fff')],
          pdPools: [pdPool('2001:db8:8000::/40', 56)],
          options: [option(23, ip6('2001:db8::53'))],
        },
        subnet(2, '2001:db8:2::/64'),
      ],
    }),
  );
  server.context.slots.bytes.fill(octet);
  return server;
}

/** What memory holds is told by nobody: two servers whose memory differs give the same answers. */
class Twins {
  readonly #servers = [serverWith(0x55), serverWith(0xaa)] as const;

  /** @returns what became of the datagram with both; throws where they differ, or one has not exactly one fate */
  ask(datagram: Uint8Array, way?: Way): string {
    const told = this.#servers.map((server, at) => {
      const { bytes } = server.context.query;
      bytes.fill(at === 0 ? 0x55 : 0xaa, INPUT_OFFSET, INPUT_OFFSET + INPUT_STRIDE);
      const drops = server.statistic('pkt6-receive-drop');
      const cell = server.send(datagram, way);
      server.makeDurable();
      const replies = server.replies();
      const fates = replies.length + server.statistic('pkt6-receive-drop') - drops;
      if (fates !== 1 || (cell === SERVED) !== (replies.length === 1)) throw new Error(`${fates} fates`);
      return { cell, reply: replies.map((reply) => Buffer.from(reply.bytes).toString('hex')).join() };
    });
    if (told[0]!.reply !== told[1]!.reply) throw new Error('the reply depends on what memory held');
    return told[0]!.cell;
  }

  /** Whether a client that behaves gets its lease. */
  serves(client: number): boolean {
    return this.ask(message(request, client, iaNa(1), iaPd(2))) === SERVED;
  }
}

function nested(levels: number, inner: Uint8Array): Uint8Array {
  let datagram = inner;
  for (let level = 0; level < levels; level++) datagram = relayed(datagram, '2001:db8:1::1', 'fe80::1');
  return datagram;
}

/** The option 9 of a level, the outermost being 0, says that it has this length. */
function lying(levels: number, level: number, length: number): Uint8Array {
  const datagram = nested(levels, message(solicit, 1, iaNa(1)));
  new DataView(datagram.buffer).setUint16(level * RELAY_BYTES + LENGTH_AT, length);
  return datagram;
}

const many = (count: number, octets: readonly number[]) => Array.from({ length: count }, () => octets).flat();
/** As many as a datagram has room for beside the rest of a message. */
const filling = (octets: readonly number[]) => many(Math.floor((INPUT_STRIDE - 100) / octets.length), octets);
const manyIas = (count: number) => Array.from({ length: count }, (_, iaid) => iaNa(iaid)).flat();
const prefixOf = (length: number) =>
  opt(OptionCode.iaPrefix, [...word(0), ...word(0), length, ...ip6('2001:db8:8000::')]);

const RELAY_ROWS: readonly Row[] = [
  ['as many relays as there may be', nested(RELAYS_MAX, message(solicit, 1, iaNa(1))), SERVED],
  ['one relay more', nested(RELAYS_MAX + 1, message(solicit, 1, iaNa(1))), 'tandem-drop-too-many-relays'],
  ['as many as a datagram holds', nested(53, new Uint8Array(0)), 'tandem-drop-too-many-relays'],
  ['more than that', nested(54, new Uint8Array(0)), 'tandem-drop-too-long'],
  ['nothing inside of the last relay', nested(RELAYS_MAX, new Uint8Array(0)), 'tandem-drop-no-relay-message'],
  ['three octets inside of it', nested(RELAYS_MAX, new Uint8Array(3)), 'tandem-drop-too-short'],
  ['a group as the client', relayed(message(solicit, 1, iaNa(1)), '2001:db8:1::1', 'ff02::1'), SERVED],
  ['a group as the link', relayed(message(solicit, 1, iaNa(1)), 'ff02::1', 'fe80::1'), SERVED],
];

const OPTION_ROWS: readonly Row[] = [
  ...[0, 1, 2, 131, 132, 1000].map(
    (length): Row => [
      `a DUID of ${length} octets`,
      message(solicit, new Uint8Array(length).fill(7)),
      'tandem-drop-bad-client-id',
    ],
  ),
  ...[3, 128, 129, 130].map(
    (length): Row => [`a DUID of ${length} octets`, message(solicit, new Uint8Array(length).fill(7)), SERVED],
  ),
  ['two DUIDs', message(solicit, 1, opt(OptionCode.clientId, duid(2))), 'tandem-drop-bad-client-id'],
  ['two servers', message(request, 1, opt(OptionCode.serverId, SERVER_ID)), 'tandem-drop-bad-server-id'],
  ['a server of no octets', message(solicit, 1, opt(OptionCode.serverId)), 'tandem-drop-bad-server-id'],
  ['1,000 IAs', message(request, 1, manyIas(1000)), 'tandem-drop-too-long'],
  ['all IAs that there is room for', message(request, 1, manyIas(110)), SERVED],
  ['the same IA over and over', message(request, 1, filling(iaNa(1))), SERVED],
  [
    'an IA with 1,000 addresses',
    message(renew, 1, iaNa(1, many(1000, iaAddress('::1')))),
    'tandem-drop-too-long',
  ],
  ['an IA full of addresses', message(renew, 1, iaNa(1, filling(iaAddress('2001:db8:1::7')))), SERVED],
  ['an IA full of prefixes', message(renew, 1, iaPd(1, filling(prefixOf(56)))), SERVED],
  [
    'an ORO of 65,535 entries',
    message(solicit, 1, opt(6, new Uint8Array(2 * 32_767))),
    'tandem-drop-too-long',
  ],
  ['an ORO as long as there is room for', message(solicit, 1, iaNa(1), oro(...many(900, [23]))), SERVED],
  ['an ORO that ends within a code', message(solicit, 1, opt(6, [0, 23, 0])), 'tandem-drop-option-length'],
  ['an ORO of nothing', message(solicit, 1, opt(6)), 'tandem-drop-option-length'],
  ['several OROs', message(solicit, 1, filling(oro(23))), SERVED],
  ['options of no octets', message(solicit, 1, iaNa(1), filling(opt(99))), SERVED],
  ['an elapsed time of one octet', message(solicit, 1, opt(8, [0])), 'tandem-drop-option-length'],
  ['a domain list that is none', message(solicit, 1, iaNa(1), opt(24, [63, 1, 2])), SERVED],
  ['a domain list that points at itself', message(solicit, 1, iaNa(1), opt(24, [0xc0, 0])), SERVED],
  ['a vendor class of three octets', message(solicit, 1, opt(16, [0, 0, 1])), 'tandem-drop-option-length'],
  [
    'a vendor class that runs past its end',
    message(solicit, 1, iaNa(1), opt(16, [0, 0, 0, 9, 0xff, 0xff, 1])),
    SERVED,
  ],
  [
    'vendor options that run past their end',
    message(solicit, 1, iaNa(1), opt(17, [0, 0, 0, 9, 0, 1, 0xff])),
    SERVED,
  ],
  ['a user class that runs past its end', message(solicit, 1, iaNa(1), opt(15, [0xff, 0xff, 1])), SERVED],
  ['a name that runs past its end', message(solicit, 1, opt(39, [1, 63, 1])), 'tandem-drop-bad-fqdn'],
  ['an IA within an IA', message(request, 1, iaNa(1, iaNa(2, iaNa(3)))), SERVED],
  ['an address that is a group', message(request, 1, iaNa(1, iaAddress('ff02::1'))), SERVED],
  ['no address', message(request, 1, iaNa(1, iaAddress('::'))), SERVED],
  [
    'lifetimes without an end',
    message(request, 1, iaNa(1, iaAddress('::', 0xffff_ffff, 0xffff_ffff))),
    SERVED,
  ],
];

const PREFIX_ROWS: readonly Row[] = [0, 1, 129, 255].flatMap((length) =>
  [solicit, request, renew, rebind, release].map(
    (type): Row => [
      `type ${type}, a prefix of ${length} bits`,
      message(type, 1, iaPd(2, prefixOf(length))),
      SERVED,
    ],
  ),
);

function play(t: Test, rows: readonly Row[]): void {
  const twins = new Twins();
  for (const [at, [name, datagram, fate, way]] of rows.entries()) {
    t.equal(twins.ask(datagram, way), fate, name);
    if (!twins.serves(at + 1000)) t.fail(`${name}: and then nobody is served`);
  }
}

t.test('relays that nobody should send', async (t) => play(t, RELAY_ROWS));
t.test('options that nobody should send', async (t) => play(t, OPTION_ROWS));
t.test('prefixes that nobody should send', async (t) => play(t, PREFIX_ROWS));

t.test('a length that lies, at each level of relays', async (t) => {
  const twins = new Twins();
  const fates = new Map<string, number>();
  for (let level = 0; level < RELAYS_MAX; level++)
    for (const length of [0, 1, 3, 33, 37, 2000, 0xffff]) {
      const fate = twins.ask(lying(RELAYS_MAX, level, length));
      fates.set(fate, (fates.get(fate) ?? 0) + 1);
    }
  t.equal(fates.get(SERVED), 2, 'a message that is cut off behind its DUID is one');
  t.ok((fates.get('tandem-drop-no-relay-message') ?? 0) >= RELAYS_MAX, 'what runs past the end is not there');
  t.ok((fates.get('tandem-drop-too-short') ?? 0) >= RELAYS_MAX, 'what is cut off is no message');
  t.ok(twins.serves(1));
});

t.test('every message, cut off at every octet, directly and through relays', async (t) => {
  const twins = new Twins();
  const all = EVERY_TYPE.map((type) =>
    message(type, 1, iaNa(1, iaAddress('2001:db8:1::1000')), iaPd(2), oro(23)),
  );
  for (const whole of [...all, nested(3, all[1]!)])
    for (let length = 0; length < whole.length; length++) twins.ask(whole.slice(0, length));
  t.ok(twins.serves(1));
});

t.test('every message to an address of the server, from where no subnet is', async (t) => {
  const twins = new Twins();
  const way = { ...NOWHERE, arrival: { interfaceName: 'eth9', isUnicast: true } };
  const options = [oro(23, 24, 82), opt(25, new Uint8Array(12)), opt(8, [0xff, 0xff]), opt(14)];
  for (const type of [...EVERY_TYPE, addrRegInform])
    for (let mask = 0; mask < 2 ** options.length; mask++) {
      const chosen = options.filter((_, bit) => (mask & (1 << bit)) !== 0);
      for (const each of [way, NOWHERE]) twins.ask(message(type, 1, iaNa(1), ...chosen), each);
    }
  t.ok(twins.serves(1));
});

t.test('sources that nobody can have', async (t) => {
  const twins = new Twins();
  for (const source of ['ff02::1', '::', '::1', 'ff05::1:3', '2001:db8:1::'])
    for (const type of EVERY_TYPE) twins.ask(message(type, 1, iaNa(1)), { source: ip6(source) });
  t.ok(twins.serves(1));
});
