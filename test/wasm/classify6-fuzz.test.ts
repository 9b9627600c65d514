import fc from 'fast-check';
import t from 'tap';
import { MessageType, OptionCode } from '../../src/dhcp6/codes.ts';
import { Field, Malformed } from '../../src/dhcp6/descriptor.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE } from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';
import {
  address6,
  CLIENT_ID,
  DUID,
  half,
  iaAddress,
  iaOption,
  iaPrefix,
  message6,
  option6,
  relayed,
  relayedTimes,
  SERVER_ID,
  word,
} from '../oracle/datagram6.ts';
import { place } from './batch.ts';
import { differenceToTwin6, field6 } from './batch6.ts';
import { agreeOnMany, drawing, fillWithNoise } from './fuzzing.ts';

const SEED = 8415;
const { relayForward, informationRequest } = MessageType;
const CODES = Object.values(OptionCode);

const classifier = new Classifier();
fillWithNoise(classifier, SEED);

/** Everything that the classifier looks at, in a message behind three relays. */
function fullMessage(): number[] {
  const inner = message6(MessageType.request, [
    ...CLIENT_ID,
    ...SERVER_ID,
    ...option6(OptionCode.elapsedTime, [0, 100]),
    ...option6(OptionCode.optionRequest, [0, 23, 0, 24]),
    ...iaOption({ options: [...iaAddress(1, 3000, 4000), ...iaAddress(2)] }),
    ...iaOption({ code: OptionCode.iaPd, options: iaPrefix(address6(0), 56) }),
    ...option6(OptionCode.vendorClass, [...word(4491), 0, 3, 1, 2, 3]),
    ...option6(OptionCode.vendorOptions, [...word(4491), 0, 1, 0, 1, 7]),
    ...option6(OptionCode.fqdn, [1, 4, 104, 111, 115, 116]),
    ...option6(OptionCode.rapidCommit),
  ]);
  const near = [
    ...option6(OptionCode.interfaceId, [1, 2]),
    ...option6(OptionCode.clientLinkLayerAddress, [0, 1, 2, 0, 0, 0, 0, 1]),
    ...option6(OptionCode.remoteId, [...word(9), 1]),
  ];
  const far = [
    ...option6(OptionCode.relaySourcePort, half(5000)),
    ...option6(OptionCode.relaySuppliedOptions, option6(65)),
  ];
  const first = relayed(inner, { link: address6(1), options: near });
  return relayed(relayed(first, { hopCount: 1 }), { hopCount: 2, link: address6(2), after: far });
}

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.nat(255), { minLength: 4, maxLength: 30 }) },
  { weight: 2, arbitrary: fc.array(fc.nat(255), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.nat(255), { minLength: 120, maxLength: 140, size: 'max' }) },
);
const plain = fc.tuple(fc.oneof(fc.constantFrom(...CODES), fc.nat(65535)), payload);
const even = fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }).map((codes) => codes.flatMap(half));
const inIa = fc.oneof(
  { weight: 6, arbitrary: fc.nat(65535).map((last) => iaAddress(last)) },
  { weight: 4, arbitrary: fc.nat(255).map((length) => iaPrefix(address6(0), length)) },
  { weight: 1, arbitrary: plain.map(([code, bytes]) => option6(code, bytes)) },
);
const ia = fc
  .tuple(fc.constantFrom(3, 25), fc.array(inIa, { maxLength: 4 }))
  .map(([code, parts]) => iaOption({ code, options: parts.flat() }));
const anyOption = fc.oneof(
  { weight: 10, arbitrary: ia },
  { weight: 6, arbitrary: even.map((bytes) => option6(OptionCode.optionRequest, bytes)) },
  { weight: 6, arbitrary: fc.constantFrom(14, 15).map((code) => option6(code)) },
  { weight: 6, arbitrary: fc.constant(option6(OptionCode.elapsedTime, [1, 2])) },
  { weight: 4, arbitrary: fc.constantFrom(CLIENT_ID, SERVER_ID) },
  { weight: 4, arbitrary: plain.map(([code, bytes]) => option6(code, bytes)) },
);
const identifiers = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(CLIENT_ID, [...CLIENT_ID, ...SERVER_ID]) },
  { weight: 1, arbitrary: fc.constantFrom([], SERVER_ID) },
  { weight: 1, arbitrary: payload.map((duid) => option6(OptionCode.clientId, duid)) },
  { weight: 1, arbitrary: payload.map((duid) => [...CLIENT_ID, ...option6(OptionCode.serverId, duid)]) },
);
const clientType = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(1, 3, 4, 5, 6, 8, 9, 11, 36) },
  { weight: 1, arbitrary: fc.nat(255) },
);
const message = fc
  .tuple(clientType, identifiers, fc.array(anyOption, { maxLength: 8 }))
  .map(([type, ids, options]) => message6(type, [...ids, ...options.flat()]));
const relayOptions = fc
  .array(
    fc.tuple(fc.constantFrom(18, 37, 38, 66, 79, 135, 9, 200), payload).map(([code, p]) => option6(code, p)),
    { maxLength: 3 },
  )
  .map((options) => options.flat());
const link = fc.constantFrom(address6(1), new Array<number>(16).fill(0), address6(1, [0xfe, 0x80]));
const levels = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 28, max: 36 }) },
);
/** Built from options, behind relays: mostly well formed. */
const built = fc
  .tuple(message, levels, fc.array(fc.tuple(link, relayOptions, relayOptions), { maxLength: 5 }))
  .map(([inner, count, relays]) => {
    let bytes = inner;
    for (let level = 0; level < count; level++) {
      const [link, options, after] = relays[level] ?? [address6(3), [], []];
      bytes = relayed(bytes, { link, options, after });
    }
    return Uint8Array.from(bytes);
  });
/** A header, then noise. */
const noise = fc
  .tuple(fc.constantFrom(1, 3, 11, relayForward), fc.uint8Array({ maxLength: 300, size: 'max' }))
  .map(([type, bytes]) => Uint8Array.from([type, 0, 0, 0, ...bytes]));
const base = fc.oneof(
  { weight: 8, arbitrary: built },
  { weight: 1, arbitrary: noise },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2100, size: 'max' }) },
);

/** Every generated datagram is classified as it is and with this many changes made to it. */
const VARIANTS = 7;

/** Changes up to three octets, and cuts off an end. */
function variant(bytes: Uint8Array, seed: number): Uint8Array {
  const draw = drawing(seed);
  const cut = draw(3) === 0 ? draw(40) : 0;
  const copy = bytes.slice(0, Math.max(0, bytes.length - cut));
  for (let changes = draw(4); changes > 0 && copy.length > 0; changes--) {
    copy[draw(copy.length)] = draw(2) === 0 ? draw(256) : CODES[draw(CODES.length)]!;
  }
  return copy;
}

t.test('module and twin agree on 100,000 built, changed, cut and random datagrams', async (t) => {
  const reasons = agreeOnMany({
    classifier,
    base,
    seed: SEED,
    variants: VARIANTS,
    variant,
    difference: (count) => differenceToTwin6(classifier, count),
    reasonOf: (i) => field6(classifier, Field.malformed, i),
  });
  for (const reason of [0, ...Object.values(Malformed)]) {
    t.ok((reasons.get(reason) ?? 0) >= 20, `the run met reason ${reason}: ${reasons.get(reason)} times`);
  }
  t.ok((reasons.get(0) ?? 0) >= 10_000, `many are well formed: ${reasons.get(0)}`);
});

/** Compares batch by batch. @returns what differs first, '' for nothing */
function firstDifference(datagrams: readonly (readonly number[] | Uint8Array)[]): string {
  for (let from = 0; from < datagrams.length; from += BATCH_MAX) {
    const batch = datagrams.slice(from, from + BATCH_MAX).map((bytes) => Uint8Array.from(bytes));
    place(classifier, batch);
    const difference = differenceToTwin6(classifier, batch.length);
    if (difference !== '') return `from ${from}: ${difference}`;
  }
  return '';
}

t.test(
  'module and twin agree on every truncation of a message with everything behind three relays',
  async (t) => {
    const bytes = fullMessage();
    t.equal(
      firstDifference(Array.from({ length: bytes.length + 1 }, (_, length) => bytes.slice(0, length))),
      '',
    );
  },
);

t.test('module and twin agree on every value of every octet of it', async (t) => {
  const bytes = fullMessage();
  for (let at = 0; at < bytes.length; at++) {
    const datagrams = Array.from({ length: 256 }, (_, value) => bytes.with(at, value));
    const difference = firstDifference(datagrams);
    if (difference !== '') t.fail(`octet ${at}, ${difference}`);
  }
  t.pass('no difference');
});

t.test(
  'module and twin agree on lengths that lie at each relay level, by a little and by much',
  async (t) => {
    const inner = message6(MessageType.solicit, CLIENT_ID);
    const datagrams: number[][] = [];
    for (let levels = 1; levels <= 32; levels++) {
      const bytes = relayedTimes(inner, levels);
      for (let level = 0; level < levels; level++) {
        const length = bytes.length - 38 * (level + 1);
        for (const lie of [0, 1, 3, 4, 33, 34, length - 1, length + 1, length + 4, 0x7fff, 0xffff]) {
          const forged = [...bytes];
          forged.splice(38 * level + 36, 2, ...half(lie));
          datagrams.push(forged);
        }
      }
    }
    t.equal(firstDifference(datagrams), '');
  },
);

t.test(
  'module and twin agree on options inside of options, as deep as a datagram holds and deeper',
  async (t) => {
    const nested = (code: number, header: number, depth: number): number[] => {
      let inside: number[] = [];
      for (let i = 0; i < depth; i++)
        inside = option6(code, [...new Array<number>(header).fill(0), ...inside]);
      return message6(MessageType.solicit, [...CLIENT_ID, ...inside]);
    };
    const datagrams = [1, 2, 60, 100, 480].flatMap((depth) => [
      nested(OptionCode.iaNa, 12, depth),
      nested(OptionCode.iaAddress, 24, depth),
      nested(OptionCode.relayMessage, 0, depth),
      nested(OptionCode.vendorOptions, 4, depth),
    ]);
    t.equal(firstDifference(datagrams), '');
  },
);

t.test('nothing outside of a datagram is read', async (t) => {
  const full = fullMessage();
  const rows = [full, message6(informationRequest, []), relayedTimes(message6(1), 32)];
  const datagrams = rows.flatMap((bytes) => bytes.map((_, length) => bytes.slice(0, length)));
  const others = [0x00, 0xff, 1].map((value) => {
    const other = new Classifier();
    if (value === 1) fillWithNoise(other, DUID[0]!);
    else other.bytes.fill(value, 65536);
    return other;
  });
  for (const bytes of datagrams) {
    const seen = others.map((other) => {
      // One after the other in the same slot, with what was there before around it.
      other.bytes.set(bytes, INPUT_OFFSET + INPUT_STRIDE);
      other.setLength(0, 0);
      other.setLength(1, bytes.length);
      other.classify6(2);
      const words = other.words6.subarray(0, 80).join(' ');
      other.bytes.fill(
        other.bytes[INPUT_OFFSET]!,
        INPUT_OFFSET + INPUT_STRIDE,
        INPUT_OFFSET + 2 * INPUT_STRIDE,
      );
      return words;
    });
    if (new Set(seen).size !== 1) t.fail(`${bytes.length} octets`);
  }
  t.pass('what lies around makes no difference');
});

t.test('no count makes the module write outside of its results', async (t) => {
  for (const count of [0, BATCH_MAX]) t.equal(differenceToTwin6(classifier, count), '');
});
