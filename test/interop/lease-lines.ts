/** Lines of a lease file with something odd in each column, an address each, so that each stands for itself. */
import { HEADER } from '../journal/support/rows.ts';

const EXPIRE = 2_000_000_000;
const GOOD: Readonly<Record<string, string>> = {
  address: '',
  hwaddr: '02:00:00:00:00:01',
  client_id: '01:02:03',
  valid_lifetime: '4000',
  expire: `${EXPIRE}`,
  subnet_id: '1',
  fqdn_fwd: '0',
  fqdn_rev: '1',
  hostname: 'a.example',
  state: '0',
  user_context: '',
  pool_id: '0',
};
const COLUMNS = HEADER.trimEnd().split(',');
const hex = (octets: number): string => new Array(octets).fill('5a').join(':');
const NUMBERS = [
  '',
  '-1',
  '-0',
  '+1',
  '01',
  '1.0',
  '1e1',
  '0x1',
  ' 1',
  '1 ',
  'x',
  '4294967295',
  '4294967296',
  '18446744073709551616',
];

const ODD: Readonly<Record<string, readonly string[]>> = {
  hwaddr: [
    '',
    ':',
    '02',
    '2:0:0',
    '0200',
    '02-00',
    'ZZ',
    '02:',
    ':02',
    '02::03',
    ' 02:00',
    'AA:bb',
    hex(16),
    '002:00',
    '02:000',
  ],
  client_id: ['', ':', '01:02', '0102', 'zz', '01:', ':01', '01::02', 'AA:BB', hex(128), '001:02', ' 01:02'],
  valid_lifetime: NUMBERS.filter((text) => text !== '-0'),
  expire: [...NUMBERS, '4294967296000', '9223372036854775807', '9223372036854775808', '3999', '4000', '0'],
  subnet_id: NUMBERS,
  fqdn_fwd: ['', '0', '1', '2', 'true', '-1', '01', 'x', ' 1'],
  fqdn_rev: ['', '0', '1', '2', 'false', '-1', '01', 'x', '1 '],
  hostname: [
    '',
    'A.B',
    'a b',
    '&',
    '&#',
    '&#x',
    '&#x2',
    '&#x2c',
    '&#xzz',
    '&#x41',
    '&#x2C;',
    '"a"',
    "'",
    '\u00e9',
    '\t',
    '.',
    'a..b',
    '-',
    hex(60),
  ],
  state: ['', '0', '1', '2', '4', '-1', '01', '+1', 'x', '4294967296'],
  user_context: [
    '{}',
    '{ }',
    '[]',
    'null',
    '1',
    '"a"',
    'x',
    '{',
    '{"a":1}',
    '{"a":1&#x2c"b":[]}',
    "{'a':1}",
    '{"a":1} x',
    '{"a":&#x22}',
    '{"a":"&#x7f"}',
    ' {}',
    '{}x',
    '{"a":tRue}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":1&#x2c}',
    '{"a":1&#x2c"a":2}',
    '{&#x22a&#x22:1}',
    '{"a":"\\u00e9"}',
    '{"a":"\\u2028"}',
    '{"a":"\\x"}',
    '{"a":"&#x09"}',
  ],
  pool_id: NUMBERS,
};

export interface OddLine {
  readonly address: string;
  /** "state=4" */
  readonly what: string;
  readonly line: string;
}

const EDITS: readonly (readonly [what: string, edit: (line: string) => string])[] = [
  ['a comma more', (line) => `${line},`],
  ['a column more', (line) => `${line},x`],
  ['a column less', (line) => line.slice(0, line.lastIndexOf(','))],
  ['a blank in front', (line) => ` ${line}`],
  ['a blank behind', (line) => `${line} `],
  ['a carriage return', (line) => `${line}\r`],
  ['quotes', (line) => `"${line}"`],
  ['semicolons', (line) => line.replaceAll(',', ';')],
  ['a zero in front', (line) => line.replace('10.65', '010.65')],
  ['a prefix', (line) => line.replace(',', '/24,')],
  ['empty lines', (line) => `${line}\n\n`],
];

/** Lines with one odd column each, in the columns of Kea 3 or 2.2. */
export function oddLines(columns: 11 | 12): OddLine[] {
  const lines: OddLine[] = [];
  const names = COLUMNS.slice(0, columns);
  const add = (
    what: string,
    change: Readonly<Record<string, string>>,
    edit = (line: string) => line,
  ): void => {
    const address = `10.65.${1 + (lines.length >> 7)}.${1 + (lines.length & 127)}`;
    const values = { ...GOOD, address, ...change };
    lines.push({
      address,
      what,
      line: edit(names.map((name) => values[name as keyof typeof values]).join(',')),
    });
  };
  for (const name of names) for (const text of ODD[name] ?? []) add(`${name}=${text}`, { [name]: text });
  for (const state of ['0', '1', '2']) add(`nobody's, state=${state}`, { hwaddr: '', client_id: '', state });
  for (const valid of ['0', '1', '4294967295'])
    for (const expire of ['0', '1', '4294967295', '4294967296', '8589934590', '8589934591'])
      add(`valid_lifetime=${valid}, expire=${expire}`, { valid_lifetime: valid, expire });
  for (const [what, edit] of EDITS) add(what, {}, edit);
  return lines;
}
