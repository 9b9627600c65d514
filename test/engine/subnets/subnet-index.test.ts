import fc from 'fast-check';
import t from 'tap';
import { formatIpv4, maskOf, parseIpv4 } from '../../../src/base/ipv4.ts';
import { ClassSet } from '../../../src/classes/class-set.ts';
import { DDNS_DEFAULTS } from '../../../src/config/ddns-model.ts';
import type { SubnetConfig } from '../../../src/config/model.ts';
import { DESCRIPTOR_WORDS, Field, Present } from '../../../src/dhcp4/descriptor.ts';
import type { CompiledSubnet } from '../../../src/engine/compiled/compiled.ts';
import { compileNames } from '../../../src/engine/names/names-settings.ts';
import { Query, type ServerSocket } from '../../../src/engine/query.ts';
import { PlanNode } from '../../../src/engine/reply/reply-plans.ts';
import { SubnetIndex } from '../../../src/engine/subnets/subnet-index.ts';

const NO_CLASSES = new ClassSet(0);
const address = (text: string): number => parseIpv4(text)!;

/** A subnet of which only what the index reads is there. */
function subnet(index: number, prefix: string, more: Partial<SubnetConfig> = {}): CompiledSubnet {
  const [network, length] = prefix.split('/');
  const config = {
    id: index + 1,
    prefix: address(network!),
    prefixLength: Number(length),
    relayAddresses: [],
    interfaceName: null,
    ...more,
  } as unknown as SubnetConfig;
  const of = {
    additional: [],
    guard: more.clientClasses?.map(Number) ?? [],
    network: null,
    place: 0,
    group: index,
  };
  const plan = new PlanNode({ pools: [], subnet: config, network: null });
  const names = compileNames(DDNS_DEFAULTS, false);
  const subnet = { index, id: config.id, config, ...of, pools: [], plan, mask: 0, relationship: 0, names };
  // Nothing else is asked of a subnet while it is looked for.
  return subnet as unknown as CompiledSubnet;
}

interface QueryParts {
  readonly linkSelection?: string;
  readonly subnetSelection?: string;
  readonly giaddr?: string;
  readonly ciaddr?: string;
  readonly source?: string;
  readonly socket?: Partial<ServerSocket>;
}

function query(parts: QueryParts): Query {
  const words = new Int32Array(DESCRIPTOR_WORDS);
  const put = (field: number, text: string | undefined, bit = 0): void => {
    if (text === undefined) return;
    words[field] = address(text);
    words[Field.present]! |= bit;
  };
  put(Field.linkSelection, parts.linkSelection, Present.linkSelection);
  put(Field.subnetSelection, parts.subnetSelection, Present.subnetSelection);
  put(Field.giaddr, parts.giaddr);
  put(Field.ciaddr, parts.ciaddr);
  const socket = {
    fd: 0,
    address: address('192.168.7.1'),
    interfaceName: 'eth0',
    broadcast: false,
    replyFd: 0,
    broadcastFd: 0,
    joinMax: 0,
    raw: null,
    ...parts.socket,
  };
  const subject = new Query(new Uint8Array(2048), words);
  subject.point(0, 0, socket, address(parts.source ?? '0.0.0.0'), 68);
  return subject;
}

const SUBNETS = [
  subnet(0, '10.0.0.0/24'),
  subnet(1, '172.16.0.0/12', { relayAddresses: [address('192.0.2.1'), address('10.0.0.7')] }),
  subnet(2, '192.168.0.0/21', { interfaceName: 'eth1' }),
  subnet(3, '223.255.255.0/24'),
  subnet(4, '128.0.0.0/32'),
  subnet(5, '198.51.100.0/24', { relayAddresses: [address('192.0.2.1')], interfaceName: 'eth1' }),
];
const index = new SubnetIndex(SUBNETS);

/** Index of the subnet that a query gets, or null. */
const selected = (parts: QueryParts): number | null => index.select(query(parts))?.index ?? null;
const ON_BROADCAST = { broadcast: true };

t.test('the subnet of an address is the one whose prefix it has', async (t) => {
  const cases: readonly (readonly [text: string, index: number | null])[] = [
    ['9.255.255.255', null],
    ['10.0.0.0', 0],
    ['10.0.0.255', 0],
    ['10.0.1.0', null],
    ['172.15.255.255', null],
    ['172.31.255.255', 1],
    ['127.255.255.255', null],
    ['128.0.0.0', 4],
    ['128.0.0.1', null],
    ['192.168.7.255', 2],
    ['192.168.8.0', null],
    ['223.255.255.255', 3],
    ['255.255.255.255', null],
    ['0.0.0.0', null],
  ];
  for (const [text, expected] of cases)
    t.equal(index.containing(address(text), NO_CLASSES)?.index ?? null, expected, text);
});

t.test('a subnet of all addresses contains them all', async (t) => {
  const all = new SubnetIndex([subnet(0, '0.0.0.0/0')]);
  for (const text of ['0.0.0.0', '127.255.255.255', '128.0.0.0', '255.255.255.255']) {
    t.equal(all.containing(address(text), NO_CLASSES)?.index, 0);
  }
  t.equal(new SubnetIndex([]).containing(1, NO_CLASSES), null);
});

t.test('the search agrees with looking at every subnet', async () => {
  const prefixes = fc.uniqueArray(fc.tuple(fc.nat(255), fc.integer({ min: 8, max: 32 })), {
    selector: ([octet]) => octet,
    maxLength: 40,
  });
  fc.assert(
    fc.property(prefixes, fc.array(fc.tuple(fc.nat(255), fc.nat(0xffffff))), (list, addresses) => {
      const subnets = list.map(([octet, length], at) => subnet(at, `${octet}.0.0.0/${length}`));
      const subject = new SubnetIndex(subnets);
      return addresses.every(([octet, rest]) => {
        const value = octet * 2 ** 24 + rest;
        const expected = subnets.find(
          ({ config }) => (value & maskOf(config.prefixLength)) >>> 0 === config.prefix,
        );
        return subject.containing(value, NO_CLASSES) === (expected ?? null);
      });
    }),
    { seed: 9, numRuns: 200 },
  );
});

t.test('link selection comes first, and nothing is tried when it matches nothing [RFC3527 3]', async (t) => {
  const others = { subnetSelection: '10.0.0.1', giaddr: '10.0.0.1', ciaddr: '10.0.0.1' };
  t.equal(selected({ ...others, linkSelection: '223.255.255.1' }), 3);
  t.equal(selected({ ...others, linkSelection: '9.9.9.9' }), null);
  t.equal(selected({ ...others, linkSelection: '192.0.2.1' }), null, 'it is no relay address');
});

t.test('subnet selection comes second [RFC3011 2]', async (t) => {
  t.equal(selected({ subnetSelection: '192.168.1.0', giaddr: '10.0.0.1' }), 2);
  t.equal(selected({ subnetSelection: '9.9.9.9', giaddr: '10.0.0.1' }), null);
});

t.test('a relay is known by its listed address before its network; the first list counts', async (t) => {
  t.equal(selected({ giaddr: '10.0.0.1' }), 0);
  t.equal(selected({ giaddr: '10.0.0.7' }), 1, 'listed elsewhere than where it is');
  t.equal(selected({ giaddr: '192.0.2.1' }), 1);
  t.equal(selected({ giaddr: '9.9.9.9', ciaddr: '10.0.0.1' }), null);
});

t.test('a giaddr of all ones is no relay [RFC2131 4.1]', async (t) => {
  t.equal(selected({ giaddr: '255.255.255.255', ciaddr: '10.0.0.1' }), 0);
});

t.test(
  'a client that sends to the server itself is known by ciaddr, then by its source address',
  async (t) => {
    t.equal(selected({ ciaddr: '10.0.0.9', source: '223.255.255.9' }), 0);
    t.equal(selected({ source: '223.255.255.9' }), 3);
    t.equal(selected({ ciaddr: '9.9.9.9', source: '223.255.255.9' }), null);
    t.equal(selected({}), 2, 'the network of the address it came in on');
  },
);

t.test('a client that broadcasts is known by the interface', async (t) => {
  t.equal(selected({ ciaddr: '10.0.0.9', socket: ON_BROADCAST }), 2, 'the address of the interface');
  t.equal(
    selected({ socket: { ...ON_BROADCAST, interfaceName: 'eth1', address: address('10.0.0.1') } }),
    2,
    'its name first',
  );
  t.equal(selected({ socket: { ...ON_BROADCAST, address: address('9.9.9.9') } }), null);
});

t.test('the subnet of a lease is found by its id', async (t) => {
  for (const each of SUBNETS) t.equal(index.ofId(each.config.id), each, formatIpv4(each.config.prefix));
  t.equal(index.ofId(99), null);
});
