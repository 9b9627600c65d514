/**
 * Expressions of client classes, and the datagrams that they are asked about. An input is a text, a NUL, and the octets of a
 * datagram. A text is refused at a place inside it, or it compiles and has an outcome for every query: the same outcome when
 * it stands alone, among others, and the opposite one behind a `not`.
 */
import { parseTest, parseValue, type Surroundings } from '../../src/classes/parse.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { isWellFormed, Membership } from '../classes/membership.ts';
import { ip, packet } from '../engine/packets.ts';
import type { Target } from './fuzzer.ts';

/** Of the processor, for one text and all datagrams: a thousand times what an honest one takes. */
const BUDGET_US = 400_000;
const ATTEMPTS = 3;

const DATAGRAMS: readonly Uint8Array[] = [
  packet({}),
  packet({ type: MessageType.request, giaddr: '0.0.0.0', ciaddr: '10.0.0.50', hlen: 16 }),
  packet({
    options: [
      [12, [...Buffer.from('Some.Host')]],
      [43, [1, 2, 3, 4, 220, 0, 1, 1, 9]],
      [55, [1, 3, 6, 12]],
      [60, [...Buffer.from('MSFT 5.0')]],
      [61, [1, 2, 0, 0, 0, 0, 7]],
      [77, [3, 97, 98, 99]],
      [82, [1, 4, 0x65, 0x74, 0x68, 0x31, 2, 6, 2, 0, 0, 0, 0, 9, 5, 4, 10, 0, 0, 0]],
      [93, [0, 7]],
      [124, [0, 0, 0x0d, 0xe9, 4, 3, 97, 98, 99]],
      [125, [0, 0, 0x0d, 0xe9, 4, 1, 2, 3, 4, 0, 0, 0, 9, 2, 5, 0]],
    ],
  }),
  packet({
    options: [
      [60, []],
      [61, new Array(255).fill(0x41)],
      [82, []],
      [124, [0, 0]],
      [125, [0, 0, 0, 1, 200, 1]],
      [43, new Array(200).fill(255)],
      [12, [...Buffer.from('.'.repeat(255))]],
      [50, ip('255.255.255.255')],
    ],
  }),
];

/** True and false ones of every construct. */
const SEEDS = [
  "substring(option[60].hex,0,6) == 'Aastra'",
  "member('phones') and member('HA_server1') or not member('KNOWN')",
  "option[host-name].text == 'Some.Host' and option[93].exists",
  "relay4[1].hex == 'eth1' or relay4[2].exists",
  'pkt4.mac == 0x020000000001 and pkt4.msgtype == 1 and pkt4.hlen == 6',
  "pkt.iface == 'eth0' and pkt.src == 10.0.0.1 and pkt.dst == 255.255.255.255 and pkt.len == 300",
  'concat(hexstring(pkt4.mac, ":"), int32totext(pkt4.transid)) == "02:00"',
  'ifelse(option[61].exists, hexstring(option[61].hex, ":"), "none") == "none"',
  "vendor[3561].option[1].hex == 0x0203 or vendor.enterprise == 3561 or vendor-class[*].data[0] == 'abc'",
  "lcase(option[60].hex) == 'msft 5.0' and ucase('a') + 'b' == 'Ab'",
  "match('[a-z]+(1|2)?', option[12].text)",
  "split(option[60].hex, ' ', 2) == '5.0' sand addrtotext(pkt4.ciaddr) == '0.0.0.0' sor uint16totext(option[93].hex) == '7'",
  'substring(option[61].hex, -3, all) == 0x000007 and option[43].option[1].hex == 0x0304',
  'not (not (not (0 == 1)))',
];

const WORDS = [
  ...'== + and or not sand sor ( ) , . [ ] all * - 0x 0 1 -1 255 4294967295 65536'.split(' '),
  ...'option[61].hex option[12].text option[82].option[1].hex .exists .text .hex relay4[1].hex pkt4.mac'.split(
    ' ',
  ),
  ...'substring( concat( hexstring( ifelse( split( lcase( ucase( member( match( addrtotext(ip('.split('('),
  ...'int8totext uint32totext vendor vendor-class[*] enterprise data[ pkt.iface pkt4.giaddr 10.0.0.1'.split(
    ' ',
  ),
  "'",
  "'a'",
  "'(a|b)*'",
  "'[^x]{2,9}'",
  '""',
];

const SURROUNDINGS: Surroundings = {
  family: 4,
  optionCode: (name) => (name === 'host-name' ? 12 : undefined),
  isClass: () => true,
};

/** What the text is by itself: the outcome of the parser, which never throws. */
function readText(text: string): 'test' | 'value' | string {
  const test = parseTest(text, SURROUNDINGS);
  if (test.ok) return 'test';
  const value = parseValue(text, SURROUNDINGS);
  if (value.ok) return 'value';
  for (const { at, found, expected } of [test.fault, value.fault])
    if (!(at >= 0 && at <= text.length) || found === '' || expected === '')
      throw new Error(`a fault without a place: ${JSON.stringify({ at, found, expected })}`);
  return `refused: ${test.fault.expected.replace(/\d+|'.*'/g, '_')}`;
}

/** @returns the outcome for each datagram: 1, 0, or e for one that cannot be evaluated */
function outcomes(membership: Membership, datagrams: readonly Uint8Array[]): string {
  return datagrams
    .map((datagram) => {
      const errors = membership.program.errors;
      const classes = membership.evaluate(datagram);
      const isIn = classes.some((name) => name === 'x' || name.startsWith('SPAWN_'));
      return membership.program.errors > errors ? 'e' : isIn ? '1' : '0';
    })
    .join('');
}

/** What the outcomes are by those of the opposite; null for what is as deep or long as can be: it has no room for a `not`. */
function behindNot(test: string, datagrams: readonly Uint8Array[]): string | null {
  const opposite = `not (${test})`;
  if (!parseTest(opposite, SURROUNDINGS).ok) return null;
  const found = outcomes(new Membership([{ name: 'x', test: opposite }]), datagrams);
  return found.replace(/[01]/g, (outcome) => (outcome === '1' ? '0' : '1'));
}

/** A test alone, with its opposite, and behind others that are looked up together. */
function checkTest(test: string, datagrams: readonly Uint8Array[]): string {
  const alone = outcomes(new Membership([{ name: 'x', test }]), datagrams);
  const opposite = behindNot(test, datagrams) ?? alone;
  const others = Array.from({ length: 9 }, (_, i) => ({ name: `y${i}`, test: `option[60].hex == '${i}'` }));
  const among = outcomes(new Membership([...others, { name: 'x', test }]), datagrams);
  // What a lookup rules out is not evaluated: its error is not seen.
  if (among.replaceAll('e', '0') !== alone.replaceAll('e', '0'))
    throw new Error(`alone ${alone}, among others ${among}`);
  if (opposite !== alone) throw new Error(`${alone}, and behind a not ${opposite}`);
  return alone;
}

function checkOf(kind: 'test' | 'value', text: string, datagrams: readonly Uint8Array[]): string {
  if (kind === 'test') return checkTest(text, datagrams);
  return outcomes(new Membership([{ name: 'x', template: text }]), datagrams);
}

/** The datagram of an input, where it is one that a server would read. */
function ownDatagram(octets: Uint8Array): Uint8Array[] {
  return isWellFormed(octets) ? [octets] : [];
}

export function expressions(): Target {
  return {
    name: 'expressions',
    outcomesMin: 60,
    words: WORDS,
    seeds: SEEDS.map((seed, index) =>
      Uint8Array.from([...Buffer.from(seed), 0, ...(index % 3 === 0 ? DATAGRAMS[index % 4]! : [])]),
    ),
    run: (input) => {
      const end = input.indexOf(0);
      const text = Buffer.from(end < 0 ? input : input.subarray(0, end)).toString('utf8');
      const kind = readText(text);
      if (kind !== 'test' && kind !== 'value') return kind;
      const datagrams = [...DATAGRAMS, ...ownDatagram(end < 0 ? new Uint8Array(0) : input.subarray(end + 1))];
      for (let attempt = 1; ; attempt++) {
        const before = process.cpuUsage();
        const outcome = checkOf(kind, text, datagrams);
        const { user, system } = process.cpuUsage(before);
        if (user + system < BUDGET_US) return `${kind} ${outcome}`;
        if (attempt === ATTEMPTS) throw new Error(`${user + system} us for ${text.length} characters`);
      }
    },
    close: () => {},
  };
}
