/** Arguments, results and texts as a Kea 3.0 without a subnet for DHCPv4 over DHCPv6 gave them. */
import t from 'tap';
import { subnet4o6SelectTest } from '../../../src/control/commands/subnet4o6-select-test.ts';

const NONE = { result: 3, text: 'no subnet selected' };
const wrong = (text: string) => ({ result: 1, text });
const unreadable = (name: string, value: string) =>
  wrong(`bad '${name}' entry: Failed to convert string to address '${value}': Invalid argument`);

const ROWS: readonly (readonly [args: unknown, answer: { result: number; text: string }])[] = [
  [undefined, wrong('empty arguments')],
  [null, wrong('arguments must be a map')],
  [[], wrong('arguments must be a map')],
  [{}, NONE],
  [{ foo: 1 }, wrong("unknown entry 'foo'")],
  [{ __proto__: null, constructor: 'x' }, wrong("unknown entry 'constructor'")],
  [{ zoo: 1, address: 1 }, wrong("'address' entry must be a string")],
  [{ link: 'x', classes: 'y' }, wrong("'classes' entry must be a list")],
  [{ classes: ['x', 1] }, wrong("'classes' entry must be a list of strings")],
  [{ classes: ['x'] }, NONE],
  ...['address', 'relay', 'subnet'].flatMap((name) => [
    [{ [name]: '10.64.0.1' }, NONE] as const,
    [{ [name]: '2001:db8::1' }, wrong(`bad '${name}' entry: not IPv4`)] as const,
    [{ [name]: '010.65.0.5' }, unreadable(name, '010.65.0.5')] as const,
  ]),
  ...['link', 'local', 'remote'].flatMap((name) => [
    [{ [name]: '2001:db8::1' }, NONE] as const,
    [{ [name]: 'fe80::1%lo' }, NONE] as const,
    [{ [name]: '10.64.0.1' }, wrong(`bad '${name}' entry: not IPv6`)] as const,
    [{ [name]: '2001:db8::/32' }, unreadable(name, '2001:db8::/32')] as const,
    [{ [name]: 7 }, wrong(`'${name}' entry must be a string`)] as const,
  ]),
  [{ interface: 'no-such' }, NONE],
  [{ 'interface-id': '' }, wrong("'interface-id' must be not empty")],
  [{ 'interface-id': 'lo' }, wrong("value of 'interface-id' was not recognized")],
  [{ 'interface-id': "''" }, wrong("value of 'interface-id' was not recognized")],
  [{ 'interface-id': ' 01' }, wrong("value of 'interface-id' was not recognized")],
  ...["'eth0'", " 'a'", '0102', '1:2', '01 02', '0x012'].map(
    (value) => [{ 'interface-id': value }, NONE] as const,
  ),
];

t.test('there is no subnet for DHCPv4 over DHCPv6, and what is wrong in the question is told', async (t) => {
  for (const [args, answer] of ROWS)
    t.same(subnet4o6SelectTest(args), answer, JSON.stringify(args) ?? 'none');
});
