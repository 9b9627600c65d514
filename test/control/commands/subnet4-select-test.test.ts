/** Arguments, results and texts as a Kea 3.0 gave them, and what test/interop has no interfaces for. */
import t from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { subnetSelectTest } from '../../../src/control/commands/subnet4-select-test.ts';
import { SubnetChoice } from '../../../src/engine/subnets/subnet-choice.ts';
import { configOf } from '../../engine/bench-server.ts';

const choice = new SubnetChoice(
  configOf({
    'interfaces-config': { interfaces: ['lo/127.0.0.1'], 'dhcp-socket-type': 'udp' },
    subnet4: [
      { id: 1, subnet: '10.64.0.0/16', interface: 'lo' },
      { id: 2, subnet: '10.65.0.0/16', relay: { 'ip-addresses': ['10.9.9.9'] }, 'client-class': 'c1' },
      { id: 6, subnet: '10.66.0.0/16' },
    ],
    'shared-networks': [
      {
        name: 'foo',
        subnet4: [
          { id: 3, subnet: '10.70.0.0/16' },
          { id: 4, subnet: '10.71.0.0/16', 'client-class': 'c2' },
        ],
      },
      { name: 'bar', 'client-class': 'c3', subnet4: [{ id: 5, subnet: '10.72.0.0/16' }] },
    ],
  }),
);
const LINKS: Readonly<Record<string, string>> = { lo: '127.0.0.1', eth6: '10.66.0.1', bare: '0.0.0.0' };
const ask = (args: unknown) =>
  subnetSelectTest(
    {
      choice: () => choice,
      interfaceAddress: (name) => (LINKS[name] === undefined ? null : parseIpv4(LINKS[name])),
    },
    args,
  );

const NONE = { result: 3, text: 'no subnet selected' };
const one = (text: string) => ({ result: 0, text: `selected ${text}` });
const FIRST = one("subnet '10.64.0.0/16' id 1");
const SECOND = one("subnet '10.65.0.0/16' id 2");
const SIXTH = one("subnet '10.66.0.0/16' id 6");
const wrong = (text: string) => ({ result: 1, text });
const C1 = ['c1'];

const ROWS: readonly (readonly [args: unknown, answer: { result: number; text: string }])[] = [
  [undefined, wrong('empty arguments')],
  [null, wrong('arguments must be a map')],
  [[], wrong('arguments must be a map')],
  [{}, NONE],
  [{ foo: 1 }, wrong("unknown entry 'foo'")],
  [{ interface: 1, foo: 1 }, wrong("unknown entry 'foo'")],
  [{ zoo: 1, interface: 1 }, wrong("'interface' entry must be a string")],
  [{ classes: 'x' }, wrong("'classes' entry must be a list")],
  [{ classes: [1] }, wrong("'classes' entry must be a list of strings")],
  [{ relay: 1 }, wrong("'relay' entry must be a string")],
  [{ link: '2001:db8::1' }, wrong("bad 'link' entry: not IPv4")],
  [
    { local: '010.65.0.5' },
    wrong("bad 'local' entry: Failed to convert string to address '010.65.0.5': Invalid argument"),
  ],
  [{ interface: 'lo' }, FIRST],
  [{ interface: '' }, NONE],
  [{ interface: 'bare' }, NONE],
  [{ interface: 'eth6' }, SIXTH],
  [
    { interface: 'no' },
    wrong(
      "Error during command processing: interface no doesn't exist and therefore it is impossible to find a suitable subnet for its IPv4 address",
    ),
  ],
  [{ interface: 'no', address: '10.64.0.1' }, FIRST],
  [{ interface: 'lo', remote: '192.0.2.1' }, NONE],
  [{ interface: 'lo', local: '10.66.0.3' }, FIRST],
  [{ interface: 'lo', local: '255.255.255.255', address: '10.66.0.3' }, FIRST],
  [{ local: '255.255.255.255', address: '10.64.0.5' }, NONE],
  [{ address: '10.65.0.5' }, NONE],
  [{ address: '10.65.0.5', classes: C1 }, SECOND],
  [{ address: '10.64.0.5', remote: '10.66.0.5' }, FIRST],
  [{ remote: '10.64.0.5' }, FIRST],
  [{ relay: '10.9.9.9' }, NONE],
  [{ relay: '10.9.9.9', classes: ['of nobody', ...C1, ...C1] }, SECOND],
  [{ relay: '10.64.0.1' }, FIRST],
  [{ relay: '10.9.9.9', link: '192.0.2.1', classes: C1 }, NONE],
  [{ relay: '0.0.0.0', address: '10.64.0.1' }, FIRST],
  [{ relay: '255.255.255.255', interface: 'lo' }, NONE],
  [{ subnet: '10.66.0.9', link: '10.64.0.9' }, FIRST],
  [{ subnet: '10.66.0.9', link: '0.0.0.0' }, SIXTH],
  [{ address: '10.70.0.1' }, one("shared network 'foo' starting with subnet '10.70.0.0/16' id 3")],
  [{ address: '10.71.0.1' }, NONE],
  [
    { address: '10.71.0.1', classes: ['c2'] },
    one("shared network 'foo' starting with subnet '10.71.0.0/16' id 4"),
  ],
  [{ address: '10.72.0.1' }, NONE],
  [
    { address: '10.72.0.1', classes: ['c3'] },
    one("shared network 'bar' starting with subnet '10.72.0.0/16' id 5"),
  ],
];

t.test('answers are those of Kea', async (t) => {
  for (const [args, answer] of ROWS) t.same(ask(args), answer, JSON.stringify(args));
  t.same(ask({ address: '10.65.0.5' }), NONE, 'classes of one question are not those of the next');
});
