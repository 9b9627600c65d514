/** Option 39, by the settings of the lease: what the client hears, what its leases are called. [RFC4704] */
import t from 'tap';
import { DDNS_DEFAULTS, DDNS_SERVER_DEFAULTS, type DdnsConfig } from '../../../src/config/ddns-model.ts';
import type { HostConfig6 } from '../../../src/config/dhcp6/model.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { config6, HOME, host, option, pool, subnet } from './config.ts';
import { duid, iaAddress, iaNa, iaPd, message, opt, relayed } from './messages.ts';

const { informationRequest, release, renew, request, solicit } = MessageType;
const S = 1;
const N = 4;
const ADDRESS = '2001:db8:1::15';
const IA = iaNa(1, iaAddress(ADDRESS));

/** A server with DNS updates. @param ddns of its subnet */
function serverWith(
  ddns: Partial<DdnsConfig> = {},
  more: {
    enableUpdates?: boolean;
    hosts?: HostConfig6[];
    rapidCommit?: boolean;
    lenientOptionParsing?: boolean;
  } = {},
): BenchEngine6 {
  const { enableUpdates = true, hosts = [], rapidCommit = false, lenientOptionParsing = false } = more;
  const names = { ...DDNS_DEFAULTS, qualifyingSuffix: 'x.org', ...ddns };
  return new BenchEngine6(
    config6({
      ddns: { ...DDNS_SERVER_DEFAULTS, enableUpdates },
      hosts,
      lenientOptionParsing,
      subnets: [{ ...HOME, ddns: names, rapidCommit }],
    }),
  );
}

/** Option 39 of a client. @param name in wire form */
function fqdn(flags: number, name = '\x01a') {
  return opt(OptionCode.fqdn, [flags, ...Buffer.from(name, 'latin1')]);
}

/** Option 39 of a reply: its flags and its name with dots; null = it has none. */
function answered(engine: BenchEngine6, type: number, ...options: Parameters<typeof message>[2][]) {
  const reply = engine.ask(message(type, 1, ...options));
  if (reply === null) return 'silence';
  const found = reply.options.find((each) => each.startsWith('39='));
  if (found === undefined) return null;
  const [flags, ...name] = Buffer.from(found.slice(3), 'hex');
  return `${flags} ${dotted(Buffer.from(name))}`;
}

function dotted(wire: Buffer): string {
  let text = '';
  for (let at = 0; at < wire.length; at += 1 + wire[at]!)
    text += `${wire.toString('latin1', at + 1, at + 1 + wire[at]!)}.`;
  return text;
}

t.test('flags of the answer, by what the client wants and what the server may do', async (t) => {
  const rows: readonly (readonly [
    what: string,
    Parameters<typeof serverWith>,
    flags: number,
    out: string,
  ])[] = [
    ['the server makes both updates', [], S, '1 a.x.org..'],
    ['the client makes the forward one', [], 0, '0 a.x.org..'],
    ['no updates', [], N, '4 a.x.org..'],
    ['flags that nobody knows', [], 0xf8, '0 a.x.org..'],
    ['the client is overruled', [{ overrideClientUpdate: true }], 0, '3 a.x.org..'],
    ['and does not want any', [{ overrideClientUpdate: true }], N, '4 a.x.org..'],
    ['its wish for none is overruled', [{ overrideNoUpdate: true }], N, '3 a.x.org..'],
    ['the subnet has none', [{ sendUpdates: false }], S, '6 a.x.org..'],
    ['nobody has any', [{}, { enableUpdates: false }], S, '6 a.x.org..'],
    ['nobody has any, and the client agrees', [{}, { enableUpdates: false }], N, '4 a.x.org..'],
  ];
  for (const [what, server, flags, out] of rows)
    t.equal(answered(serverWith(...server), request, IA, fqdn(flags)), out, what);
});

t.test('the name of the answer', async (t) => {
  const all: Partial<DdnsConfig> = { replaceClientName: 'always', generatedPrefix: 'gen' };
  const rows: readonly (readonly [what: string, Partial<DdnsConfig>, name: string, out: string | null])[] = [
    ['partial names get the suffix', {}, '\x01A\x01b', '1 a.b.x.org..'],
    ['whole ones do not', {}, '\x01A\x01b\0', '1 a.b..'],
    ['without a suffix', { qualifyingSuffix: '' }, '\x01a', '1 a..'],
    ['characters that no host name has', {}, '\x04a_b!', '1 ab.x.org..'],
    ['as they come', { hostnameCharSet: '' }, '\x03a_b', '1 a_b.x.org..'],
    ['replaced ones', { hostnameCharReplacement: 'z' }, '\x03a_b', '1 azb.x.org..'],
    ['cleaned to nothing', {}, '\x01_', null],
    ['a whole one cleaned to nothing', { qualifyingSuffix: '' }, '\x01_\0', null],
    ['none', {}, '', '1 myhost-2001-db8-1--15.x.org..'],
    ['always generated', all, '\x01a', '1 gen-2001-db8-1--15.x.org..'],
    [
      'generated when present',
      { replaceClientName: 'when-present' },
      '\x01a',
      '1 myhost-2001-db8-1--15.x.org..',
    ],
    ['kept when present', { replaceClientName: 'when-not-present' }, '\x01a', '1 a.x.org..'],
  ];
  for (const [what, ddns, name, out] of rows)
    t.equal(answered(serverWith(ddns), request, IA, fqdn(S, name)), out, what);
});

t.test('a client that sends no option 39', async (t) => {
  t.equal(answered(serverWith(), request, IA), null, 'hears nothing');
  const ddns = { replaceClientName: 'when-not-present' } as const;
  const generated = '1 myhost-2001-db8-1--15.x.org..';
  t.equal(answered(serverWith(ddns), request, IA), generated, 'or gets a name');
  t.equal(answered(serverWith(ddns), request, iaPd(1)), '1 ', 'of the prefix none is made');
  t.equal(answered(serverWith(ddns), solicit, IA), '1 ', 'nor of what it is only offered');
  t.equal(answered(serverWith(ddns, { enableUpdates: false }), request, IA), null, 'DNS would not know it');
  t.equal(
    answered(serverWith(ddns, { rapidCommit: true }), solicit, IA, opt(OptionCode.rapidCommit)),
    generated,
  );
});

t.test('which messages have a name', async (t) => {
  const engine = serverWith();
  t.equal(answered(engine, solicit, IA, fqdn(S)), '1 a.x.org..');
  t.equal(answered(engine, request, IA, fqdn(S)), '1 a.x.org..');
  t.equal(answered(engine, renew, IA, fqdn(S)), '1 a.x.org..');
  t.equal(answered(engine, MessageType.rebind, IA, fqdn(S)), '1 a.x.org..');
  t.equal(answered(engine, informationRequest, fqdn(S)), null);
  t.equal(answered(engine, MessageType.confirm, IA, fqdn(S)), null);
  t.equal(answered(engine, release, IA, fqdn(S)), null);
});

t.test('without a subnet a name comes back as it was', async (t) => {
  const engine = serverWith({ overrideClientUpdate: true, replaceClientName: 'always' });
  const query = relayed(message(solicit, 1, IA, fqdn(0, '\x03A_b')), '2001:db8:77::1', 'fe80::1');
  const reply = engine.ask(query);
  t.match(reply?.options.at(-1), `39=04${Buffer.from('\x03a_b\0').toString('hex')}`);
});

t.test('a malformed option 39 makes a query malformed, whatever it is', async (t) => {
  const names = ['\x05ab', '\xc0\0', `${'\x3f'.padEnd(64, 'a').repeat(4)}\x01a`];
  for (const type of [solicit, renew, release, informationRequest])
    for (const option of [fqdn(S | N), ...names.map((name) => fqdn(S, name))]) {
      const engine = serverWith();
      t.equal(engine.send(message(type, 1, IA, option)), 'tandem-drop-bad-fqdn');
      t.equal(engine.statistic('pkt6-parse-failed'), 1);
    }
});

t.test('a domain name that is none is passed over with its option where that is configured', async (t) => {
  const more = { lenientOptionParsing: true };
  for (const name of ['\x05ab', '\xc0\0'])
    t.equal(answered(serverWith({}, more), request, IA, fqdn(S, name)), null, 'no name, and no option 39');
  const always = { replaceClientName: 'always' } as const;
  const absent = answered(serverWith(always, more), request, IA);
  t.equal(answered(serverWith(always, more), request, IA, fqdn(N, '\x05ab')), absent, 'as without it');
  t.equal(serverWith({}, more).send(message(request, 1, IA, fqdn(S | N, '\x01a'))), 'tandem-drop-bad-fqdn');
});

t.test('a reserved name goes before all others', async (t) => {
  const hosts = [host(1, 'duid', duid(1), { hostname: 'Reserved' })];
  t.equal(answered(serverWith({}, { hosts }), request, IA, fqdn(S)), '1 reserved.x.org..');
  const always = { replaceClientName: 'always' } as const;
  t.equal(answered(serverWith(always, { hosts }), request, iaPd(1)), '1 reserved.x.org..');
  const engine = serverWith({}, { hosts });
  t.equal(answered(engine, request, IA), null, 'nobody has asked for it');
  t.same(engine.names(), [`${ADDRESS} reserved`], 'and the lease has it, but DNS does not');
  const bad = [host(1, 'duid', duid(1), { hostname: 'a..b' })];
  t.equal(answered(serverWith({}, { hosts: bad }), request, IA, fqdn(S)), null, 'one that is none');
});

t.test('what leases are called', async (t) => {
  const engine = serverWith({ replaceClientName: 'when-not-present' });
  const two = [IA, iaNa(2, iaAddress('2001:db8:1::16')), iaPd(3)];
  engine.ask(message(request, 1, ...two, fqdn(S)));
  t.same(
    engine.names(),
    [`${ADDRESS} a.x.org. fr`, '2001:db8:1::16 a.x.org. fr', '2001:db8:8000:: a.x.org. fr'],
    'all the same',
  );
  engine.ask(message(renew, 1, ...two, fqdn(0, '\x01b')));
  t.same(
    engine.names(),
    [`${ADDRESS} b.x.org. r`, '2001:db8:1::16 b.x.org. r', '2001:db8:8000:: b.x.org. r'],
    'and so when it changes',
  );
  engine.ask(message(renew, 1, ...two));
  t.same(
    engine.names(),
    [`${ADDRESS} myhost-2001-db8-1--15.x.org. fr`, '2001:db8:1::16  fr', '2001:db8:8000::  fr'],
    'one made of an address is that of its lease alone',
  );
});

t.test('settings of a pool go before those of its subnet', async (t) => {
  const ddns = { ...DDNS_DEFAULTS, qualifyingSuffix: 'pool.org' };
  const pools = [pool('2001:db8:1::10 - 2001:db8:1::1f', { ddns })];
  const subnets = [subnet(1, '2001:db8:1::/64', { interfaceName: 'eth0', pools })];
  const engine = new BenchEngine6(config6({ subnets }));
  t.equal(answered(engine, request, IA, fqdn(S)), '6 a.pool.org..');
});

t.test('an option 39 that is configured gives way to one of the client', async (t) => {
  const options = [option(OptionCode.fqdn, Uint8Array.of(0, 1, 0x7a, 0), { alwaysSend: true })];
  const engine = new BenchEngine6(config6({ options }));
  t.equal(answered(engine, request, IA), '0 z..');
  t.equal(answered(engine, request, IA, fqdn(N)), '4 a..');
});

t.test('whatever clients send, the reply has a name in order, and every row can be read', async (t) => {
  let seed = 1;
  const random = (below: number): number => {
    seed = Math.imul(seed, 1_103_515_245) + 12_345;
    return (seed >>> 8) % below;
  };
  const sets: Partial<DdnsConfig>[] = [
    {},
    { hostnameCharSet: '' },
    { hostnameCharSet: '[^a]*', hostnameCharReplacement: '.b' },
    { replaceClientName: 'always', qualifyingSuffix: '' },
  ];
  let named = 0;
  for (const ddns of sets) {
    const engine = serverWith(ddns);
    for (let round = 0; round < 500; round++) {
      const octets = [random(8)];
      for (let label = random(6); label > 0; label--) {
        const length = random(12) === 0 ? random(80) : random(5);
        octets.push(length, ...Array.from({ length }, () => random(256)));
      }
      if (random(2) === 0) octets.push(0);
      if (random(8) === 0) octets[random(octets.length)] = random(256);
      const reply = engine.ask(message(request, 1, IA, opt(OptionCode.fqdn, octets)));
      const found = reply?.options.find((each) => each.startsWith('39='));
      const name = Buffer.from(found?.slice(3) ?? '', 'hex').subarray(1);
      let at = 0;
      while (at < name.length && name[at] !== 0) at += 1 + name[at]!;
      if (name.length > 255 || (name.length > 0 && at !== name.length - 1))
        t.fail(`${name.toString('hex')} of ${octets}`);
      named += Number(name.length > 0);
      engine.rows();
    }
  }
  t.ok(named > 400, `${named} names`);
});

t.test('a lease goes without its name where there is no memory for it', async (t) => {
  const engine = serverWith();
  const { table } = engine.context.book;
  const { arena } = table.rows;
  const fill = (octets: number): void => {
    while (arena.allocate(octets) !== 0);
  };
  fill(200);
  fill(8);
  t.equal(answered(engine, request, IA, fqdn(S)), '1 a.x.org..');
  t.same(engine.names(), [`${ADDRESS} `], 'nor does DNS hear of it');
  t.equal(engine.statistic('tandem-host-name-lost'), 1);
});
