/** Option data: known vectors of every field type, round trips, and texts that are refused. */
import fc from 'fast-check';
import t from 'tap';
import { formatHex } from '../../src/base/hex.ts';
import { DHCP4_SPACE } from '../../src/dhcp4/option-definitions.ts';
import { DHCP4_OPTIONS } from '../../src/dhcp4/option-standard.ts';
import { encodeOptionHex, encodeOptionText, type OptionData } from '../../src/options/data.ts';
import type { OptionDefinition } from '../../src/options/definition.ts';
import { OptionSpaces } from '../../src/options/spaces.ts';
import { decodeField, fieldTexts } from './fixtures/fields.ts';

const spaces = new OptionSpaces(DHCP4_OPTIONS);

function findOptionByCode(code: number): OptionDefinition | undefined {
  return spaces.findByCode(DHCP4_SPACE, code);
}

function definitionOf(name: string): OptionDefinition {
  const definition = spaces.findByName(DHCP4_SPACE, name);
  if (definition === undefined) throw new Error(name);
  return definition;
}

function show(data: OptionData): string {
  return data.ok
    ? formatHex(Uint8Array.of(...data.bytes, ...data.rest))
    : `found ${data.found}; expected ${data.expected}`;
}

const SIX_RD_PREFIX = '20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:00';

/** Name, text, octets. */
const vectors: readonly (readonly [string, string, string])[] = [
  ['subnet-mask', '255.255.255.0', 'ff:ff:ff:00'],
  ['time-offset', '-18000', 'ff:ff:b9:b0'],
  ['time-offset', '2147483647', '7f:ff:ff:ff'],
  ['routers', '192.0.2.1,192.0.2.254', 'c0:00:02:01:c0:00:02:fe'],
  ['routers', '  192.0.2.1  ', 'c0:00:02:01'],
  ['domain-name-servers', '192.0.2.1, 255.255.255.255', 'c0:00:02:01:ff:ff:ff:ff'],
  ['domain-name', 'example.org', '65:78:61:6d:70:6c:65:2e:6f:72:67'],
  ['domain-name', ' é\\, b ', 'c3:a9:2c:20:62'],
  ['root-path', 'a\\b', '61:5c:62'],
  ['boot-size', '65535', 'ff:ff'],
  ['boot-size', '010', '00:0a'],
  ['interface-mtu', '5dc', '05:dc'],
  ['interface-mtu', '1e1', '01:e1'],
  ['default-ip-ttl', '0xf0', 'f0'],
  ['default-ip-ttl', '0XF0', 'f0'],
  ['default-ip-ttl', 'f0', 'f0'],
  ['default-ip-ttl', '+5', '05'],
  ['default-ip-ttl', '-0', '00'],
  ['default-ip-ttl', '00000000000000000016', '10'],
  ['time-offset', '0x12', '00:00:00:12'],
  ['time-offset', '-0x10', 'ff:ff:ff:f0'],
  ['time-offset', '+f', '00:00:00:0f'],
  ['time-offset', '80000000', '04:c4:b4:00'],
  ['time-offset', '-2147483648', '80:00:00:00'],
  ['arp-cache-timeout', 'ffffffff', 'ff:ff:ff:ff'],
  ['path-mtu-plateau-table', '0x44, 296', '00:44:01:28'],
  ['path-mtu-plateau-table', '44,,0x37,', '00:2c:00:37'],
  ['name-servers', ',192.0.2.1,,192.0.2.2', 'c0:00:02:01:c0:00:02:02'],
  ['client-ndi', '0x1, 2, a', '01:02:0a'],
  ['slp-directory-agent', 'FALSE, 192.0.2.1', '00:c0:00:02:01'],
  ['ip-forwarding', 'True', '01'],
  ['ip-forwarding', 'fAlSe', '00'],
  ['ip-forwarding', '+01', '01'],
  ['ip-forwarding', '-00', '00'],
  ['ip-forwarding', 'true', '01'],
  ['ip-forwarding', '0', '00'],
  ['default-ip-ttl', '64', '40'],
  ['path-mtu-plateau-table', '68, 1500', '00:44:05:dc'],
  ['arp-cache-timeout', '4294967295', 'ff:ff:ff:ff'],
  ['vendor-encapsulated-options', '', ''],
  ['dhcp-client-identifier', '01020A', '01:02:0a'],
  ['dhcp-client-identifier', '01 02', '01:02'],
  ['routers', '', ''],
  ['subnet-mask', '255.0.0.0, 255.0.0.0', 'ff:00:00:00'],
  ['domain-name', 'a, b', '61'],
  ['domain-name', 'a\\\\,b', '61:5c'],
  ['client-ndi', ',1,2,3,4', '01:02:03'],
  ['vivso-suboptions', '4491', '00:00:11:8b:00'],
  ['vivco-suboptions', '1, 020203', '00:00:00:01:02:02:03'],
  ['domain-search', '., a', '00:01:61:00'],
  ['slp-directory-agent', 'true, 192.0.2.1, 192.0.2.2', '01:c0:00:02:01:c0:00:02:02'],
  ['slp-service-scope', 'false, scope', '00:73:63:6f:70:65'],
  ['fqdn', '1, 255, 255, a.b', '01:ff:ff:01:61:01:62:00'],
  ['client-ndi', '1, 2, 3', '01:02:03'],
  ['uuid-guid', '0, 0a0b', '00:0a:0b'],
  ['v6-only-preferred', '1800', '00:00:07:08'],
  [
    'domain-search',
    'eng.example, example.',
    '03:65:6e:67:07:65:78:61:6d:70:6c:65:00:07:65:78:61:6d:70:6c:65:00',
  ],
  ['classless-static-route', '10.0.0.0/8 - 192.0.2.1', '08:0a:c0:00:02:01'],
  [
    'classless-static-route',
    '0.0.0.0/0 - 192.0.2.1, 10.17.0.0/16-192.0.2.2',
    '00:c0:00:02:01:10:0a:11:c0:00:02:02',
  ],
  ['classless-static-route', '10.229.0.128/25 - 10.229.0.1', '19:0a:e5:00:80:0a:e5:00:01'],
  ['classless-static-route', '10.0.0.9/32 - 0.0.0.0', '20:0a:00:00:09:00:00:00:00'],
  ['vivco-suboptions', '4491, 0102', '00:00:11:8b:01:02'],
  ['v4-sztp-redirect', 'https://a, b', '00:09:68:74:74:70:73:3a:2f:2f:61:00:01:62'],
  ['rdnss-selection', '0, 192.0.2.1, 192.0.2.2, a, b', '00:c0:00:02:01:c0:00:02:02:01:61:00:01:62:00'],
  ['status-code', '0, ok', '00:6f:6b'],
  ['v4-portparams', '6, 3/4', '06:04:30:00'],
  ['v4-portparams', '0x6, 0x3/+4', '06:04:30:00'],
  ['v4-portparams', '0, 65535/16', '00:10:ff:ff'],
  ['v4-portparams', '0, 0/0', '00:00:00:00'],
  ['option-6rd', '8, 32, 2001:db8::, 192.0.2.1, 192.0.2.2', `08:20:${SIX_RD_PREFIX}:c0:00:02:01:c0:00:02:02`],
];

t.test('the text form of every field type encodes to the octets of its RFC', async (t) => {
  for (const [name, text, hex] of vectors)
    t.equal(show(encodeOptionText(definitionOf(name), text)), hex, `${name} ${text}`);
});

const COMMA = 'a comma inside a value is written "\\\\,"';

/** Name, text, what is found, what is expected. */
const refused: readonly (readonly [string, string, string, string])[] = [
  ['routers', ' , ', '""', 'an IPv4 address'],
  ['routers', '192.0.2.01', '"192.0.2.01"', 'an IPv4 address'],
  [
    'time-offset',
    '2147483648',
    '"2147483648"',
    'an integer from -2147483648 to 2147483647, decimal or hexadecimal',
  ],
  ['default-ip-ttl', '-1', '"-1"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '256', '"256"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '0x', '"0x"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '0b11', '"0b11"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '0x1ff', '"0x1ff"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '0x-1', '"0x-1"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', 'x10', '"x10"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '- 1', '"- 1"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '--1', '"--1"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '+', '"+"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '1 2', '"1 2"', 'an integer from 0 to 255, decimal or hexadecimal'],
  ['default-ip-ttl', '1e1', '"1e1"', 'an integer from 0 to 255, decimal or hexadecimal'],
  [
    'time-offset',
    'ffffffff',
    '"ffffffff"',
    'an integer from -2147483648 to 2147483647, decimal or hexadecimal',
  ],
  [
    'time-offset',
    '0x80000000',
    '"0x80000000"',
    'an integer from -2147483648 to 2147483647, decimal or hexadecimal',
  ],
  [
    'time-offset',
    '-2147483649',
    '"-2147483649"',
    'an integer from -2147483648 to 2147483647, decimal or hexadecimal',
  ],
  ['ip-forwarding', '-1', '"-1"', 'true, false, 1 or 0'],
  ['ip-forwarding', '2', '"2"', 'true, false, 1 or 0'],
  ['ip-forwarding', '0x1', '"0x1"', 'true, false, 1 or 0'],
  ['ip-forwarding', 't', '"t"', 'true, false, 1 or 0'],
  ['ip-forwarding', '1.0', '"1.0"', 'true, false, 1 or 0'],
  ['ip-forwarding', 'ſalse', '"ſalse"', 'true, false, 1 or 0'],
  ['default-ip-ttl', '1.0', '"1.0"', 'an integer from 0 to 255, decimal or hexadecimal'],
  [
    'interface-mtu',
    '99999999999999999999',
    '"99999999999999999999"',
    'an integer from 0 to 65535, decimal or hexadecimal',
  ],
  ['ip-forwarding', 'yes', '"yes"', 'true, false, 1 or 0'],
  ['domain-name', '  ', '""', 'text that is not empty'],
  ['vendor-encapsulated-options', '0102', '"0102"', 'no data, or hexadecimal data and "csv-format": false'],
  ['vivso-suboptions', 'x', '"x"', 'the number of an enterprise, decimal or hexadecimal'],
  [
    'vivco-suboptions',
    '1, 0202',
    '"0202"',
    'pairs of hexadecimal digits, the first one the number of the others',
  ],
  ['v4-dnr', '1, dot1.example', '"1"', 'hexadecimal data and "csv-format": false'],
  ['dhcp-client-identifier', 'zz', '"zz"', 'pairs of hexadecimal digits'],
  ['dhcp-client-identifier', '0x01', '"0x01"', 'pairs of hexadecimal digits'],
  ['client-ndi', '1, 2', '"1, 2"', `3 values (uint8, uint8, uint8); ${COMMA}`],
  ['slp-directory-agent', 'true', '"true"', `2 or more values (boolean, ipv4-address); ${COMMA}`],
  ['domain-search', 'a..b', '"a..b"', 'a domain name'],
  ['domain-search', 'a b', '"a b"', 'a domain name'],
  ['v4-lost', '.', '"."', 'a domain name'],
  ['v4-lost', 'x'.repeat(64), `"${'x'.repeat(60)}..."`, 'a domain name'],
  ['v4-lost', `${'abcdefg.'.repeat(32)}`, `"${'abcdefg.'.repeat(8).slice(0, 60)}..."`, 'a domain name'],
  [
    'classless-static-route',
    '10.0.0.0/33 - 192.0.2.1',
    '"10.0.0.0/33 - 192.0.2.1"',
    'a route such as "10.0.0.0/8 - 192.0.2.1"',
  ],
  ['classless-static-route', '10.0.0.0/8', '"10.0.0.0/8"', 'a route such as "10.0.0.0/8 - 192.0.2.1"'],
  ['v4-portparams', '6, 16/4', '"16/4"', 'a port set such as "3/4": value/bits, 0 to 16 bits'],
  ['v4-portparams', '6, -1/4', '"-1/4"', 'a port set such as "3/4": value/bits, 0 to 16 bits'],
  ['v4-portparams', '6, 3/4/5', '"3/4/5"', 'a port set such as "3/4": value/bits, 0 to 16 bits'],
  ['v4-portparams', '6, 1/17', '"1/17"', 'a port set such as "3/4": value/bits, 0 to 16 bits'],
  ['option-6rd', '8, 32, 2001:db8::%eth0, 192.0.2.1', '"2001:db8::%eth0"', 'an IPv6 address'],
  ['option-6rd', '8, 32, 192.0.2.1, 192.0.2.1', '"192.0.2.1"', 'an IPv6 address'],
];

t.test(
  'a text that does not fit its definition is refused with the field and what it should be',
  async (t) => {
    for (const [name, text, found, expected] of refused)
      t.equal(show(encodeOptionText(definitionOf(name), text)), `found ${found}; expected ${expected}`, name);
  },
);

t.test('the longest domain name has 255 octets', async (t) => {
  const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
  const encoded = encodeOptionText(definitionOf('v4-lost'), longest);
  t.equal(encoded.ok && encoded.bytes.length, 255);
  t.equal(encodeOptionText(definitionOf('v4-lost'), `${longest}d`).ok, false);
});

t.test('the hexadecimal form comes in five spellings', async (t) => {
  for (const text of ['0x0a0b0c', '0a0b0c', 'a0b0c', '0a:0b:0c', 'a:b:c', '0a 0b 0c', ' 0X0A0B0C '])
    t.equal(show(encodeOptionHex(undefined, text)), '0a:0b:0c', text);
  t.equal(show(encodeOptionHex(undefined, "'a, b'")), '61:2c:20:62');
  t.equal(show(encodeOptionHex(undefined, '')), '');
  for (const text of ['0x', 'xyz', '0a:', ':', '0a::0b', '0a  0b', '0a:0b 0c', '123:4', "'", '0x0g'])
    t.match(show(encodeOptionHex(undefined, text)), /^found .*; expected hexadecimal octets/, text);
});

t.test('the hexadecimal form must hold the values of its definition', async (t) => {
  const lengths: readonly (readonly [string, string, string])[] = [
    ['routers', '0a000001', '0a:00:00:01'],
    ['routers', '0a00000101', 'found 5 octets; expected the octets of 1 or more values (ipv4-address)'],
    ['routers', '', ''],
    ['ip-forwarding', '', 'found 0 octets; expected the octets of 1 value (boolean)'],
    [
      'slp-directory-agent',
      '01',
      'found 1 octets; expected the octets of 2 or more values (boolean, ipv4-address)',
    ],
    ['domain-search', '0161', 'found 2 octets; expected the octets of 1 or more values (fqdn)'],
    ['vendor-class-identifier', '61620000', '61:62'],
    ['vendor-class-identifier', '00', 'found 1 octets; expected the octets of 1 value (string)'],
    ['slp-directory-agent', '010a0000010a000002', '01:0a:00:00:01:0a:00:00:02'],
    ['client-ndi', '010203', '01:02:03'],
    ['domain-name', '', 'found 0 octets; expected the octets of 1 value (string)'],
    ['vendor-encapsulated-options', '0101ff', '01:01:ff'],
    ['vendor-encapsulated-options', '', ''],
    ['vivso-suboptions', '0000118b00', '00:00:11:8b:00'],
  ];
  for (const [name, text, expected] of lengths)
    t.equal(show(encodeOptionHex(definitionOf(name), text)), expected, `${name} ${text}`);
});

t.test('data that fits into no datagram is refused', async (t) => {
  t.match(encodeOptionHex(undefined, '00'.repeat(65_001)), { ok: false, expected: 'at most 65000 octets' });
  t.match(encodeOptionText(definitionOf('domain-name'), 'x'.repeat(65_001)), { ok: false });
  t.match(encodeOptionText(definitionOf('domain-name'), 'x'.repeat(65_000)), { ok: true });
});

t.test('the table has every standard option under its code and its name', async (t) => {
  const names = [...spaces.names(DHCP4_SPACE)];
  t.equal(names.length, 125);
  for (const name of names) {
    const definition = definitionOf(name);
    t.equal(findOptionByCode(definition.code), definition);
    t.ok(definition.code >= 1 && definition.code <= 254);
    t.ok(!definition.repeatsLast || definition.fields.length > 0);
  }
  t.strictSame(
    [1, 3, 43, 121, 213].map((code) => findOptionByCode(code)?.name),
    ['subnet-mask', 'routers', 'vendor-encapsulated-options', 'classless-static-route', 'v4-access-domain'],
  );
  t.equal(findOptionByCode(224), undefined);
  t.equal(spaces.findByName(DHCP4_SPACE, 'router'), undefined);
});

t.test('whatever is written in the text form is read back from the octets', async (t) => {
  const definitions = [...spaces.names(DHCP4_SPACE)]
    .map(definitionOf)
    .filter(({ fields }) => fields.length > 0 && !fields.includes('opaque'));
  const cases = fc.constantFrom(...definitions).chain((definition) => {
    const { fields, repeatsLast } = definition;
    const fixed = fc.tuple(...fields.map((type) => fieldTexts[type]));
    const more = fc.array(fieldTexts[fields.at(-1)!], { maxLength: repeatsLast ? 4 : 0 });
    return fc
      .tuple(fc.constant(definition), fixed, more)
      .map(([which, head, tail]) => ({ which, values: [...head, ...tail] }));
  });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(cases, ({ which, values }) => {
        // A backslash before a comma of the value itself would be read as part of the escape.
        fc.pre(values.every((value) => !value.includes('\\')));
        const text = values.map((value) => value.replaceAll(',', '\\,')).join(', ');
        const encoded = encodeOptionText(which, text);
        if (!encoded.ok) return false;
        let rest = Buffer.from(encoded.bytes);
        const back: string[] = [];
        for (let index = 0; rest.length > 0; index++) {
          const [value, used] = decodeField(which.fields[Math.min(index, which.fields.length - 1)]!, rest);
          back.push(value);
          rest = rest.subarray(used);
        }
        return (
          JSON.stringify(back) === JSON.stringify(values) &&
          encodeOptionHex(which, formatHex(encoded.bytes)).ok
        );
      }),
      { seed: 20240119, numRuns: 1500 },
    ),
  );
});

t.test('no text makes the encoder throw', async (t) => {
  const definitions = [...spaces.names(DHCP4_SPACE)].map(definitionOf);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.constantFrom(...definitions), fc.string({ maxLength: 200 }), (definition, text) => {
        encodeOptionText(definition, text);
        encodeOptionHex(definition, text);
      }),
      { seed: 20240120, numRuns: 1000 },
    ),
  );
});
