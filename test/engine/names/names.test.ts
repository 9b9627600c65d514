/** Names of options 12 and 81: rows that a real Kea 2.2 has answered, and whatever fast-check can think of against the twin. */
import fc from 'fast-check';
import t from 'tap';
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import { compileCharacterSet } from '../../../src/classes/character-set.ts';
import { DDNS_DEFAULTS } from '../../../src/config/ddns-model.ts';
import { ClientNames } from '../../../src/engine/names/names.ts';
import { compileNames } from '../../../src/engine/names/names-settings.ts';
import { RowFlag } from '../../../src/lease/row-flag.ts';
import { clientName, type NamedReply, type NameSettings } from '../../oracle/client-name.ts';
import { packet } from '../packets.ts';
import { queryOf } from '../query-of.ts';

const ADDRESS = '10.1.1.7';
const OFF: NameSettings = { ...DDNS_DEFAULTS, enableUpdates: false };
const ON: NameSettings = { ...DDNS_DEFAULTS, enableUpdates: true, qualifyingSuffix: 'example.com' };
type Options = readonly (readonly [number, readonly number[]])[];

/** What the product makes of the options, in the twin's words. */
function named(
  options: Options,
  settings: NameSettings,
  address = ADDRESS,
  reserved = '',
): NamedReply | null {
  const parts: [number, number[]][] = [];
  for (const [code, data] of options)
    for (let at = 0; at === 0 || at < data.length; at += 255) parts.push([code, data.slice(at, at + 255)]);
  const query = queryOf(packet({ options: parts }));
  const names = new ClientNames(query);
  if (!names.begin()) return null;
  const compiled = compileNames(settings, settings.enableUpdates);
  names.settle(compiled, parseIpv4(address)!, Buffer.from(reserved, 'latin1'));
  const latin1 = ({ bytes, length }: { bytes: Uint8Array; length: number }): string =>
    Buffer.from(bytes.subarray(0, length)).toString('latin1');
  return {
    hostName: names.hostName.length === 0 ? null : latin1(names.hostName),
    fqdn: names.fqdn.length === 0 ? null : [...names.fqdn.bytes.subarray(0, names.fqdn.length)],
    lease: latin1(names.lease),
    fwd: (names.flags & RowFlag.fqdnFwd) !== 0,
    rev: (names.flags & RowFlag.fqdnRev) !== 0,
  };
}

const octets = (text: string): number[] => [...Buffer.from(text, 'latin1')];

t.test('option 12 as Kea answers it', async (t) => {
  const rows: readonly (readonly [string, off: string | null, on: string | null])[] = [
    ['Host1', 'host1', 'host1.example.com'],
    ['  Host ', 'host', 'host.example.com'],
    ['.', 'myhost-10-1-1-7', 'myhost-10-1-1-7.example.com'],
    ['@', 'myhost-10-1-1-7', 'myhost-10-1-1-7.example.com'],
    ['..', null, null],
    ['a.', 'a', 'a.example.com'],
    ['.a', null, null],
    ['aaa..bbb', null, null],
    ['a.b.', 'a.b.', 'a.b.'],
    ['_', null, 'example.com'],
    ['__.__', 'myhost-10-1-1-7', 'myhost-10-1-1-7.example.com'],
    ['_.b', '.b', '.b'],
    ['ab\0', 'ab', 'ab.example.com'],
    ['\0\0', null, null],
    ['a\\', null, null],
    ['a\\.b', 'a.b', 'a.b.example.com'],
    ['x'.repeat(64), null, null],
    ['xexample.com', 'xexample.com', 'xexample.com'],
  ];
  for (const [sent, off, on] of rows) {
    t.equal(named([[12, octets(sent)]], OFF)?.hostName, off, JSON.stringify(sent));
    t.equal(named([[12, octets(sent)]], ON)?.hostName, on, JSON.stringify(sent));
  }
});

t.test('option 81 as Kea answers it, in the form in which it came', async (t) => {
  const rows: readonly (readonly [number[], on: number[] | null])[] = [
    [
      [1, 0, 0, ...octets('A.b')],
      [1, 0, 0, ...octets('a.b.example.com.')],
    ],
    [
      [1, 0, 0, ...octets('A.b.')],
      [1, 0, 0, ...octets('a.b.')],
    ],
    [
      [5, 7, 8, 4, ...octets('Host')],
      [5, 7, 8, 4, ...octets('host\x07example\x03com\0')],
    ],
    [
      [5, 0, 0, 4, ...octets('Host\x03Org\0')],
      [5, 0, 0, 4, ...octets('host\x03org\0')],
    ],
    [
      [0, 0, 0],
      [0, 0, 0, ...octets('myhost-10-1-1-7.example.com.')],
    ],
    [
      [8, 0, 0, ...octets('a')],
      [8, 0, 0, ...octets('a.example.com.')],
    ],
    [
      [5, 0, 0, 0],
      [5, 0, 0, 0],
    ],
    [[1, 0, 0, ...octets('*')], null],
  ];
  for (const [sent, on] of rows) t.same(named([[81, sent]], ON)?.fqdn ?? null, on, String(sent));
  t.same(named([[81, [1, 0, 0, 97]]], OFF)?.fqdn, [10, 0, 0, 97, 46], 'without updates S is overridden');
});

t.test('a malformed option 81 makes the query malformed, whatever its length', async (t) => {
  const bad = [
    [],
    [0],
    [4, 0],
    [9, 0, 0, 97],
    [1, 0, 0, ...octets('a..b')],
    [1, 0, 0, ...octets('.a')],
    [1, 0, 0, ...new Array(64).fill(97)],
    [5, 0, 0, 5, 97, 98],
    [5, 0, 0, 0xc0, 0x0c],
    [5, 0, 0, 1, 97, 0xc0, 3],
    [5, 0, 0, 64, ...new Array(64).fill(97)],
  ];
  for (const option of bad) t.equal(named([[81, option]], ON), null, String(option));
  for (let length = 0; length < 255; length++) {
    const name = new Array(length).fill(97);
    for (const flags of [1, 5]) {
      const options: Options = [[81, [flags, 0, 0, ...name]]];
      t.same(named(options, ON), clientName(new Map(options), ON, ADDRESS), `${length} octets`);
    }
  }
});

t.test('a reserved name comes before all others', async (t) => {
  t.match(named([], ON, ADDRESS, 'Res'), { hostName: 'res.example.com', lease: 'res.example.com' });
  t.match(named([[12, octets('a..b')]], ON, ADDRESS, 'Res'), { hostName: 'res.example.com' });
  const fqdn = named([[81, [0, 0, 0]]], ON, ADDRESS, 'Res')!;
  t.same(fqdn.fqdn, [0, 0, 0, ...octets('res.example.com.')]);
});

const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'B', '.', '-', '_', '\\', '1', '0', ' ', '\0', '\xff', '@', '"') }),
  fc.string({ unit: fc.constantFrom('a', 'Z', '.'), minLength: 200, maxLength: 255 }),
  fc.constantFrom('.', 'x.example.com', 'example.com.', 'xexample.com', 'EXAMPLE.com'),
);
const anyWire = fc
  .array(fc.array(fc.constantFrom(0x61, 0x5a, 0x2e, 0x5f, 0, 0xff, 0x5c), { maxLength: 64 }), {
    maxLength: 6,
  })
  .chain((labels) =>
    fc
      .constantFrom([], [0], [0, 7], [0xc0, 1])
      .map((end) => [...labels.flatMap((label) => [label.length, ...label]), ...end]),
  );
const anyOption = fc.oneof(
  anyText.map((text) => [12, octets(text)] as const),
  fc.tuple(fc.nat(255), anyText).map(([flags, text]) => [81, [flags & ~4, 1, 2, ...octets(text)]] as const),
  fc.tuple(fc.nat(255), anyWire).map(([flags, wire]) => [81, [flags | 4, 1, 2, ...wire]] as const),
  fc.tuple(fc.constantFrom(12, 81), fc.array(fc.nat(255), { maxLength: 12 })),
);
const anySettings: fc.Arbitrary<NameSettings> = fc
  .record({
    enableUpdates: fc.boolean(),
    sendUpdates: fc.boolean(),
    overrideNoUpdate: fc.boolean(),
    overrideClientUpdate: fc.boolean(),
    replaceClientName: fc.constantFrom('never', 'always', 'when-present', 'when-not-present'),
    generatedPrefix: fc.constantFrom('myhost', 'Pre', '', 'a.b'),
    qualifyingSuffix: fc.constantFrom('', 'example.com', 'Example.COM.', 'x', `${'y'.repeat(60)}.`.repeat(4)),
    hostnameCharSet: fc.constantFrom('', '[^A-Za-z0-9.-]', '[^A-Z]+', '[a.]', '[_ ]+'),
    hostnameCharReplacement: fc.constantFrom('', 'x', 'Long-One', '.'),
  })
  .map((settings) => ({ ...DDNS_DEFAULTS, ...settings }));

t.test('the product and its twin agree on 6,000 names, and what the lease keeps can be kept', async (_t) => {
  fc.assert(
    fc.property(
      fc.array(anyOption, { maxLength: 2 }),
      anySettings,
      fc.nat(0xffffffff),
      fc.constantFrom('', 'Res', 'res.example.com'),
      (options, settings, address, reserved) => {
        const merged = new Map<number, number[]>();
        for (const [code, data] of options) merged.set(code, [...(merged.get(code) ?? []), ...data]);
        const whole: Options = [...merged];
        const at = formatIpv4(address);
        const found = named(whole, settings, at, reserved);
        const expected = clientName(merged, settings, at, reserved);
        if (JSON.stringify(found) !== JSON.stringify(expected))
          throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
        return found === null || found.lease.length <= 255;
      },
    ),
    { numRuns: 6_000, seed: 81 },
  );
});

t.test('a set of characters is one bracket expression', async (t) => {
  const table = (pattern: string): Uint8Array | null => {
    const compiled = compileCharacterSet(pattern, '');
    return compiled.ok ? compiled.set.table : null;
  };
  const members = (pattern: string): string =>
    [...(table(pattern) ?? [])]
      .flatMap((isIn, octet) => (isIn === 1 && octet < 127 ? [String.fromCharCode(octet)] : []))
      .join('');
  t.equal(members('[a-c_]'), '_abc');
  t.equal(members('[]a]'), ']a');
  t.equal(members('[a\\-]'), '-\\a', 'a backslash in brackets is itself');
  t.equal(members('[[:digit:]x]+'), '0123456789x');
  t.equal(table('[^A-Za-z0-9.-]')![0xc3], 1, 'every octet beyond ASCII');
  for (const pattern of ['ab', '[a]*', '[a]|[b]', '[a]{2}', '^', '']) t.equal(table(pattern), null, pattern);
});
