/** `option-def`, and the options of its spaces: what goes on the wire, and what is refused. */
import t from 'tap';
import { formatHex } from '../../../src/base/hex.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { OptionConfig, ServerConfig } from '../../../src/config/model.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

const D = 'Dhcp4/option-def[0]';

function good(text: string): ServerConfig {
  const result = parseConfig(text, 'kea.conf');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

function show(options: readonly OptionConfig[]): string {
  return options.map(({ code, data }) => `${code}=${formatHex(data).replaceAll(':', '')}`).join(' ');
}

/** One definition of code 222 under the name x. */
const x = (members: string): string => `{ "name": "x", "code": 222, ${members} }`;
const inSpace = (space: string, code: number, members: string): string =>
  `{ "name": "${space}${code}", "code": ${code}, "space": "${space}", ${members} }`;
const octetsIn = (space: string, code: number, hex: string): string =>
  `{ "code": ${code}, "space": "${space}", "csv-format": false, "data": "${hex}" }`;
const container = x('"type": "empty", "encapsulate": "a"');

/** Definitions and data of the Dhcp4 map, and the octets that Kea 2.2 sends for them. */
const OCTETS: readonly (readonly [definitions: string, data: string, octets: string])[] = [
  [x('"type": "ipv6-prefix"'), '{ "name": "x", "data": "2001:db8:1::/47" }', '222=2f20010db80000'],
  [x('"type": "tuple", "array": true'), '{ "name": "x", "data": "abc,de" }', '222=03616263026465'],
  [
    x('"type": "record", "record-types": "uint8, fqdn", "array": true'),
    '{ "code": 222, "data": "1, a.b, c" }',
    '222=010161016200016300',
  ],
  [x('"type": "record", "record-types": "uint8,uint8"'), '{ "code": 222, "data": ",1,2,3" }', '222=0102'],
  ['{ "name": "x", "code": 121, "type": "uint8" }', '{ "name": "x", "data": "5" }', '121=05'],
  [
    '{ "name": "vendor-encapsulated-options", "code": 43, "type": "binary" }',
    '{ "name": "vendor-encapsulated-options", "data": "0203aa" }',
    '43=0203aa',
  ],
  [
    `${container}, ${inSpace('a', 1, '"type": "uint8"')}, ${inSpace('a', 2, '"type": "uint8"')}`,
    '{ "name": "x" }, { "name": "a2", "space": "a", "data": "5" }, { "name": "a1", "space": "a", "data": "6" }',
    '222=010106020105',
  ],
  [
    `${inSpace('b', 9, '"type": "uint16"')}, ${x('"type": "record", "record-types": "uint8,uint16", "encapsulate": "a"')},
     ${inSpace('a', 1, '"type": "uint8", "encapsulate": "b"')}`,
    '{ "name": "b9", "space": "b", "data": "6" }, { "name": "x", "data": "1,2" }, { "name": "a1", "space": "a", "data": "5" }',
    '222=01000201050509020006',
  ],
  [
    x('"type": "string", "encapsulate": "a"'),
    `{ "name": "x", "data": "abc" }, ${octetsIn('a', 1, '01')}`,
    '222=616263',
  ],
  [
    x('"type": "fqdn", "encapsulate": "a"'),
    `{ "name": "x", "data": "a.b" }, ${octetsIn('a', 1, '06')}`,
    '222=0161016200010106',
  ],
  [
    x('"type": "uint8", "encapsulate": "a"'),
    '{ "name": "x", "csv-format": false, "data": "0103010a" }',
    '222=0103010a',
  ],
  [
    x('"type": "uint8", "encapsulate": "a"'),
    '{ "name": "x", "csv-format": false, "data": "010203" }',
    '222=01',
  ],
  [
    '',
    `{ "code": 43, "csv-format": false, "data": "0301" }, ${octetsIn('vendor-encapsulated-options-space', 1, '06')}`,
    '43=010106',
  ],
  [
    '',
    `{ "code": 43, "csv-format": false, "data": "0101bb" }, ${octetsIn('vendor-encapsulated-options-space', 1, '06')}`,
    '43=0101bb',
  ],
  ['', '{ "code": 43, "csv-format": false, "data": "0203aabbcc0101ffff" }', '43=0101ff0203aabbcc'],
  ['', '{ "code": 43, "csv-format": false, "data": "0203aabb" }', '43='],
  ['', '{ "code": 43, "csv-format": false, "data": "0101aa000201bb" }', '43=0101aa0201bb'],
  [
    '',
    '{ "code": 125, "data": "4491" }, { "code": 124, "data": "1,020203" }',
    '124=00000001020203 125=0000118b00',
  ],
  ['', octetsIn('nobody', 1, '01'), ''],
];

t.test('definitions, spaces and containers make the octets that Kea sends', async (t) => {
  for (const [definitions, data, octets] of OCTETS) {
    const before = good(dhcp4(`"option-def": [ ${definitions} ]`, `"option-data": [ ${data} ]`));
    t.equal(show(before.options), octets, data);
    const behind = good(dhcp4(`"option-data": [ ${data} ]`, `"option-def": [ ${definitions} ]`));
    t.equal(show(behind.options), octets, `${data}, defined behind it`);
  }
});

t.test('a container holds the options of its own list only', async (t) => {
  const config = good(
    dhcp4(
      `"option-def": [ ${container} ]`,
      `"option-data": [ ${octetsIn('a', 1, '01')} ]`,
      `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "option-data": [ { "name": "x" } ], "pools": [ { "pool": "10.0.0.0/24",
        "option-data": [ { "name": "x" }, ${octetsIn('a', 2, '07')} ] } ] } ]`,
    ),
  );
  t.equal(show(config.options), '');
  t.equal(show(config.subnets[0]?.options ?? []), '222=');
  t.equal(show(config.subnets[0]?.pools[0]?.options ?? []), '222=020107');
});

t.test('options of vendors stand by themselves, in the order of enterprise and code', async (t) => {
  const { vendorOptions, options } = good(
    dhcp4(
      `"option-def": [ ${inSpace('vendor-9', 1, '"type": "string"')} ]`,
      `"option-data": [ { "name": "tftp-servers", "space": "vendor-4491", "data": "10.0.0.1", "always-send": true },
        { "code": 1, "space": "vendor-4491", "data": "1,2" }, { "name": "vendor-91", "space": "vendor-9", "data": "x" },
        ${octetsIn('vendor-0', 1, '01')} ]`,
    ),
  );
  t.equal(show(options), '');
  t.match(vendorOptions, [
    { enterprise: 9, code: 1, data: Uint8Array.of(0x78) },
    { enterprise: 4491, code: 1, data: Uint8Array.of(1, 2) },
    { enterprise: 4491, code: 2, data: Uint8Array.of(10, 0, 0, 1), alwaysSend: true },
  ]);
});

t.test('a class has its own meaning of 43 and of the private codes', async (t) => {
  const { clientClasses, options } = good(
    dhcp4(
      `"client-classes": [ { "name": "a", "option-def": [ { "name": "v", "code": 43, "type": "empty", "encapsulate": "vv" },
        { "name": "p", "code": 230, "type": "uint8" } ], "option-data": [ { "name": "v" }, ${octetsIn('vv', 1, '05')},
        { "name": "p", "data": "7" } ] } ]`,
      '"option-def": [ { "name": "q", "code": 230, "type": "string" } ], "option-data": [ { "name": "q", "data": "z" } ]',
    ),
  );
  t.equal(show(clientClasses[0]?.options ?? []), '43=010105 230=07');
  t.equal(show(options), '230=7a');
});

t.test('spaces that hold many others many times are written once', async (t) => {
  const definitions: string[] = [];
  const data: string[] = [];
  for (let at = 0; at < 60; at++) {
    for (const code of [1, 2]) {
      const space = at === 0 ? 'dhcp4' : `s${at}`;
      definitions.push(inSpace(space, code + 221, `"type": "empty", "encapsulate": "s${at + 1}"`));
      data.push(`{ "space": "${space}", "code": ${code + 221} }`);
    }
  }
  const text = dhcp4(`"option-def": [ ${definitions} ]`, `"option-data": [ ${data} ]`);
  const result = parseConfig(text, 'kea.conf');
  t.match(result.ok ? [] : result.problems[0], {
    found: /^(sub-options of [0-9]+ octets|options inside of each other, 33 deep)$/,
  });
});

const NAME = 'a name of letters, digits, "-" and "_"';

/** A file with one definition, right apart from these members of it. */
function definition(...members: readonly string[]): string {
  return dhcp4(`"option-def": [ { ${members.join(', ')} } ]`);
}

/** A file with one definition of a right name and code. */
const defined = (members: string): string => dhcp4(`"option-def": [ ${x(members)} ]`);

checkRefused({
  'option definitions': [
    [definition('"name": §"a b"', '"code": 222', '"type": "uint8"'), `${D}/name`, '"a b"', NAME],
    [definition('"name": §"-a"', '"code": 222', '"type": "uint8"'), `${D}/name`, '"-a"', NAME],
    [
      definition('"name": "x"', '"code": §256', '"type": "uint8"'),
      `${D}/code`,
      '256',
      'an integer from 0 to 255',
    ],
    [
      definition('"name": "x"', '"code": §0', '"type": "uint8"'),
      `${D}/code`,
      '0',
      'a code from 1 to 254: 0 and 255 are no options',
    ],
    [
      definition('"name": "x"', '"code": §3', '"type": "uint8"'),
      `${D}/code`,
      '3',
      'a code that no standard option has; it is that of "routers", option 3',
    ],
    [
      definition('"name": §"routers"', '"code": 222', '"type": "uint8"'),
      `${D}/name`,
      '"routers"',
      'a name that no standard option has; it is that of "routers", option 3',
    ],
    [
      defined('"type": "record", "record-types": §"uint8"'),
      `${D}/record-types`,
      '1 types',
      'from 2 to 128 types with commas between them',
    ],
    [
      defined('"type": "record", "record-types": §"string,uint8"'),
      `${D}/record-types`,
      '"string"',
      'values whose end can be told before other values',
    ],
    [
      defined('"type": "uint8", "record-types": §"uint8,uint8"'),
      `${D}/record-types`,
      '"uint8,uint8"',
      '"record" as "type" beside it',
    ],
    [
      defined('"type": "string", "array": §true'),
      `${D}/array`,
      'an array of "string"',
      'values whose end can be told',
    ],
    [
      defined('"type": "uint8", "array": true, §"encapsulate": "a"'),
      `${D}/encapsulate`,
      '"encapsulate" beside "array": true',
      'one of the two',
    ],
    [
      defined('"type": "empty", "encapsulate": §"dhcp4"'),
      `${D}/encapsulate`,
      '"dhcp4"',
      'another space than that of the option itself',
    ],
    [
      dhcp4(`"option-def": [ ${container}, §{ "name": "y", "code": 222, "type": "uint8" } ]`),
      'Dhcp4/option-def[1]',
      '"y", code 222',
      'a name and a code that no other definition of the space "dhcp4" has',
    ],
    [
      dhcp4(
        '"client-classes": [ { "name": "a", "option-def": [ { "name": "x", "code": §222, "type": "uint8" } ] } ]',
      ),
      'Dhcp4/client-classes[0]/option-def[0]/code',
      '222 in the space "dhcp4"',
      '43 or a code from 224 to 254 in the space "dhcp4"',
    ],
    [
      dhcp4(
        `"option-def": [ ${container}, ${inSpace('a', 1, '"type": "empty", "encapsulate": "b"')}, ${inSpace('b', 1, '"type": "empty", "encapsulate": "a"')} ]`,
        '"option-data": [ { "name": "x" }, { "name": "a1", "space": "a" }, §{ "name": "b1", "space": "b" } ]',
      ),
      'Dhcp4/option-data[2]',
      'an option of "a" inside of the same space',
      'spaces that do not contain themselves',
    ],
  ],
});
