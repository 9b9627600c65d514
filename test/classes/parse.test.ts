/** The grammar: which expressions are right, and where the others are wrong. The verdicts are those of Kea. */
import t from 'tap';
import { parseTest, parseValue } from '../../src/classes/parse.ts';
import { DHCP4_SPACE } from '../../src/dhcp4/option-definitions.ts';
import { DHCP4_OPTIONS } from '../../src/dhcp4/option-standard.ts';
import { OptionSpaces } from '../../src/options/spaces.ts';

const surroundings = {
  family: 4 as const,
  optionCode: (name: string): number | undefined =>
    new OptionSpaces(DHCP4_OPTIONS).findByName(DHCP4_SPACE, name)?.code,
  isClass: (name: string): boolean => ['a', 'KNOWN', 'HA_server1'].includes(name),
};

const RIGHT = [
  "('a') == 'b'",
  "('a' + 'b') == 'b'",
  "(('a') == ('b'))",
  "option[60].exists sand not 'a' == 'b'",
  "hexstring(option[50].hex, option[1].hex) == 'b'",
  "ifelse(option[1].exists, 'a', 'b') == 'b'",
  "member('a') and member('HA_server1')",
  'known or unknown',
  'option[0].exists',
  'option[255].exists',
  'option[host-name].exists',
  'option[ host-name ].exists',
  'option [ 1 ] . exists',
  'notoption[1].exists',
  'option[1].existsor option[2].exists',
  'option[43].option[1].exists',
  'relay4[0].hex == 1',
  'pkt4.mac == 4294967295',
  'pkt4.mac == ::',
  "substring('abc', 0, all) == 'a'",
  "split('a',':',-1) == 'b'",
  'vendor[*].option[1].exists',
  "vendor-class[4491].data[2] == 'a'",
  'vendor-class.enterprise == 1',
  "''==''",
  "\n 'a'\t==\r\n'a'",
  "not 'a' == 'b' and 'a' == 'b'",
];

/** Expression, position of the fault, what is found there. */
const WRONG: readonly (readonly [string, number, RegExp])[] = [
  ['', 0, /the end/],
  ['   ', 3, /the end/],
  ['and', 0, /"and"/],
  ["'a' == 'b' == 'c'", 11, /"=="/],
  ["option[1].exists == 'a'", 17, /"=="/],
  ['option[1].text', 14, /the end/],
  ["option[60].hex == 'Aastra' and", 30, /the end/],
  ["option[60].hex = 'a'", 15, /"="/],
  ["option[60].hex != 'a'", 15, /"!"/],
  ['option[60].hex == "x"', 18, /"\\""/],
  ["option[60].hex == 'x", 18, /without an end/],
  ["('a' == 'b') == ('c' == 'd')", 13, /"=="/],
  ["member('b')", 7, /'b'/],
  ["member('')", 7, /''/],
  ["member(('a'))", 7, /"\("/],
  ['member(0x61)', 7, /"0x61"/],
  ['option[256].exists', 7, /"256"/],
  ['option[-1].exists', 7, /"-1"/],
  ['option[foo].exists', 7, /"foo"/],
  ['option[all].exists', 7, /"all"/],
  ['option[43].option[foo].exists', 18, /"foo"/],
  ['relay4[300].exists', 7, /"300"/],
  ['relay4[circuit-id].exists', 7, /"circuit-id"/],
  ['relay6[0].peeraddr == ::', 0, /"relay6"/],
  ['pkt6.msgtype == 1', 0, /"pkt6"/],
  ["pkt.iface_name == 'eth0'", 9, /"_"/],
  ['pkt4.mac == -12', 12, /-12/],
  ['pkt4.mac == 4294967296', 12, /4294967296/],
  ['pkt4.mac == 10.0.0.256', 12, /10\.0\.0\.256/],
  ['pkt4.mac == :', 12, /":"/],
  ['pkt4.mac == 1:2', 13, /":"/],
  ['pkt4.mac == 1::2::3', 12, /1::2::3/],
  ["substring('abc', 0x1, all) == 'a'", 17, /"0x1"/],
  ["split('a',':',0x1) == 'b'", 14, /"0x1"/],
  ["concat('a','b','c') == 'a'", 14, /","/],
  ['vendor.exists', 7, /"exists"/],
  ['vendor[foo].exists', 7, /"foo"/],
  ['vendor[4294967296].exists', 7, /"4294967296"/],
  ["vendor-class[4491].data[256] == 'a'", 24, /"256"/],
  ['vendor[4491].option[256].exists', 20, /"256"/],
  ["match('a(', 'b')", 6, /'a\('/],
  ["(option[1].exists or 'a') and option[2].exists", 24, /"\)"/],
  ["option[1].exists + 'a' == 'b'", 17, /"\+"/],
  ["'a' and option[1].exists", 0, /a value/],
];

t.test('right expressions are read', async (t) => {
  for (const text of RIGHT) t.match(parseTest(text, surroundings), { ok: true }, text);
});

t.test('wrong ones are refused at the place of the fault', async (t) => {
  for (const [text, at, found] of WRONG)
    t.match(parseTest(text, surroundings), { ok: false, fault: { at, found } }, text);
});

t.test('a template is a value, a test is none', async (t) => {
  t.match(parseValue('hexstring(pkt4.mac, "")'.replaceAll('"', "'"), surroundings), { ok: true });
  t.match(parseValue('option[1].exists', surroundings), { ok: false, fault: { at: 0, found: /a test/ } });
});

t.test('depth and length have bounds', async (t) => {
  const deep = (text: string, count: number, end = ''): string =>
    `${text.repeat(count)}option[1].exists${end.repeat(count)}`;
  t.match(parseTest(deep('(', 100, ')'), surroundings), { ok: true });
  t.match(parseTest(deep('(', 30_000, ')'), surroundings), { ok: false, fault: { found: /levels/ } });
  t.match(parseTest(deep('not ', 16_000), surroundings), { ok: false, fault: { found: /levels/ } });
  t.match(parseTest(deep('(', 100_000, ')'), surroundings), { ok: false, fault: { found: /characters/ } });
  const long = Array<string>(3000).fill('option[1].exists').join(' or ');
  t.match(parseTest(long, surroundings), { ok: true });
  const values = Array<string>(10_000).fill("'a'").join('+');
  t.match(parseTest(`${values} == 'a'`, surroundings), { ok: true });
});

t.test('no text makes the parser throw', async (t) => {
  const words = [
    '(',
    ')',
    '[',
    ']',
    '.',
    'option',
    'hex',
    "'a'",
    '0x',
    '==',
    '+',
    ' ',
    'not',
    '1',
    'all',
    ',',
    '\u{1f600}',
  ];
  let seed = 7;
  const next = (count: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % count;
  };
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: next(12) }, () => words[next(words.length)]).join('');
    const result = parseTest(text, surroundings);
    if (!result.ok && result.fault.at > text.length) t.fail(text);
  }
});
