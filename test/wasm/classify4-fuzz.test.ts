import fc from 'fast-check';
import t from 'tap';
import { Field, Malformed } from '../../src/dhcp4/descriptor.ts';
import { BATCH_MAX, INPUT_STRIDE } from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';
import { DISCOVER, datagram4, END, option } from '../oracle/datagram4.ts';
import { differenceToTwin, field, place } from './batch.ts';
import { agreeOnMany, drawing, fillWithNoise } from './fuzzing.ts';

const SEED = 3074;
const WANTED = [12, 50, 51, 53, 54, 55, 57, 60, 61, 82, 118];

const classifier = new Classifier();
fillWithNoise(classifier, SEED);

/** The well-formed query with everything in it. */
function fullQuery(): Uint8Array {
  const agent = [
    ...option(1, [1, 2, 3, 4]),
    ...option(5, [10, 0, 0, 1]),
    ...option(11, [10, 0, 0, 2]),
    ...option(19),
  ];
  return datagram4({
    giaddr: 0x0a000001,
    options: [
      ...DISCOVER,
      ...option(61, [1, 2, 0, 0, 0, 0, 1]),
      ...option(50, [10, 0, 0, 9]),
      ...option(51, [0, 0, 14, 16]),
      ...option(54, [10, 0, 0, 2]),
      ...option(57, [5, 220]),
      ...option(118, [10, 0, 0, 0]),
      ...option(12, [104, 111, 115, 116]),
      ...option(60, [77, 83]),
      0,
      ...option(55, [1, 3, 6, 15]),
      ...option(61, [9, 9]),
      ...option(82, agent),
      ...END,
    ],
  });
}

const payload = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 2 }) },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 16 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 200, maxLength: 255, size: 'max' }) },
);
const subOption = fc
  .tuple(fc.oneof(fc.constantFrom(1, 5, 11, 19), fc.nat(255)), payload)
  .map(([code, bytes]) => option(code, [...bytes.subarray(0, 20)]));
const agentOption = fc
  .tuple(fc.array(subOption, { maxLength: 6 }), fc.constantFrom(0, 0, 0, 0, 0, -1, -3))
  .map(([parts, cut]) => {
    const bytes = parts.flat();
    return option(82, bytes.slice(0, Math.max(0, bytes.length + cut)));
  });
const sized = fc.oneof(
  fc.tuple(fc.constantFrom(50, 51, 54, 118), fc.uint8Array({ minLength: 4, maxLength: 4 })),
  fc.tuple(fc.constantFrom(57), fc.uint8Array({ minLength: 2, maxLength: 2 })),
  fc.tuple(fc.constantFrom(12, 55, 60, 61), payload),
);
const anyOption = fc.oneof(
  { weight: 60, arbitrary: sized.map(([code, bytes]) => option(code, [...bytes])) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...WANTED), payload).map(([c, p]) => option(c, [...p])) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(255), payload).map(([c, p]) => option(c, [...p])) },
  { weight: 6, arbitrary: agentOption },
  { weight: 1, arbitrary: fc.constant(DISCOVER) },
  { weight: 8, arbitrary: fc.constant([0]) },
  { weight: 8, arbitrary: fc.constant(option(53)) },
);

/** Built from options: mostly well formed. */
const built = fc
  .record({
    op: fc.oneof({ weight: 40, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(255) }),
    hlen: fc.oneof({ weight: 40, arbitrary: fc.constant(6) }, { weight: 2, arbitrary: fc.nat(20) }),
    htype: fc.nat(255),
    secs: fc.nat(65535),
    flags: fc.nat(65535),
    ciaddr: fc.nat(0xffffffff),
    giaddr: fc.nat(0xffffffff),
    chaddr: fc.array(fc.nat(255), { maxLength: 16 }),
    options: fc.array(anyOption, { maxLength: 12 }).map((options) => [...DISCOVER, ...options.flat(), 255]),
  })
  .map(datagram4);

/** A header, then noise. */
const noise = fc
  .uint8Array({ maxLength: 600, size: 'max' })
  .map((bytes) => datagram4({ options: [...DISCOVER, ...bytes] }));

const base = fc.oneof(
  { weight: 6, arbitrary: built },
  { weight: 1, arbitrary: noise },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2100, size: 'max' }) },
);

/** Every generated datagram is classified as it is and with this many changes made to it. */
const VARIANTS = 7;

/** Changes up to three octets, most of them in the options, and cuts off an end. */
function variant(bytes: Uint8Array, seed: number): Uint8Array {
  const draw = drawing(seed);
  const cut = draw(3) === 0 ? draw(40) : 0;
  const copy = bytes.slice(0, Math.max(0, bytes.length - cut));
  for (let changes = draw(4); changes > 0; changes--) {
    const from = draw(4) === 0 || copy.length <= 240 ? 0 : 240;
    copy[from + draw(copy.length - from)] = draw(2) === 0 ? draw(256) : WANTED[draw(WANTED.length)]!;
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
    difference: (count) => differenceToTwin(classifier, count),
    reasonOf: (i) => field(classifier, Field.malformed, i),
  });
  for (let reason = 0; reason <= Math.max(...Object.values(Malformed)); reason++) {
    t.ok((reasons.get(reason) ?? 0) >= 20, `the run met reason ${reason}: ${reasons.get(reason)} times`);
  }
  t.ok([...reasons.values()].reduce((sum, count) => sum + count) >= 100_000);
});

t.test('module and twin agree on every truncation of a full query', async (t) => {
  const bytes = fullQuery();
  for (let from = 0; from <= bytes.length; from += BATCH_MAX) {
    const batch: Uint8Array[] = [];
    for (let length = from; length < from + BATCH_MAX && length <= bytes.length; length++) {
      batch.push(bytes.subarray(0, length));
    }
    place(classifier, batch);
    t.equal(differenceToTwin(classifier, batch.length), '');
  }
});

t.test(
  'module and twin agree on every length octet 0..255 of every option and of its neighbours',
  async (t) => {
    for (const code of [...WANTED, 52, 255, 0, 43]) {
      for (let from = 0; from < 256; from += BATCH_MAX) {
        const batch = Array.from({ length: BATCH_MAX }, (_, i) =>
          // The same octets follow whatever the length says, so it reaches into and past them.
          datagram4({
            options: [...DISCOVER, code, from + i, ...new Array(120).fill(1), ...option(61, [1, 2])],
          }),
        );
        place(classifier, batch);
        t.equal(differenceToTwin(classifier, BATCH_MAX), '');
      }
    }
  },
);

t.test('module and twin agree on exact payloads of 0..255 octets of every option', async (t) => {
  for (const code of WANTED) {
    for (let from = 0; from < 256; from += BATCH_MAX) {
      const batch = Array.from({ length: BATCH_MAX }, (_, i) =>
        datagram4({ options: [...DISCOVER, ...option(code, new Array(from + i).fill(19)), ...END] }),
      );
      place(classifier, batch);
      t.equal(differenceToTwin(classifier, BATCH_MAX), '');
    }
  }
});

t.test('module and twin agree on every two-octet start and every length within option 82', async (t) => {
  for (let code = 0; code < 256; code++) {
    for (let from = 0; from < 256; from += BATCH_MAX) {
      const batch = Array.from({ length: BATCH_MAX }, (_, i) =>
        datagram4({ options: [...DISCOVER, ...option(82, [code, from + i, 1, 2, 3, 4, 5, 4, 9, 9, 9, 9])] }),
      );
      place(classifier, batch);
      const difference = differenceToTwin(classifier, BATCH_MAX);
      if (difference !== '') t.fail(`sub-option ${code}, lengths from ${from}: ${difference}`);
    }
  }
  t.pass('65,536 of them');
});

t.test('module and twin agree on option 82 cut into any two parts', async (t) => {
  const agent = [
    ...option(5, [10, 0, 0, 1]),
    ...option(11, [10, 0, 0, 2]),
    ...option(19),
    ...option(151, [0]),
  ];
  for (let end = 0; end <= agent.length; end++) {
    const batch = Array.from({ length: end + 1 }, (_, cut) =>
      datagram4({
        options: [
          ...DISCOVER,
          ...option(82, agent.slice(0, cut)),
          ...option(82, agent.slice(cut, end)),
          ...END,
        ],
      }),
    );
    place(classifier, batch);
    t.equal(differenceToTwin(classifier, batch.length), '');
  }
});

t.test('module and twin agree on slots that are full to the last octet', async (t) => {
  for (let last = 0; last < 256; last++) {
    const bytes = datagram4({ options: [...DISCOVER, ...new Array(INPUT_STRIDE - 243).fill(0)] });
    bytes[INPUT_STRIDE - 1] = last;
    bytes[INPUT_STRIDE - 2] = last & 1 ? 61 : 0;
    place(classifier, new Array(BATCH_MAX).fill(bytes));
    const difference = differenceToTwin(classifier, BATCH_MAX);
    if (difference !== '') t.fail(`last octet ${last}: ${difference}`);
  }
  t.pass('no difference');
});
