/** Which classes DHCPv6 queries get, when, and what comes of them: subnets, pools, options, lifetimes. */
import t from 'tap';
import { MessageType } from '../../../src/dhcp6/codes.ts';
import { parseTest6 } from '../../classes/dhcp6/membership.ts';
import { BenchEngine6 } from './bench-engine.ts';
import { clientClass, config6, fixed, HOME, host, network, option, pdPool, pool, subnet } from './config.ts';
import { duid, iaNa, iaPd, message, opt, oro, partsOf, type Reply6, relayed, word } from './messages.ts';

const { solicit, request, renew, rebind, informationRequest } = MessageType;
const parts = (answer: Reply6 | null) => answer && partsOf(answer);

/** A class with an option of its own that is sent unasked. */
function marked(name: string, code: number, test?: string, more: Parameters<typeof clientClass>[1] = {}) {
  const parsed = test === undefined ? null : parseTest6(test);
  if (parsed?.ok === false) throw new Error(JSON.stringify(parsed.fault));
  const options = [option(code, Uint8Array.of(1), { alwaysSend: true })];
  return clientClass(name, { test: parsed?.node ?? null, options, ...more });
}

/** Codes of the options of classes in a reply. */
function marks(answer: Reply6 | null): number[] {
  return (parts(answer) ?? []).map((part) => Number.parseInt(part, 10)).filter((code) => code >= 6000);
}

const vendorClass = (...texts: string[]) =>
  opt(16, [...word(9), ...texts.flatMap((text) => [0, text.length, ...Buffer.from(text)])]);

t.test('classes of the file in order, VENDOR_CLASS_x, KNOWN and UNKNOWN', async (t) => {
  const clientClasses = [
    marked('all', 6000, "member('ALL')"),
    marked('late', 6001, "member('UNKNOWN')"),
    marked('known', 6002, "member('KNOWN')"),
    marked('phone', 6003, "member('VENDOR_CLASS_phone')"),
    marked('modem', 6004, "member('VENDOR_CLASS_docsis3.0')"),
    marked('router', 6005, "member('VENDOR_CLASS_eRouter1.0')"),
    marked('relayed', 6006, 'relay6[0].linkaddr == 2001:db8:1::1'),
    marked('nobody', 6007),
    marked('VENDOR_CLASS_other', 6008),
    marked('wrong', 6009, "addrtotext('abc') == 'x'"),
  ];
  const hosts = [host(1, 'duid', duid(2))];
  const engine = new BenchEngine6(config6({ clientClasses, hosts }));
  const ask = (client: number, ...options: (readonly number[])[]) =>
    marks(engine.ask(message(solicit, client, iaNa(1), ...options)));
  t.same(ask(1), [6000, 6001]);
  t.same(ask(2), [6000, 6002]);
  t.same(ask(1, vendorClass('phone')), [6000, 6001, 6003]);
  t.same(ask(1, vendorClass('phone', 'docsis3.0', 'eRouter1.0')), [6000, 6001, 6004]);
  t.same(ask(1, vendorClass('phone', 'eRouter1.0')), [6000, 6001, 6005]);
  t.same(ask(1, vendorClass('other')), [6000, 6001, 6008]);
  t.same(ask(1, vendorClass()), [6000, 6001]);
  t.same(marks(engine.ask(relayed(message(solicit, 1), '2001:db8:1::1', 'fe80::1'))), [6000, 6001, 6006]);
  t.same(marks(engine.ask(message(informationRequest, 2))), [6000, 6002]);
  t.equal(engine.statistic('tandem-class-errors'), 9);
});

t.test('the class that was assigned first has the word, in options and lifetimes', async (t) => {
  const told = (name: string, test: string, value: number) => ({
    ...marked(name, 6000, test),
    options: [option(6000, Uint8Array.of(value))],
    validLifetime: fixed(1000 * value),
    preferredLifetime: value === 2 ? null : fixed(100 * value),
  });
  const clientClasses = [
    told('second', "option[60].exists or member('UNKNOWN')", 2),
    told('first', 'option[61].exists', 3),
  ];
  const engine = new BenchEngine6(config6({ clientClasses }));
  const ask = (...options: (readonly number[])[]) =>
    parts(engine.ask(message(request, 1, iaNa(1), oro(6000), ...options)));
  t.match(ask(), [/ 1250\/2000\]/, '6000=02'], 'a preferred lifetime fits into the valid one');
  t.match(ask(opt(61, [0, 1])), [/ 300\/3000\]/, '6000=03'], 'what asks for the client comes later');
});

t.test('guards of subnets, pools and prefix pools', async (t) => {
  const clientClasses = [marked('a', 6000, 'option[60].exists'), marked('b', 6001, 'option[61].exists')];
  const home = {
    ...HOME,
    pools: [
      pool('2001:db8:1::a0 - 2001:db8:1::af', { clientClasses: ['a'] }),
      pool('2001:db8:1::b0 - 2001:db8:1::bf', { clientClasses: ['b'] }),
    ],
    pdPools: [pdPool('2001:db8:a000::/36', 56, { clientClasses: ['a'] })],
  };
  const guarded = subnet(2, '2001:db8:1::/64', { interfaceName: 'eth0', clientClasses: ['KNOWN'] });
  const engine = new BenchEngine6(config6({ clientClasses, subnets: [home, guarded] }));
  const ask = (...options: (readonly number[])[]) =>
    parts(engine.ask(message(solicit, 1, iaNa(1), iaPd(1), ...options)));
  const [A, B] = [opt(60, [1]), opt(61, [0, 1])];
  t.match(ask(A), [/::a0 /, /2001:db8:a000::\/56/, /^6000/]);
  t.match(ask(B), [/::b0 /, /status 6/, /^6001/]);
  t.match(ask(), [/status 2/, /status 6/]);
  const shut = new BenchEngine6(config6({ clientClasses, subnets: [{ ...home, clientClasses: ['a'] }] }));
  t.match(parts(shut.ask(message(solicit, 1, iaNa(1)))), [/status 2/]);
  t.match(parts(shut.ask(message(solicit, 1, iaNa(1), A))), [/::a0 /, /^6000/]);
});

t.test('classes of hosts: in the subnet, at global scope, looked up early', async (t) => {
  const pools = [pool('2001:db8:1::a0 - 2001:db8:1::af', { clientClasses: ['vip'] })];
  const clientClasses = [
    marked('not-vip', 6000, "not member('vip')"),
    marked('vip', 6001),
    marked('known', 6002, "member('KNOWN') and member('vip')"),
  ];
  const vip = (subnetId: number) => host(subnetId, 'duid', duid(1), { clientClasses: ['vip'] });
  const modes = (inSubnet: boolean) => ({ global: !inSubnet, inSubnet, outOfPool: false });
  const answers = (subnetId: number, earlyGlobalHosts: boolean, guards: readonly string[] = []) => {
    const home = { ...HOME, pools, hostModes: modes(subnetId !== 0), clientClasses: guards };
    const config = config6({ clientClasses, hosts: [vip(subnetId)], subnets: [home], earlyGlobalHosts });
    const engine = new BenchEngine6(config);
    return [1, 2].map((client) => parts(engine.ask(message(request, client, iaNa(1)))));
  };
  for (const [subnetId, early] of [
    [1, false],
    [0, false],
    [0, true],
  ] as const) {
    const [member, stranger] = answers(subnetId, early);
    t.match(member, [/::a0 /, /^6001/, /^6002/]);
    t.equal(member!.length, 3, 'the class that the reservation excludes is taken back');
    t.match(stranger, [/status 2/, /^6000/]);
  }
  t.match(answers(0, true, ['vip'])[0], [/::a0 /], 'an early host opens a subnet');
  t.match(answers(0, false, ['vip'])[0], [/status 2/], 'a later one does not');
});

t.test('in a network the host brings its classes when the subnet stays', async (t) => {
  const sharedNetworks = [network('n', { additionalClasses: ['of-network'] })];
  const clientClasses = [
    marked('vip', 6000),
    marked('of-pool', 6001, "member('vip')", { onlyInAdditionalList: true }),
    marked('of-subnet', 6002, undefined, { onlyInAdditionalList: true }),
    marked('of-network', 6003, "member('of-subnet')", { onlyInAdditionalList: true }),
    marked('unlisted', 6004, "member('ALL')", { onlyInAdditionalList: true }),
    marked('of-prefixes', 6005),
  ];
  const home = {
    ...HOME,
    networkName: 'n',
    additionalClasses: ['of-subnet', 'undefined'],
    pools: [pool('2001:db8:1::a0 - 2001:db8:1::af', { additionalClasses: ['of-pool'] })],
    pdPools: [pdPool('2001:db8:a000::/36', 56, { additionalClasses: ['of-prefixes'] })],
  };
  const hosts = [host(1, 'duid', duid(1), { clientClasses: ['vip'] })];
  const engine = new BenchEngine6(config6({ clientClasses, sharedNetworks, subnets: [home], hosts }));
  t.same(marks(engine.ask(message(request, 1, iaNa(1)))), [6000, 6001, 6002, 6003]);
  t.same(marks(engine.ask(message(request, 2, iaNa(1)))), [6002, 6003]);
  t.same(marks(engine.ask(message(request, 2, iaNa(1), iaPd(1)))), [6002, 6003, 6005]);
  t.same(marks(engine.ask(message(renew, 1, iaNa(1)))), [6000, 6001, 6002, 6003]);
  t.same(marks(engine.ask(message(informationRequest, 3))), [6002, 6003]);
});

t.test('DROP is silence, by an expression or by a reservation', async (t) => {
  const clientClasses = [marked('DROP', 6000, 'option[60].exists')];
  const hosts = [host(1, 'duid', duid(2), { clientClasses: ['DROP'] })];
  const engine = new BenchEngine6(config6({ clientClasses, hosts }));
  t.equal(engine.send(message(solicit, 1, iaNa(1), opt(60, [1]))), 'tandem-drop-class');
  t.equal(engine.send(message(solicit, 2, iaNa(1))), 'tandem-drop-class');
  t.equal(engine.send(message(informationRequest, 2)), 'tandem-drop-class');
  t.equal(engine.send(message(solicit, 1, iaNa(1))), '');
  t.equal(engine.statistic('pkt6-admin-filtered'), 3);
  t.equal(engine.statistic('pkt6-receive-drop'), 3);
});

t.test('REJECT: nothing is to be had', async (t) => {
  const clientClasses = [marked('REJECT', 6000, 'option[60].exists', { options: [] })];
  const engine = new BenchEngine6(config6({ clientClasses }));
  engine.ask(message(request, 1, iaNa(1), iaPd(1)));
  engine.rows();
  for (const type of [solicit, request, renew, rebind])
    t.match(parts(engine.ask(message(type, 1, iaNa(1), iaPd(1), opt(60, [1])))), [
      /\[status 2\]/,
      /\[status 6\]/,
    ]);
  t.same(engine.rows(), [], 'leases go on until they end');
});
