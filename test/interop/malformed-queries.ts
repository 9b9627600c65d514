/**
 * Queries with something wrong in them, a few hundred, generated: every option that the server looks at in every length,
 * several times, cut off, and every sub-option of option 82 that it looks at likewise.
 */
import { FILE_OFFSET, MessageType, OptionCode, SNAME_OFFSET } from '../../src/dhcp4/codes.ts';
import { datagram4, option } from '../oracle/datagram4.ts';
import { KEAS, type KeaKind } from './kea.ts';

export interface MalformedQuery {
  readonly what: string;
  readonly datagram: Uint8Array;
  /** Why Tandem's answer is another one than that of a Kea; absent = it is the same. */
  readonly differs: Differs;
}

const GIADDR = 0x0a40000a;
/** The server of a query is not known here: replaced by `queriesFor`. */
const SERVER = [0xff, 0xff, 0xff, 0xfe];
const OTHER_SUBNET = [10, 80, 0, 1];
const TAILS: Readonly<Record<string, readonly number[]>> = {
  'no END': [],
  'a lone octet': [12],
  'a lone 61': [61],
  'zeros behind the options': [0, 0, 0],
  'an option one octet too long': [12, 3, 1, 2],
  'an unknown option past the end': [224, 255, 1],
  'an identifier past the end': [61, 7, 1, 2],
  'a relay option past the end': [82, 9, 1, 2, 65, 66],
  'a message type past the end': [53, 2, 1],
  'an option behind END': [255, 82, 3, 1, 1, 7],
};

/** Octets that make sense at the start of an option of this code. */
function payloadOf(code: number, bytes: number): number[] {
  const start: Readonly<Record<number, readonly number[]>> = {
    [OptionCode.requestedAddress]: [10, 65, 9, 9],
    [OptionCode.leaseTime]: [0, 0, 1, 0],
    [OptionCode.serverIdentifier]: SERVER,
    [OptionCode.maxMessageSize]: [5, 220],
    [OptionCode.subnetSelection]: OTHER_SUBNET,
    [OptionCode.hostName]: [...Buffer.from('name-of-it')],
    [OptionCode.vendorClass]: [...Buffer.from('MSFT 5.0')],
    [OptionCode.parameterRequestList]: [1, 3, 6, 15, 51, 58, 59, 3],
    [OptionCode.clientIdentifier]: [1, 2, 3, 4, 5, 6, 7],
    [OptionCode.relayAgentInformation]: [1, 2, 65, 66, 2, 2, 67, 68],
  };
  const known = start[code] ?? [];
  return Array.from({ length: bytes }, (_, index) => known[index] ?? 0x61 + (index % 4));
}

const SIZES = [
  [OptionCode.requestedAddress, 4],
  [OptionCode.leaseTime, 4],
  [OptionCode.serverIdentifier, 4],
  [OptionCode.maxMessageSize, 2],
  [OptionCode.subnetSelection, 4],
] as const;
const FREE = [OptionCode.hostName, OptionCode.vendorClass, OptionCode.relayAgentInformation] as const;

type Differs = Readonly<Partial<Record<KeaKind, string>>>;
type Draft = readonly [
  what: string,
  type: number,
  options: readonly number[],
  differs?: Differs | undefined,
  header?: Header,
];
/** Fields of the header that options may continue in. */
interface Header {
  readonly sname?: readonly number[];
  readonly file?: readonly number[];
}

/** The same reason with every Kea. */
function always(reason: string): Differs {
  return Object.fromEntries(KEAS.map((kea) => [kea, reason]));
}

const NAMED = always('a DISCOVER that names this server is answered');
const TWICE = { 'kea 3.0': 'a message type or server identifier that comes twice is no query' };
const PARTS = { 'kea 2.2': 'parts of an option are put together (RFC 3396) before their size is looked at' };
const SELECTIONS = always('several of option 118 are not echoed');
const OVERRIDE = always('option 54 is what the relay asks for (RFC 5107)');
const SHORT = {
  'kea 3.0': 'a sub-option of option 82 that is too short is passed over, the query is not dropped',
};

const NEEDLESS = always('what is malformed and tells nothing of the lease is passed over');
/** As before Kea 3. */
const NEEDLESS_BEFORE_3 = { 'kea 2.2': NEEDLESS['kea 2.2']! };
const EMPTY_NAME = {
  'kea 3.0': 'option 81 is answered also when nothing is left of its name, as by Kea 2.2',
};
const NOBODY = always('a client identifier of no octets is none');
const ONE_OCTET = always('with the hardware address beside it a client identifier of one octet will do');
const PARTS_OF_NAME = {
  'kea 2.2': 'parts of an option are put together (RFC 3396) before anything is looked at',
};

function* lengths(): Generator<Draft> {
  for (const type of [MessageType.discover, MessageType.request, MessageType.inform]) {
    for (const [code] of SIZES) {
      for (let bytes = 0; bytes <= 9; bytes++) {
        const isNamed = type === MessageType.discover && code === OptionCode.serverIdentifier && bytes >= 4;
        const differs = isNamed ? NAMED : undefined;
        yield [`option ${code} of ${bytes}`, type, option(code, payloadOf(code, bytes)), differs];
      }
    }
    for (const code of FREE) {
      for (const bytes of [0, 1, 2, 3, 5, 8])
        yield [`option ${code} of ${bytes}`, type, option(code, payloadOf(code, bytes))];
    }
    for (const bytes of [1, 2, 5, 8]) yield [`option 55 of ${bytes}`, type, option(55, payloadOf(55, bytes))];
    for (const bytes of [2, 3, 7, 30])
      yield [`option 61 of ${bytes}`, type, option(61, payloadOf(61, bytes))];
  }
}

function* messageTypes(): Generator<Draft> {
  yield ['no option 53', -1, []];
  yield ['option 53 of 0', -1, option(53)];
  yield ['option 53 of 2', -1, option(53, [1, 3])];
  yield ['option 53 of 3', -1, option(53, [1, 9, 9])];
  yield ['two message types', MessageType.discover, option(53, [3]), TWICE];
  yield ['a message type twice', MessageType.discover, option(53, [1]), TWICE];
  for (const type of [0, 2, 5, 6, 9, 200, 255]) yield [`message type ${type}`, type, []];
}

function* tails(): Generator<Draft> {
  for (const type of [MessageType.discover, MessageType.request, MessageType.inform]) {
    for (const [what, tail] of Object.entries(TAILS)) {
      yield [what, type, tail];
      yield [`${what} behind option 82`, type, [...option(82, [1, 2, 65, 66]), ...tail]];
    }
  }
  yield ['the only option past the end', -1, [53, 2, 1]];
  yield ['53 behind an option past the end', -1, [224, 9, 53, 1, 1]];
}

function* repeated(): Generator<Draft> {
  for (const type of [MessageType.discover, MessageType.inform]) {
    for (const [code, size] of SIZES) {
      const whole = option(code, payloadOf(code, size));
      const isNamed = code === OptionCode.serverIdentifier && type === MessageType.inform;
      const differs = code === OptionCode.subnetSelection ? SELECTIONS : isNamed ? TWICE : undefined;
      yield [`option ${code} twice`, type, [...whole, ...whole], differs];
      if (code === OptionCode.serverIdentifier) continue;
      const half = option(code, payloadOf(code, size / 2));
      yield [
        `option ${code} in two halves`,
        type,
        [...half, ...option(code, payloadOf(code, size).slice(size / 2))],
        PARTS,
      ];
      yield [`option ${code} too short in two parts`, type, [...option(code), ...half]];
    }
    for (const code of [OptionCode.clientIdentifier, OptionCode.parameterRequestList])
      yield [`option ${code} twice`, type, [...option(code, [1, 2, 3]), ...option(code, [4, 5, 6])]];
  }
}

/** Octets that a sub-option of this code has at least. */
const SHORT_BYTES: Readonly<Record<number, number>> = { 5: 4, 11: 4, 19: 2 };
const GOOD_SELECTION = option(5, OTHER_SUBNET);

function* subOptions(): Generator<Draft> {
  for (const code of [1, 5, 11, 19, 151, 0, 255]) {
    for (let bytes = 0; bytes <= 8; bytes++) {
      const payload = Array.from({ length: bytes }, (_, index) => OTHER_SUBNET[index] ?? 1);
      const part = option(code, payload);
      const isShort = SHORT_BYTES[code] !== undefined && bytes < SHORT_BYTES[code];
      const differs = isShort ? SHORT : code === 11 && bytes === 4 ? OVERRIDE : undefined;
      yield [`sub-option ${code} of ${bytes}`, 1, option(82, part), differs];
      yield [
        `sub-option ${code} of ${bytes} behind another`,
        1,
        option(82, [1, 2, 65, 66, ...part]),
        differs,
      ];
      if (code !== 5)
        yield [
          `sub-option ${code} of ${bytes} before a link selection`,
          1,
          option(82, [...part, ...GOOD_SELECTION]),
          differs,
        ];
      yield [
        `sub-option ${code} of ${bytes}, one octet too long`,
        1,
        option(82, [...GOOD_SELECTION, code, bytes + 1, ...payload]),
      ];
      yield [`sub-option ${code} of ${bytes}, one octet more`, 1, option(82, [...part, 1]), differs];
    }
  }
  yield ['a link selection in two parts', 1, option(82, [5, 2, 10, 80, 5, 2, 0, 1])];
  yield ['two link selections', 1, option(82, [...GOOD_SELECTION, ...GOOD_SELECTION])];
  yield ['option 82 one octet longer than its sub-option', 1, [82, 7, 1, 4, 0x65, 0x74, 0x68, 0x31, 0]];
  yield ['a link selection of no subnet', 1, option(82, [5, 4, 192, 0, 2, 1])];
  yield [
    'a broken link selection and option 118',
    1,
    [...option(82, [5, 3, 10, 80, 0]), ...option(118, OTHER_SUBNET)],
    SHORT,
  ];
}

/** Option 52 of every value, with options, halves of options and nonsense in the fields that it names. [RFC2131 4.1] */
function* overloads(): Generator<Draft> {
  const name = option(12, [...Buffer.from('behind')]);
  const broken = [12, 60, 1, 2, 3];
  const fields: readonly (readonly [string, Header])[] = [
    ['nothing', {}],
    ['a name in file', { file: [...name, 255] }],
    ['a name in sname', { sname: [...name, 255] }],
    ['a name in both', { file: [...name, 255], sname: [...option(12, [0x78]), 255] }],
    ['an option that ends behind file', { file: broken }],
    ['an option past the end of sname', { sname: new Array(64).fill(0).fill(12, 60).fill(255, 61) }],
    ['no END in either', { file: new Array(128).fill(0), sname: new Array(64).fill(0) }],
    ['ones in both', { file: new Array(128).fill(1), sname: new Array(64).fill(1) }],
    ['an address in file', { file: [...option(50, [10, 65, 9, 9]), 255] }],
    ['an identifier in sname', { sname: [...option(61, [1, 2, 3, 4]), 255] }],
    ['option 82 in file', { file: [...option(82, GOOD_SELECTION), 255] }],
    ['a message type in file', { file: [...option(53, [3]), 255] }],
    ['another option 52 in file', { file: [...option(52, [2]), 255], sname: [...name, 255] }],
  ];
  for (const type of [MessageType.discover, MessageType.inform]) {
    for (const value of [[], [0], [1], [2], [3], [4], [255], [1, 2]])
      for (const [what, header] of fields) {
        const overload = option(52, value);
        const differs = value.length === 0 ? NEEDLESS : undefined;
        yield [`option 52 of [${value}], ${what}`, type, overload, differs, header];
      }
    for (const [what, header] of fields) yield [`no option 52, ${what}`, type, [], undefined, header];
  }
}

const SPLITS = [[0], [1], [3], [5], [6], [2, 4], [1, 2, 3, 4, 5], [0, 0, 3, 3]];
/** Each takes an address of a small pool. */
const FEW_SPLITS = [[1], [6], [2, 4]];

/** One option in parts, everywhere and of every size. [RFC3396] */
function* splits(): Generator<Draft> {
  const parts = (code: number, data: readonly number[], at: readonly number[]): number[] => {
    const ends = [...at, data.length];
    return ends.flatMap((end, index) => option(code, data.slice(ends[index - 1] ?? 0, end)));
  };
  const filler = option(224, [1, 2, 3]);
  const whole: readonly (readonly [number, readonly number[]])[] = [
    [OptionCode.parameterRequestList, [1, 3, 6, 15, 51, 58]],
    [OptionCode.clientIdentifier, [1, 2, 3, 4, 5, 6]],
    [OptionCode.hostName, [...Buffer.from('name12')]],
    [OptionCode.relayAgentInformation, [5, 4, ...OTHER_SUBNET]],
    [OptionCode.vendorClass, [...Buffer.from('vendor')]],
  ];
  for (const [code, data] of whole) {
    const isRead = code !== OptionCode.hostName && code !== OptionCode.relayAgentInformation;
    for (const at of code === OptionCode.relayAgentInformation ? FEW_SPLITS : SPLITS) {
      const hasEmpty = at.includes(0) || at.includes(6);
      const list = code === OptionCode.parameterRequestList && hasEmpty ? NEEDLESS_BEFORE_3 : undefined;
      // A part of no octets is none.
      const whole = code === OptionCode.hostName && at.length === 1 && hasEmpty;
      const differs = isRead || whole ? list : PARTS_OF_NAME;
      yield [`option ${code} split at ${at}`, MessageType.discover, parts(code, data, at), differs];
    }
    const differs = isRead ? undefined : PARTS_OF_NAME;
    const [first, second] = [option(code, data.slice(0, 3)), option(code, data.slice(3))];
    yield [
      `option ${code} split around another`,
      MessageType.discover,
      [...first, ...filler, ...second],
      differs,
    ];
    yield [`option ${code} split around PAD`, MessageType.discover, [...first, 0, 0, ...second], differs];
    yield [`option ${code} cut in its second part`, MessageType.discover, [...first, code, 9, 1]];
  }
  for (const octets of [255, 256, 300, 500]) {
    const at = octets > 255 ? [255] : [100];
    yield [`option 12 of ${octets} in parts`, 1, parts(12, new Array(octets).fill(0x61), at)];
    yield [`option 55 of ${octets} in parts`, 1, parts(55, new Array(octets).fill(6), at)];
    yield [`option 60 of ${octets} in parts`, 1, parts(60, new Array(octets).fill(0x62), at)];
  }
}

/** Lists, sizes and identifiers that are as short or long as can be, or hold what they should not. */
function* oddSizes(): Generator<Draft> {
  for (const type of [MessageType.discover, MessageType.request, MessageType.inform]) {
    for (const list of [[], [0], [255], [53], [54, 51], [82], [61, 61, 61], [1, 1, 1, 1]])
      yield [`option 55 of [${list}]`, type, option(55, list), list.length === 0 ? NEEDLESS : undefined];
    yield [
      'option 55 of all codes',
      type,
      option(
        55,
        Array.from({ length: 255 }, (_, code) => code),
      ),
    ];
    for (const size of [0, 1, 100, 300, 575, 576, 577, 65_535])
      yield [`option 57 says ${size}`, type, option(57, [size >>> 8, size & 255])];
    yield ['option 61 of 0', type, option(61), NOBODY];
    yield ['option 61 of 1', type, option(61, [1]), ONE_OCTET];
    for (const octets of [127, 128])
      yield [`option 61 of ${octets}`, type, option(61, payloadOf(61, octets))];
    for (const data of FQDNS) {
      const isEmpty = type !== MessageType.inform && EMPTY_FQDNS.has(String(data));
      yield [`option 81 of [${data}]`, type, option(81, data), isEmpty ? EMPTY_NAME : undefined];
    }
  }
}

const EMPTY_FQDNS: ReadonlySet<string> = new Set(['1,0,0,0', '1,0,0,46', '5,0,0,0']);

/** None of which a name would be made: that has the address in it. */
const FQDNS: readonly (readonly number[])[] = [
  [],
  [0],
  [0, 0],
  [1, 0, 0, 0],
  [1, 0, 0, 46],
  [1, 0, 0, 97],
  [5, 0, 0, 0],
  [5, 0, 0, 1, 97],
  [5, 0, 0, 1, 97, 0],
  [5, 0, 0, 1, 97, 0, 1, 98, 0],
  [5, 0, 0, 2, 97],
  [5, 0, 0, 64, 97],
  [5, 0, 0, 192, 3],
  [4, 0, 0, 1, 46, 0],
  [9, 0, 0, 97],
  [0xf1, 255, 255, 97],
  [3, 0, 0, 97],
  [5, 0, 0, 63, ...new Array<number>(63).fill(97), 0],
  [5, 0, 0, ...new Array<number>(240).fill(1)],
  [1, 0, 0, ...new Array<number>(252).fill(97)],
];

/** Sub-options whose lengths contradict what is around them. */
function* nestedLengths(): Generator<Draft> {
  const inner = [5, 4, ...OTHER_SUBNET];
  for (const outer of [0, 1, 2, 3, 5, 6, 7, 12]) {
    const data = [...inner, ...inner].slice(0, outer);
    yield [`option 82 of ${outer} of its sub-options`, 1, option(82, data)];
  }
  for (const claimed of [0, 1, 3, 5, 8, 9, 255])
    yield [
      `a circuit that claims ${claimed} of 4 before a link selection`,
      1,
      option(82, [1, claimed, 9, 9, 9, 9, ...inner]),
    ];
  for (const code of [0, 255]) {
    yield [`sub-option ${code} alone before a link selection`, 1, option(82, [code, ...inner])];
    yield [`sub-option ${code} behind a link selection`, 1, option(82, [...inner, code])];
  }
  for (const code of [43, 124, 125])
    for (const data of [[], [0], [1, 200, 1], [0, 0, 0, 9], [0, 0, 0, 9, 5, 1], [0, 0, 0, 9, 3, 1, 9, 9]])
      yield [
        `option ${code} of [${data}]`,
        1,
        option(code, data),
        isTorn(code, data) ? NEEDLESS_BEFORE_3 : undefined,
      ];
}

/** Whether a vendor's class data ends within itself. */
function isTorn(code: number, data: readonly number[]): boolean {
  return code === 124 && (data.length < 5 ? data.length !== 4 : data.length < 5 + data[4]!);
}

/**
 * The queries for one server, each from a client of its own.
 * @param server its address, the octets of option 54
 */
export function malformedQueries(server: readonly number[]): MalformedQuery[] {
  const drafts = [...lengths(), ...messageTypes(), ...tails(), ...repeated(), ...subOptions(), ...more()];
  return drafts.map(([what, type, options, differs = {}, header = {}], index) => {
    const client = [2, 0, 0, 1, index >>> 8, index & 255];
    const octets = options.join(',').replaceAll(SERVER.join(','), server.join(',')).split(',').map(Number);
    const rest = options.length === 0 ? [] : octets;
    const isOpen = TAIL_NAMES.has(what.replace(' behind option 82', '')) || what.includes('past the end');
    const all = [...(type < 0 ? [] : option(53, [type])), ...rest, ...(isOpen ? [] : [255])];
    const datagram = datagram4({ xid: index + 1, chaddr: client, giaddr: GIADDR, options: all });
    datagram.set(header.sname ?? [], SNAME_OFFSET);
    datagram.set(header.file ?? [], FILE_OFFSET);
    return { what: `${what} (${type})`, datagram, differs };
  });
}

function* more(): Generator<Draft> {
  yield* overloads();
  yield* splits();
  yield* oddSizes();
  yield* nestedLengths();
}

const TAIL_NAMES: ReadonlySet<string> = new Set(Object.keys(TAILS));
