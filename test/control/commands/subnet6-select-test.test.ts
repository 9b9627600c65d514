/** Arguments, results and texts as a Kea 3.0 gave them. */
import t from 'tap';
import { subnet6SelectTest } from '../../../src/control/commands/subnet6-select-test.ts';
import { SubnetChoice6 } from '../../../src/engine/dhcp6/subnets/subnet-choice.ts';
import { config6, ip6, network, subnet } from '../../engine/dhcp6/config.ts';

const choice = new SubnetChoice6(
  config6({
    sharedNetworks: [network('foo'), network('bar', { clientClasses: ['c1'] })],
    subnets: [
      subnet(1, '2001:db8:1::/64', { interfaceName: 'eth0' }),
      subnet(2, '2001:db8:2::/64', { interfaceId: Buffer.from('abc'), clientClasses: ['c1'] }),
      subnet(3, '2001:db8:3::/64', { relayAddresses: [ip6('2001:db8:9::9')] }),
      subnet(4, '2001:db8:4::/64', { networkName: 'foo', clientClasses: ['c2'] }),
      subnet(5, '2001:db8:5::/64', { networkName: 'foo' }),
      subnet(6, '2001:db8:6::/64', { networkName: 'bar' }),
    ],
  }),
);
const ask = (args: unknown) => subnet6SelectTest(() => choice, args);
const NONE = { result: 3, text: 'no subnet selected' };
const one = (id: number) => ({ result: 0, text: `selected subnet '2001:db8:${id}::/64' id ${id}` });
const within = (name: string, id: number) => ({
  result: 0,
  text: `selected shared network '${name}' starting with subnet '2001:db8:${id}::/64' id ${id}`,
});
const wrong = (text: string) => ({ result: 1, text });
const invalid = (name: string, value: string) =>
  wrong(`bad '${name}' entry: Failed to convert string to address '${value}': Invalid argument`);
const C1 = ['c1'];

const ROWS: readonly (readonly [args: unknown, answer: { result: number; text: string }])[] = [
  [undefined, wrong('empty arguments')],
  [[], wrong('arguments must be a map')],
  [{}, NONE],
  [{ foo: 'bar' }, wrong("unknown entry 'foo'")],
  [{ address: '2001:db8:1::1' }, wrong("unknown entry 'address'")],
  [{ interface: 1 }, wrong("'interface' entry must be a string")],
  [{ 'interface-id': 1 }, wrong("'interface-id' entry must be a string")],
  [{ 'interface-id': '' }, wrong("'interface-id' must be not empty")],
  [{ 'interface-id': 'foo' }, wrong("value of 'interface-id' was not recognized")],
  [{ remote: '192.168.1.1' }, wrong("bad 'remote' entry: not IPv6")],
  [{ remote: 'foobar' }, invalid('remote', 'foobar')],
  [{ link: 'foobar' }, invalid('link', 'foobar')],
  [{ classes: [1] }, wrong("'classes' entry must be a list of strings")],
  [{ interface: 'bar' }, NONE],
  [{ interface: 'eth0' }, one(1)],
  [{ interface: 'eth0', remote: '2001:db8:3::1' }, one(1)],
  [{ remote: 'fe80::abcd' }, NONE],
  [{ remote: '2001:db8:3::1' }, one(3)],
  [{ remote: '2001:db8:2::1' }, NONE],
  [{ remote: '2001:db8:2::1', classes: ['of nobody', ...C1, ...C1] }, one(2)],
  [{ link: '2001:db8:1::1' }, one(1)],
  [{ link: '2001:db8:9::9', interface: 'eth0' }, one(3)],
  [{ link: '2001:db8:8::8', interface: 'eth0' }, NONE],
  [{ link: '::', interface: 'eth0' }, one(1)],
  [{ link: '2001:db8:1::1', 'interface-id': "'abc'", classes: C1 }, one(2)],
  [{ link: '2001:db8:1::1', 'interface-id': '61:62:63', classes: C1 }, one(2)],
  [{ link: '2001:db8:1::1', 'interface-id': "'abc'" }, one(1)],
  [{ remote: '2001:db8:5::1' }, within('foo', 5)],
  [{ remote: '2001:db8:4::1' }, NONE],
  [{ remote: '2001:db8:4::1', classes: ['c2'] }, within('foo', 4)],
  [{ remote: '2001:db8:6::1' }, NONE],
  [{ remote: '2001:db8:6::1', classes: C1 }, within('bar', 6)],
];

t.test('answers are those of Kea', async (t) => {
  for (const [args, answer] of ROWS) t.same(ask(args), answer, JSON.stringify(args));
  t.same(ask({ remote: '2001:db8:2::1' }), NONE, 'classes of one question are not those of the next');
});
