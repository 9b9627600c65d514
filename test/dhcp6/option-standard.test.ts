/** Options of DHCPv6 as a configuration gives them: definitions of the standards, texts, octets. */
import t from 'tap';
import { formatHex } from '../../src/base/hex.ts';
import { DHCP6_SPACE, STANDARD_DEFINITIONS } from '../../src/dhcp6/option-definitions.ts';
import { DHCP6_OPTIONS } from '../../src/dhcp6/option-standard.ts';
import { encodeOptionHex, encodeOptionText, type OptionData } from '../../src/options/data.ts';
import { OptionSpaces } from '../../src/options/spaces.ts';

const spaces = new OptionSpaces(DHCP6_OPTIONS);

function show(data: OptionData): string {
  return data.ok
    ? formatHex(Uint8Array.of(...data.bytes, ...data.rest))
    : `found ${data.found}; expected ${data.expected}`;
}

/** Space, name, text, octets. */
const vectors: readonly (readonly [string, string, string, string])[] = [
  [
    'dhcp6',
    'dns-servers',
    '2001:db8::1, 2001:db8::2',
    '20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:01:20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:02',
  ],
  ['dhcp6', 'preference', '255', 'ff'],
  ['dhcp6', 'rapid-commit', '', ''],
  ['dhcp6', 'domain-search', 'a.b, c', '01:61:01:62:00:01:63:00'],
  ['dhcp6', 'client-fqdn', '1, a.b', '01:01:61:01:62:00'],
  ['dhcp6', 'status-code', '2, no', '00:02:6e:6f'],
  ['dhcp6', 'bootfile-param', 'ab, c', '00:02:61:62:00:01:63'],
  ['dhcp6', 'vendor-opts', '4491', '00:00:11:8b'],
  ['dhcp6', 'vendor-class', '4491, 000161', '00:00:11:8b:00:01:61'],
  ['dhcp6', 'pd-exclude', '2001:db8::/33', '21:20:01:0d:b8:00'],
  ['dhcp6', 'information-refresh-time', '0xffffffff', 'ff:ff:ff:ff'],
  ['s46-rule-options', 's46-portparams', '6, 3/4', '06:04:30:00'],
  [
    's46-cont-mape-options',
    's46-rule',
    '1, 24, 16, 192.0.2.0, 2001:db8::/32',
    '01:18:10:c0:00:02:00:20:20:01:0d:b8',
  ],
  ['v6-ntp-server-suboptions', 'ntp-server-fqdn', 'ntp.org', '03:6e:74:70:03:6f:72:67:00'],
  ['vendor-4491', 'cmts-cm-mac', '0102', '01:02'],
];

t.test('texts become the octets of the wire', async (t) => {
  for (const [space, name, text, octets] of vectors) {
    const definition = spaces.findByName(space, name);
    t.equal(
      definition === undefined ? 'no definition' : show(encodeOptionText(definition, text)),
      octets,
      name,
    );
  }
});

t.test('texts and octets that are none of their option are refused', async (t) => {
  const rows: readonly (readonly [string, string, 'text' | 'hex'])[] = [
    ['dns-servers', '192.0.2.1', 'text'],
    ['dns-servers', '20010db8', 'hex'],
    ['vendor-class', '4491, 0002ff', 'text'],
    ['vendor-class', '0000118b0002ff', 'hex'],
    ['vendor-class', '0000118b', 'hex'],
    ['vendor-opts', '00118b', 'hex'],
    ['status-code', '00', 'hex'],
    ['v6-dnr', '1, a.b', 'text'],
    ['bootfile-param', '000361', 'hex'],
  ];
  for (const [name, text, form] of rows) {
    const definition = spaces.findByName(DHCP6_SPACE, name)!;
    const data = form === 'hex' ? encodeOptionHex(definition, text) : encodeOptionText(definition, text);
    t.notOk(data.ok, `${name} ${text}`);
  }
});

t.test('octets of a vendor stay behind its number', async (t) => {
  const definition = spaces.findByName(DHCP6_SPACE, 'vendor-opts')!;
  t.equal(show(encodeOptionHex(definition, '0000118b00010000')), '00:00:11:8b:00:01:00:00');
});

t.test('no code and no name stands twice, and what is encapsulated is defined or free', async (t) => {
  for (const [space, definitions] of STANDARD_DEFINITIONS) {
    t.equal(new Set(definitions.map(({ code }) => code)).size, definitions.length, space);
    t.equal(new Set(definitions.map(({ name }) => name)).size, definitions.length, space);
    for (const { encapsulates } of definitions)
      t.ok(encapsulates === '' || encapsulates === 'rsoo-opts' || STANDARD_DEFINITIONS.has(encapsulates));
  }
});

t.test('a standard definition gives way only where sites had their own before', async (t) => {
  t.equal(spaces.findFixed(DHCP6_SPACE, 23, 'x')?.name, 'dns-servers');
  t.equal(spaces.findFixed(DHCP6_SPACE, 400, 'dns-servers')?.code, 23);
  t.equal(spaces.findFixed(DHCP6_SPACE, 144, 'x'), undefined);
  t.equal(spaces.findFixed('vendor-4491', 32, 'x'), undefined);
});

t.test('sub-options have codes and lengths of two octets, and end with what is cut', async (t) => {
  const { header, parse } = DHCP6_OPTIONS.subOptions;
  t.strictSame(header(0x1234, 0x5678), [0x12, 0x34, 0x56, 0x78]);
  const octets = Uint8Array.of(0, 1, 0, 2, 9, 8, 4, 2, 0, 0, 0, 3, 0, 1);
  t.strictSame(
    parse('any', octets).map(({ code, data }) => [code, [...data]]),
    [
      [1, [9, 8]],
      [1026, []],
    ],
  );
  for (let length = 0; length < octets.length; length++)
    t.ok(parse('any', octets.subarray(0, length)).length <= 2);
});
