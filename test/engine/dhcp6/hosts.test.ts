/** What is reserved for DHCPv6 clients: by DUID and by hardware address, addresses and prefixes. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { parseTest6 } from '../../classes/dhcp6/membership.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { clientClass, config6, HOME, host, ip6, option, prefix6 } from './config.ts';
import {
  duid,
  iaAddress,
  iaNa,
  iaPd,
  message,
  opt,
  oro,
  partsOf,
  type Reply6,
  relayed,
  word,
} from './messages.ts';

const { solicit, request, renew } = MessageType;
const MAC = Uint8Array.of(2, 0, 0, 0, 0xaa, 1);
const parts = (answer: Reply6 | null) => answer && partsOf(answer);

t.test('addresses and prefixes of a DUID, several of each', async (t) => {
  const hosts = [
    host(1, 'duid', duid(1), {
      addresses: [ip6('2001:db8:1::12'), ip6('2001:db8:1::abcd')],
      prefixes: [{ ...prefix6('2001:db8:f00::/48'), excluded: prefix6('2001:db8:f00:1::/64') }],
      options: [option(23, ip6('2001:db8::53'))],
    }),
  ];
  const engine = new BenchEngine6(config6({ hosts }));
  t.match(parts(engine.ask(message(request, 1, iaNa(1), iaNa(2), iaNa(3), iaPd(1), oro(23, 67)))), [
    /\[2001:db8:1::12 /,
    /\[2001:db8:1::abcd /,
    /\[2001:db8:1::10 /,
    /^23=/,
    /\[2001:db8:f00::\/48 3000\/4000 \(67=400001\)\]/,
  ]);
  t.match(parts(engine.ask(message(renew, 1, iaNa(2, iaAddress('2001:db8:1::abcd'))))), [
    /\[2001:db8:1::abcd [^ ]*\]/,
  ]);
  const others = Array.from(
    { length: 13 },
    (_, i) => parts(engine.ask(message(request, 10 + i, iaNa(1))))![0],
  );
  t.notOk(
    others.some((text) => text!.includes('::12 ')),
    'nobody else gets what is reserved',
  );
  t.notMatch(parts(engine.ask(message(solicit, 40, iaNa(1, iaAddress('2001:db8:1::12')))))![0], '::12 ');
});

t.test('what was advertised to a client for another association does not stand in the way', async (t) => {
  const hosts = [host(1, 'duid', duid(1), { addresses: [ip6('2001:db8:1::12')] })];
  const engine = new BenchEngine6(config6({ hosts }));
  const isReserved = [/\[2001:db8:1::12 [^ ]*\]/];
  t.match(parts(engine.ask(message(solicit, 1, iaNa(1)))), isReserved);
  t.match(parts(engine.ask(message(solicit, 1, iaNa(2)))), isReserved);
  t.match(parts(engine.ask(message(request, 1, iaNa(3)))), isReserved);
  t.notMatch(parts(engine.ask(message(request, 1, iaNa(4)))), isReserved, 'a lease does');
});

t.test('a lease that stands in the way of a reservation', async (t) => {
  const hosts = [host(1, 'duid', duid(1), { addresses: [ip6('2001:db8:1::12')] })];
  const before = new BenchEngine6(config6());
  before.ask(message(request, 1, iaNa(1)));
  before.ask(message(request, 2, iaNa(1, iaAddress('2001:db8:1::12'))));
  const engine = new BenchEngine6(config6({ hosts }));
  for (const slot of [0, 1])
    engine.context.book.write(before.context.book.recordOf(slot), engine.clock.wallSec());
  t.match(
    parts(engine.ask(message(renew, 1, iaNa(1)))),
    [/\[2001:db8:1::10 [^ ]*\]/],
    'somebody else has it',
  );
  const moved = parts(engine.ask(message(renew, 2, iaNa(1, iaAddress('2001:db8:1::12')))))![0]!;
  t.match(moved, /\[2001:db8:1::11 3000\/4000 2001:db8:1::12 0\/0\]/);
  t.match(parts(engine.ask(message(renew, 1, iaNa(1)))), [
    /\[2001:db8:1::12 3000\/4000 2001:db8:1::10 0\/0\]/,
  ]);
  t.equal(engine.state('2001:db8:1::10'), null);
  const asked = parts(engine.ask(message(request, 1, iaNa(1))));
  t.match(asked, [/\[2001:db8:1::12 [^ ]*\]/]);
});

t.test('hardware addresses: in the DUID, in the link-local address, told by the relay', async (t) => {
  const hosts = [host(1, 'hw-address', MAC, { addresses: [ip6('2001:db8:1::1f')] })];
  const query = (id: Uint8Array) => message(solicit, id, iaNa(1));
  const ll = Uint8Array.of(0, 3, 0, 1, ...MAC);
  const other = Uint8Array.of(0, 2, 0, 0, 0, 9, 1, 2, 3);
  const ask = (...of: Parameters<BenchEngine6['ask']>) =>
    parts(new BenchEngine6(config6({ hosts })).ask(...of));
  t.match(ask(query(ll)), [/::1f /]);
  t.match(ask(query(other)), [/::10 /]);
  t.match(
    ask(query(other), { source: ip6('fe80::ff:fe00:aa01') }),
    [/::10 /],
    'nobody has it for all the world',
  );
  const told = relayed(query(other), '2001:db8:1::1', 'fe80::1', opt(79, [0, 1, ...MAC]));
  t.match(ask(told), [/::1f /]);
  const remote = (...octets: number[]) =>
    relayed(query(other), '2001:db8:1::1', 'fe80::1', opt(37, [0, 0, 0, 9, ...octets]));
  t.match(ask(remote(...MAC)), [/::1f /]);
  t.match(ask(remote()), [/::10 /]);
  const quiet = { source: ip6('fe80::1') };
  const modem = (...inside: number[]) =>
    message(solicit, other, iaNa(1), opt(17, [...word(4491), ...inside]));
  t.match(ask(modem(...opt(36, MAC)), quiet), [/::1f /]);
  t.match(ask(modem(...opt(35, MAC), ...opt(36, [])), quiet), [/::10 /]);
  const cmts = (enterprise: number) =>
    relayed(query(other), '2001:db8:1::1', 'fe80::1', opt(17, [...word(enterprise), ...opt(1026, MAC)]));
  t.match(ask(cmts(4491)), [/::1f /]);
  t.match(ask(cmts(4492)), [/::10 /]);
  const few = new BenchEngine6(config6({ hosts, macSources: ['client-link-addr-option'] }));
  t.match(parts(few.ask(query(ll))), [/::10 /]);
  t.match(parts(few.ask(told)), [/::1f /]);
});

t.test('an address of 48 bits in the link-local one, and the longest remote-id', async (t) => {
  const mac = Uint8Array.of(0, 0, 0, 0, 0xaa, 1);
  const long = Uint8Array.from({ length: 20 }, (_, i) => i);
  const hosts = [
    host(1, 'hw-address', mac, { addresses: [ip6('2001:db8:1::1e')] }),
    host(1, 'hw-address', long, { addresses: [ip6('2001:db8:1::1f')] }),
  ];
  const query = message(solicit, Uint8Array.of(0, 2, 0, 0, 0, 9, 1, 2, 3), iaNa(1));
  const engine = new BenchEngine6(config6({ hosts }));
  t.match(parts(engine.ask(query, { source: ip6('fe80::200:ff:fe00:aa01') })), [/::1e /]);
  const told = opt(37, [0, 0, 0, 9, ...long, 20, 21]);
  t.match(
    parts(engine.ask(relayed(query, '2001:db8:1::1', 'fe80::1', told))),
    [/::1f /],
    'what there is room for',
  );
});

t.test('what lies in a pool although it is said that nothing does is reserved for nobody', async (t) => {
  const hosts = [host(1, 'duid', duid(1), { addresses: [ip6('2001:db8:1::12'), ip6('2001:db8:1::abcd')] })];
  const hostModes = { global: false, inSubnet: true, outOfPool: true };
  const engine = new BenchEngine6(config6({ hosts, subnets: [{ ...HOME, hostModes }] }));
  t.match(parts(engine.ask(message(request, 1, iaNa(1), iaNa(2)))), [
    /\[2001:db8:1::abcd /,
    /\[2001:db8:1::10 /,
  ]);
});

t.test('a client without an early global reservation is unknown only behind its subnet', async (t) => {
  const parsed = parseTest6("not member('KNOWN')");
  const guests = clientClass('guests', { test: parsed.ok ? parsed.node : null });
  const subnets = [{ ...HOME, clientClasses: ['guests'] }];
  const early = config6({ clientClasses: [guests], subnets, earlyGlobalHosts: true });
  t.match(parts(new BenchEngine6(early).ask(message(solicit, 1, iaNa(1)))), [/status 2/]);
});

t.test('global reservations count where their address lies', async (t) => {
  const hosts = [host(0, 'duid', duid(1), { addresses: [ip6('2001:db8:2::1'), ip6('2001:db8:1::77')] })];
  const hostModes = { global: true, inSubnet: true, outOfPool: false };
  const engine = new BenchEngine6(config6({ hosts, subnets: [{ ...HOME, hostModes }] }));
  t.match(parts(engine.ask(message(request, 1, iaNa(1), iaNa(2)))), [
    /\[2001:db8:1::77 /,
    /\[2001:db8:1::10 /,
  ]);
  const prefixes = [{ ...prefix6('2001:db8:f00::/48'), excluded: null }];
  const other = new BenchEngine6(
    config6({ hosts: [host(0, 'duid', duid(1), { prefixes })], subnets: [{ ...HOME, hostModes }] }),
  );
  t.match(parts(other.ask(message(request, 1, iaPd(1)))), [/\[2001:db8:f00::\/48 /], 'a prefix lies in none');
});
