/** Expressions and queries for kea-classes.test.ts, the same for the same seed. Kea 2.2 knows all that is in them. */
import type { PacketFields } from '../engine/packets.ts';

type Next = (count: number) => number;

/** Numbers below a count, one after the other. */
function createNext(seed: number): Next {
  let state = seed * 7919 + 17;
  return (count) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % count;
  };
}

function pick<T>(next: Next, items: readonly T[]): T {
  return items[next(items.length)]!;
}

/** Values that occur in the queries too, so that comparisons are true now and then. */
const TEXTS = [
  'abc',
  'ab',
  'c',
  'Aastra 6739i',
  'Aastra',
  'PXEClient:Arch:00007',
  'PXEClient',
  'x',
  'a:b::c',
  '',
];
const NUMBERS = ['0', '1', '6', '4491', '0x0007', '0x616263', '0x', '10.9.0.2', '10.0.0.1', '0.0.0.0'].filter(
  (each) => each !== '0x',
);

const ACCESSES = [
  'option[60].hex',
  'option[60].text',
  'option[77].hex',
  'option[93].hex',
  'option[12].hex',
  'option[61].hex',
  'option[55].hex',
  'option[82].hex',
  'option[82].option[1].hex',
  'relay4[1].hex',
  'relay4[2].hex',
  'option[200].hex',
  'option[200].text',
  'option[43].hex',
  'option[vendor-class-identifier].hex',
  'option[host-name].text',
  'vendor.enterprise',
  'vendor[4491].option[1].hex',
  'vendor[*].option[2].hex',
  'vendor-class[*].data',
  'vendor-class[4491].data[1]',
  'vendor-class.enterprise',
  'pkt4.mac',
  'pkt4.hlen',
  'pkt4.htype',
  'pkt4.ciaddr',
  'pkt4.msgtype',
  'pkt4.transid',
  'pkt.len',
] as const;

const EXISTS = [
  'option[60].exists',
  'option[77].exists',
  'option[82].option[1].exists',
  'relay4[2].exists',
  'option[43].option[1].exists',
  'vendor[4491].exists',
  'vendor[*].exists',
  'vendor[9].option[1].exists',
  'vendor-class[4491].exists',
  'option[12].exists',
];

function value(next: Next, depth: number): string {
  const inner = (): string => value(next, depth - 1);
  const constant = (): string => (next(3) === 0 ? pick(next, NUMBERS) : `'${pick(next, TEXTS)}'`);
  if (depth <= 0) return next(3) === 0 ? constant() : pick(next, ACCESSES);
  const makers = [
    () => pick(next, ACCESSES),
    () => pick(next, ACCESSES),
    () => `substring(${inner()},${next(9) - 4},${next(3) === 0 ? 'all' : next(11) - 4})`,
    () => `split(${inner()},${pick(next, ["':'", "'b'", "'. '", "''"])},${next(5) - 1})`,
    () => `concat(${inner()},${inner()})`,
    () => `(${inner()} + ${inner()})`,
    () => `hexstring(${inner()},${pick(next, ["':'", "''", "'-'", 'relay4[1].hex'])})`,
    () => `ifelse(${test(next, depth - 1)},${inner()},${inner()})`,
    () => `uint32totext(${pick(next, ['pkt4.hlen', 'pkt4.msgtype', 'vendor.enterprise', 'pkt4.transid'])})`,
    () => 'addrtotext(pkt4.ciaddr)',
    () => `uint8totext(substring(${pick(next, ['pkt4.mac', 'option[61].hex'])},0,1))`,
    () => `int16totext(substring(pkt4.mac,${next(4)},2))`,
  ];
  return pick(next, makers)();
}

function comparison(next: Next, depth: number): string {
  const left = value(next, depth);
  // What is compared to itself, cut differently, is equal more often than what is compared to anything.
  if (next(3) === 0) return `${left} == substring(${left},0,${next(8)})`;
  const constant = next(3) === 0 ? pick(next, NUMBERS) : `'${pick(next, TEXTS)}'`;
  return next(4) === 0 ? `${constant} == ${left}` : `${left} == ${constant}`;
}

function test(next: Next, depth: number): string {
  const inner = (): string => test(next, depth - 1);
  if (depth <= 0) return next(2) === 0 ? pick(next, EXISTS) : comparison(next, 0);
  const makers = [
    () => comparison(next, depth),
    () => comparison(next, depth - 1),
    () => pick(next, EXISTS),
    () => `not ${inner()}`,
    () => `${inner()} and ${inner()}`,
    () => `${inner()} or ${inner()}`,
    () => `(${inner()})`,
    () => `not (${inner()} or ${inner()})`,
  ];
  return pick(next, makers)();
}

/** Tests of the classes c0, c1, ...: those behind may ask for those before, and for the built-in ones. */
export function expressionsOf(seed: number, count: number): string[] {
  const next = createNext(seed);
  return Array.from({ length: count }, (_, index) => {
    const each = test(next, 1 + next(3));
    const other =
      index === 0 ? 'ALL' : pick(next, ['ALL', 'KNOWN', 'UNKNOWN', `c${next(index)}`, `c${next(index)}`]);
    return pick(next, [
      each,
      each,
      each,
      `member('${other}') and (${each})`,
      `not member('${other}') or ${each}`,
    ]);
  });
}

const octets = (text: string): number[] => [...Buffer.from(text)];
const hex = (digits: string): number[] => [...Buffer.from(digits, 'hex')];

/** DISCOVERs with options that the expressions ask for; well formed, and without what Kea 2.2 takes otherwise. */
export function queriesOf(seed: number, count: number): PacketFields[] {
  const next = createNext(seed + 1000);
  const options: readonly (() => readonly [number, readonly number[]])[] = [
    () => [
      60,
      octets(
        pick(
          next,
          TEXTS.filter((text) => text !== ''),
        ),
      ),
    ],
    () => [77, octets(pick(next, ['abc', 'ab', 'x']))],
    () => [93, pick(next, [hex('0007'), hex('0000')])],
    () => [12, octets(pick(next, ['abc', 'c', 'Aastra']))],
    () => [61, pick(next, [hex('01020000000101'), octets('abc'), hex('ff00010203')])],
    () => [55, pick(next, [[1, 3, 6], [1]])],
    () => [82, pick(next, [hex('0101780203616263'), hex('0103616263'), hex('0203616263'), hex('01027879')])],
    () => [200, octets(pick(next, ['abc', 'a:b::c', 'x']))],
    () => [43, pick(next, [hex('010178'), hex('0203616263'), hex('00010178ff')])],
    () => [
      125,
      pick(next, [hex('0000118b0301017802'.slice(0, 16)), hex('0000000906010178020178'), hex('0000118b00')]),
    ],
    () => [
      124,
      pick(next, [hex('0000118b03616263'), hex('0000118b01780000118b0163'), hex('00000009026162')]),
    ],
  ];
  return Array.from({ length: count }, () => {
    const chosen = options.filter(() => next(3) === 0).map((make) => make());
    return { options: chosen, ciaddr: pick(next, ['0.0.0.0', '0.0.0.0', '10.0.0.1']) };
  });
}

const PIECES = [
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  '==',
  '+',
  "'",
  "'a'",
  '0x',
  '0xa',
  '17',
  '-1',
  'not ',
  ' and ',
  ' or ',
  'option',
  'hex',
  'exists',
  'all',
  'pkt4',
  'mac',
  '256',
  "member('before')",
  "member('x')",
  'relay4[1].hex',
  ' ',
  '::1',
  '1.2.3',
  '*',
  '"',
  '=',
  'foo',
  'KNOWN',
];

/** Expressions with something cut out, put in or changed; many of them are wrong, some right all the same. */
export function mutated(seed: number, count: number): string[] {
  const next = createNext(seed + 2000);
  return Array.from({ length: count }, () => {
    let text = test(next, 1 + next(2));
    for (let changes = next(3); changes > 0; changes--) {
      const at = next(text.length + 1);
      const length = next(3) === 0 ? next(6) : 0;
      const piece = next(4) === 0 ? '' : pick(next, PIECES);
      text = text.slice(0, at) + piece + text.slice(at + length);
    }
    return text;
  });
}
