/** What a DHCPv6 lease keeps of the relays that its client came through. */
import fc from 'fast-check';
import t from 'tap';
import { formatIpv6 } from '../../../../src/base/ipv6-text.ts';
import type { SubnetConfig6 } from '../../../../src/config/dhcp6/model.ts';
import { MessageType, OptionCode } from '../../../../src/dhcp6/codes.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, HOME } from '../config.ts';
import { iaAddress, iaNa, iaPd, message, opt, relayed } from '../messages.ts';

const { decline, rebind, release, request, solicit } = MessageType;
const { interfaceId, rapidCommit, relayId, remoteId, subscriberId } = OptionCode;

const LINK = '2001:db8:1::5';
const PEER = 'fe80::1';
const NEAR = opt(interfaceId, [0x65, 0x30]);
const LEASES = [iaNa(1), iaPd(2)];
const LEVEL = `"link": "${LINK}", "options": "0x001200026530", "peer": "${PEER}"`;

function start(more: Partial<SubnetConfig6> = {}): BenchEngine6 {
  return new BenchEngine6(config6({ subnets: [{ ...HOME, storeExtendedInfo: true, ...more }] }));
}

const info = (...levels: string[]): string => `{ "ISC": { "relay-info": [ ${levels.join(', ')} ] } }`;
const NEAR_INFO = info(`{ "hop": 0, ${LEVEL} }`);

/** The address of the first lease. */
function addressOf({ context: { book } }: BenchEngine6): string {
  const { rows } = book.table;
  return formatIpv6(rows.bytes, rows.addressOffset(0));
}

/** The user contexts of all leases, addresses first. */
function contexts({ context: { book } }: BenchEngine6): string[] {
  const { rows } = book.table;
  const texts: [number, string][] = [];
  for (let slot = 0; slot < book.table.highWater(); slot++) {
    if (rows.isFree(slot)) continue;
    const { bytes, offset, length } = book.recordOf(slot).userContext;
    texts.push([rows.type(slot), Buffer.from(bytes).toString('latin1', offset, offset + length)]);
  }
  return texts.sort(([a], [b]) => a - b).map(([, text]) => text);
}

t.test('an address and a prefix keep each relay, the outermost first', async (t) => {
  const engine = start();
  const inner = relayed(message(request, 1, ...LEASES), LINK, PEER, NEAR);
  inner[1] = 0;
  const outer = relayed(inner, '::', 'fe80::2');
  outer[1] = 1;
  engine.ask(outer);
  const levels = info(`{ "hop": 1, "link": "::", "peer": "fe80::2" }`, `{ "hop": 0, ${LEVEL} }`);
  t.same(contexts(engine), [levels, levels]);
});

t.test('options stand ascending by code with their headers, identifiers once more without', async (t) => {
  const engine = start();
  const options = [
    opt(relayId, [0, 3, 0xab]),
    opt(remoteId, [0, 0, 0, 9, 0xcd]),
    opt(subscriberId),
    opt(remoteId, [0, 0, 0, 7, 0xef]),
    NEAR,
  ];
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER, ...options));
  t.same(contexts(engine), [
    info(
      `{ "hop": 0, "link": "${LINK}", "options": "0x001200026530002500050000000` +
        `9CD0025000500000007EF0026000000350003` +
        `0003AB", "peer": "${PEER}", "relay-id": "0003AB", "remote-id": "00000009CD" }`,
    ),
  ]);
});

t.test('the first identifier counts, and an empty one is none', async (t) => {
  const engine = start();
  const options = [opt(relayId), opt(relayId, [0, 3])];
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER, ...options));
  t.notMatch(contexts(engine)[0], /relay-id/);
});

t.test('what is only offered keeps nothing; a rapid commit does', async (t) => {
  const engine = start({ rapidCommit: true });
  engine.ask(relayed(message(solicit, 1, iaNa(1)), LINK, PEER, NEAR));
  t.same(contexts(engine), ['']);
  engine.ask(relayed(message(solicit, 1, iaNa(1), opt(rapidCommit)), LINK, PEER, NEAR));
  t.same(contexts(engine), [NEAR_INFO]);
});

t.test('who asks again for what it has changes nothing of it', async (t) => {
  const engine = start();
  engine.ask(relayed(message(request, 1, ...LEASES), LINK, PEER, NEAR));
  engine.ask(relayed(message(request, 1, ...LEASES), LINK, 'fe80::9'));
  t.same(contexts(engine), [NEAR_INFO, NEAR_INFO]);
});

t.test('a declined address says where it was found in use', async (t) => {
  const engine = start();
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER, NEAR));
  engine.ask(relayed(message(decline, 1, iaNa(1, iaAddress(addressOf(engine)))), LINK, 'fe80::9'));
  t.equal(engine.state(addressOf(engine)), LeaseState.declined);
  t.same(contexts(engine), [NEAR_INFO]);
});

t.test('a renewal past the relays changes nothing, through others it tells of them', async (t) => {
  const engine = start();
  engine.ask(relayed(message(request, 1, ...LEASES), LINK, PEER, NEAR));
  engine.ask(message(rebind, 1, ...LEASES));
  t.same(contexts(engine), [NEAR_INFO, NEAR_INFO]);
  engine.ask(relayed(message(rebind, 1, ...LEASES), LINK, 'fe80::9'));
  const other = info(`{ "hop": 0, "link": "${LINK}", "peer": "fe80::9" }`);
  t.same(contexts(engine), [other, other]);
});

t.test('what is news of the relays is written although the lease is fresh', async (t) => {
  const engine = start({ cacheThreshold: 0.5 });
  const ask = (...options: (readonly number[])[]): number => {
    engine.rows();
    engine.ask(relayed(message(rebind, 1, iaNa(1)), LINK, PEER, ...options));
    return engine.rows().length;
  };
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER, NEAR));
  t.equal(ask(NEAR), 0, 'the same again is none');
  t.equal(ask(), 1);
  t.equal(ask(), 0);
  engine.ask(message(rebind, 1, iaNa(1)));
  t.equal(engine.rows().length, 0, 'nor is nothing');
});

function setContext({ context: { book } }: BenchEngine6, text: string): void {
  const bytes = Buffer.from(text);
  const range = { bytes, offset: 0, length: bytes.length };
  if (!book.table.setUserContext(0, range)) throw new Error('no memory');
}

t.test('other members of a user context stay', async (t) => {
  const engine = start();
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER));
  setContext(engine, '{ "A": 1, "ISC": { "client-classes": [ "a" ], "relay-info": 5 }, "comment": "x" }');
  engine.ask(relayed(message(rebind, 1, iaNa(1)), LINK, PEER, NEAR));
  t.same(contexts(engine), [
    `{ "A": 1, "ISC": { "client-classes": [ "a" ], "relay-info": [ { "hop": 0, ${LEVEL} } ] }, "comment": "x" }`,
  ]);
});

t.test('where there is no room in the user context it stays as it is, and is counted', async (t) => {
  const engine = start();
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER));
  const full = `{ "a": "${'x'.repeat(12_250)}" }`;
  setContext(engine, full);
  t.not(engine.ask(relayed(message(rebind, 1, iaNa(1)), LINK, PEER, NEAR)), null);
  t.same(contexts(engine), [full]);
  t.equal(engine.statistic('tandem-extended-info-lost'), 1);
});

t.test('nothing is kept without store-extended-info', async (t) => {
  const engine = start({ storeExtendedInfo: false });
  engine.ask(relayed(message(request, 1, ...LEASES), LINK, PEER, NEAR));
  t.same(contexts(engine), ['', '']);
});

t.test('another client gets the address without what the one before it has left', async (t) => {
  const engine = start();
  engine.ask(relayed(message(request, 1, iaNa(1)), LINK, PEER, NEAR));
  const address = addressOf(engine);
  engine.ask(message(release, 1, iaNa(1, iaAddress(address))));
  engine.clock.pass(100_000);
  engine.ask(message(request, 2, iaNa(1, iaAddress(address))));
  t.same(contexts(engine), ['']);
});

/** Relays as they are, by a plain twin of the encoder. */
const anyLevel = fc.record({
  hop: fc.integer({ min: 0, max: 255 }),
  link: fc.constantFrom('::', '2001:db8::5'),
  peer: fc.constantFrom('::', 'fe80::1', '::ffff:192.0.2.1'),
  options: fc.array(
    fc.tuple(
      fc.constantFrom(18, 37, 38, 53, 79, 300, 65_535, 300),
      fc.uint8Array({ minLength: 5, maxLength: 30 }),
    ),
    { maxLength: 6 },
  ),
});
type Level = typeof anyLevel extends fc.Arbitrary<infer L> ? L : never;

function toldOf({ hop, link, peer, options }: Level): object {
  const sorted = options
    .map(([code, data], at) => ({ code, data, at }))
    .sort((a, b) => a.code - b.code || a.at - b.at);
  const hex = (octets: Iterable<number>): string =>
    Buffer.from([...octets])
      .toString('hex')
      .toUpperCase();
  const first = (code: number) => sorted.find((option) => option.code === code)?.data;
  const [relay, remote] = [first(relayId), first(remoteId)];
  return {
    hop,
    link,
    ...(sorted.length > 0 && { options: `0x${hex(sorted.flatMap(({ code, data }) => opt(code, data)))}` }),
    peer,
    ...(relay !== undefined && { 'relay-id': hex(relay) }),
    ...(remote !== undefined && { 'remote-id': hex(remote) }),
  };
}

t.test('any relays are told as they are', async (t) => {
  const engine = start();
  engine.ask(message(request, 1, iaNa(1)));
  fc.assert(
    fc.property(fc.array(anyLevel, { minLength: 1, maxLength: 5 }), (levels) => {
      // The innermost tells the link.
      let datagram = relayed(message(rebind, 1, iaNa(1)), LINK, PEER);
      for (const { hop, link, peer, options } of [...levels].reverse()) {
        datagram = relayed(
          datagram,
          link,
          peer.includes('.') ? '::ffff:c000:201' : peer,
          ...options.map(([code, data]) => opt(code, data)),
        );
        datagram[1] = hop;
      }
      engine.ask(datagram);
      const { ISC } = JSON.parse(contexts(engine)[0]!);
      const wanted = [...levels.map(toldOf), { hop: 0, link: LINK, peer: PEER }];
      return JSON.stringify(ISC['relay-info']) === JSON.stringify(wanted);
    }),
    { numRuns: 300 },
  );
  t.equal(engine.statistic('tandem-extended-info-lost'), 0);
});

t.test('as many relays and options as a datagram holds', async (t) => {
  const engine = start();
  let many = relayed(message(request, 1, iaNa(1)), LINK, PEER);
  const rest = Math.floor((2048 - many.length) / 4);
  many = relayed(
    message(request, 1, iaNa(1)),
    LINK,
    PEER,
    ...Array.from({ length: rest }, (_, i) => opt(1000 - i)),
  );
  engine.ask(many);
  const [options] = JSON.parse(contexts(engine)[0]!).ISC['relay-info'];
  t.equal(options.options.length, 2 + 8 * rest);
  let deep = message(request, 2, iaNa(1));
  for (let level = 0; level < 32; level++) deep = relayed(deep, LINK, PEER);
  const long = relayed(
    deep.subarray(38),
    LINK,
    PEER,
    opt(remoteId, new Array(2048 - deep.length - 4).fill(0xab)),
  );
  engine.ask(long);
  const levels = JSON.parse(contexts(engine).find((text) => text.includes('ABAB'))!).ISC['relay-info'];
  t.equal(levels.length, 32);
  t.equal(engine.statistic('tandem-extended-info-lost'), 0);
});

t.test('what is cut off in a relay, or any octet of it, never harms', async () => {
  const engine = start();
  const whole = relayed(
    relayed(message(request, 1, iaNa(1)), LINK, PEER, NEAR, opt(remoteId, [0, 0, 0, 9, 1])),
    '::',
    PEER,
    opt(relayId, [1, 2]),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: whole.length }),
      (changes, length) => {
        const octets = whole.slice(0, length < 60 ? whole.length : length);
        for (const [at, octet] of changes) if (at < octets.length) octets[at] = octet;
        engine.ask(octets);
        for (const text of contexts(engine)) if (text !== '') JSON.parse(text);
        return true;
      },
    ),
    { numRuns: 2000 },
  );
});
