import t from 'tap';
import { AgentCode, MessageType, OptionCode } from '../../src/dhcp4/codes.ts';
import { DESCRIPTOR_WORDS, Field, Malformed, Present } from '../../src/dhcp4/descriptor.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE, SCRATCH_OFFSET } from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';
import { type DatagramParts, DISCOVER, datagram4, END, option } from '../oracle/datagram4.ts';
import { hashTwin } from '../oracle/hash.ts';
import { classify, differenceToTwin, field, place, run } from './batch.ts';

const classifier = new Classifier();

function malformedOf(parts: DatagramParts): number {
  classify(classifier, datagram4(parts));
  return field(classifier, Field.malformed);
}

t.test('the header fields are read as RFC 2131 section 2 lays them out', async (t) => {
  const parts = { htype: 6, hlen: 8, secs: 0xfffe, flags: 0x8000, ciaddr: 0xfffefdfc, giaddr: 0x0a010203 };
  classify(classifier, datagram4({ ...parts, chaddr: [1, 2, 3, 4, 5, 6, 7, 8] }));
  t.equal(field(classifier, Field.malformed), 0);
  t.equal(field(classifier, Field.messageType), MessageType.discover);
  t.equal(field(classifier, Field.htype), 6);
  t.equal(field(classifier, Field.hlen), 8);
  t.equal(field(classifier, Field.secs), 0xfffe);
  t.equal(field(classifier, Field.flags), 0x8000);
  t.equal(field(classifier, Field.ciaddr), 0xfffefdfc);
  t.equal(field(classifier, Field.giaddr), 0x0a010203);
  t.equal(field(classifier, Field.present), 0);
  t.equal(field(classifier, Field.hash), hashTwin(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)));
});

t.test('every scalar option has its field and its bit', async (t) => {
  const rows = [
    ['requestedAddress', OptionCode.requestedAddress, [0xc0, 0xa8, 0x01, 0xfe], 0xc0a801fe],
    ['serverIdentifier', OptionCode.serverIdentifier, [0xff, 0xff, 0xff, 0xff], 0xffffffff],
    ['leaseTime', OptionCode.leaseTime, [0, 0, 0x0e, 0x10], 3600],
    ['subnetSelection', OptionCode.subnetSelection, [10, 0, 0, 0], 0x0a000000],
    ['maxMessageSize', OptionCode.maxMessageSize, [0x05, 0xdc], 1500],
  ] as const;
  for (const [name, code, payload, value] of rows) {
    classify(classifier, datagram4({ options: [...DISCOVER, ...option(code, payload), ...END] }));
    t.equal(field(classifier, Field[name]), value, name);
    t.equal(field(classifier, Field.present), Present[name], name);
  }
});

t.test('the sub-options of option 82 have their fields and bits', async (t) => {
  const agent = [
    ...option(1, [1, 2, 3]),
    ...option(AgentCode.linkSelection, [10, 9, 8, 7]),
    ...option(AgentCode.serverIdOverride, [192, 0, 2, 1]),
    ...option(AgentCode.relayPort),
  ];
  classify(classifier, datagram4({ options: [...DISCOVER, ...option(82, agent), ...END] }));
  t.equal(field(classifier, Field.linkSelection), 0x0a090807);
  t.equal(field(classifier, Field.serverIdOverride), 0xc0000201);
  const bits = Present.linkSelection | Present.serverIdOverride | Present.relayPort;
  t.equal(field(classifier, Field.present), bits);
  t.same(run(classifier, Field.agentOffset), agent);
});

t.test('equal sub-options are put together, and count when that makes an address', async (t) => {
  for (const [code, word, bit] of [
    [AgentCode.linkSelection, Field.linkSelection, Present.linkSelection],
    [AgentCode.serverIdOverride, Field.serverIdOverride, Present.serverIdOverride],
  ] as const) {
    const rows: readonly (readonly [parts: readonly number[][], value: number])[] = [
      [[[1, 2, 3, 4]], 0x01020304],
      [
        [
          [1, 2],
          [3, 4],
        ],
        0x01020304,
      ],
      [[[], [1, 2, 3, 4], []], 0x01020304],
      [
        [
          [1, 1, 1, 1],
          [2, 2, 2, 2],
        ],
        0,
      ],
      [[[1, 2, 3]], 0],
      [[[1, 2, 3, 4, 5]], 0],
      [[[]], 0],
    ];
    for (const [parts, value] of rows) {
      const agent = parts.flatMap((part) => option(code, part));
      classify(classifier, datagram4({ options: [...DISCOVER, ...option(82, agent)] }));
      t.equal(field(classifier, Field.malformed), 0);
      t.equal(field(classifier, word), value, `${code}: ${JSON.stringify(parts)}`);
      t.equal((field(classifier, Field.present) & bit) !== 0, value !== 0);
      t.same(run(classifier, Field.agentOffset), agent, 'what is echoed is what came');
    }
  }
});

t.test('what is malformed and can be passed over is passed over', async (t) => {
  const before = [...DISCOVER, ...option(50, [10, 0, 0, 9]), ...option(82, [1, 1, 7])];
  const tails: readonly (readonly [what: string, tail: readonly number[]])[] = [
    ['nothing, not even END', []],
    ['one octet', [12]],
    ['an option one octet too long', [12, 3, 1, 2]],
    ['an unknown option past the end', [200, 255, 1]],
    ['an identifier past the end', [61, 7, 1, 2]],
    ['a second part past the end', [82, 9, 1]],
    ['a second message type past the end', [53, 2, 1]],
  ];
  for (const [what, tail] of tails) {
    classify(classifier, datagram4({ options: [...before, ...tail] }));
    t.equal(field(classifier, Field.malformed), 0, what);
    t.equal(field(classifier, Field.requestedAddress), 0x0a000009);
    t.same(run(classifier, Field.agentOffset), [1, 1, 7]);
    t.same(run(classifier, Field.clientIdOffset), []);
  }
});

t.test('of an option that is longer than its size the first octets count', async (t) => {
  const rows = [
    [50, Field.requestedAddress, [10, 0, 0, 9], 0x0a000009],
    [51, Field.leaseTime, [0, 0, 1, 0], 256],
    [53, Field.messageType, [1], 1],
    [54, Field.serverIdentifier, [10, 0, 0, 2], 0x0a000002],
    [57, Field.maxMessageSize, [5, 220], 1500],
    [118, Field.subnetSelection, [10, 2, 0, 0], 0x0a020000],
  ] as const;
  for (const [code, word, payload, value] of rows) {
    for (const more of [[], [9], [9, 9, 9, 9]]) {
      const type = code === 53 ? [] : DISCOVER;
      classify(classifier, datagram4({ options: [...type, ...option(code, [...payload, ...more])] }));
      t.equal(field(classifier, word), value, `${code} and ${more.length} more`);
    }
  }
});

t.test('several options of one value do not count; several types or servers make a query void', async (t) => {
  const twice = (code: number, one: number[], other: number[]): number =>
    malformedOf({ options: [...DISCOVER, ...option(code, one), ...option(code, other)] });
  for (const [code, bit, octets] of [
    [50, Present.requestedAddress, 4],
    [51, Present.leaseTime, 4],
    [118, Present.subnetSelection, 4],
    [57, Present.maxMessageSize, 2],
  ] as const) {
    t.equal(twice(code, new Array(octets).fill(1), new Array(octets).fill(2)), 0);
    t.equal(field(classifier, Field.present) & bit, 0, `${code} twice`);
    t.equal(twice(code, [1], new Array(octets - 1).fill(2)), 0);
    t.equal(field(classifier, Field.present) & bit, bit, `${code} in two parts`);
    t.equal(twice(code, [], [1]), Malformed.optionLength, `${code} too short in two parts`);
  }
  t.equal(twice(54, [1, 1, 1, 1], [1, 1, 1, 1]), Malformed.optionLength);
  t.equal(twice(53, [], []), 0, 'empty parts say nothing');
});

t.test('options of free length are given as a run of bytes in the datagram', async (t) => {
  const rows = [
    [OptionCode.hostName, Field.hostNameOffset],
    [OptionCode.parameterRequestList, Field.requestListOffset],
    [OptionCode.vendorClass, Field.vendorClassOffset],
    [OptionCode.clientIdentifier, Field.clientIdOffset],
  ] as const;
  for (const [code, offset] of rows) {
    for (const length of [1, 2, 128, 255]) {
      const payload = Array.from({ length }, (_, i) => (i * 7 + code) & 255);
      classify(classifier, datagram4({ options: [...DISCOVER, ...option(code, payload), ...END] }));
      t.same(run(classifier, offset), payload);
      t.equal(field(classifier, offset), INPUT_OFFSET + 240 + DISCOVER.length + 2, 'in place');
    }
    classify(classifier, datagram4({ options: [...DISCOVER, ...option(code), ...END] }));
    t.same(run(classifier, offset), [], 'empty is absent');
    t.equal(field(classifier, offset), 0);
  }
});

t.test('the hash is of option 61 when it is not empty, else of chaddr', async (t) => {
  const chaddr = [0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f];
  classify(classifier, datagram4({ chaddr }));
  t.equal(field(classifier, Field.hash), 31);
  classify(classifier, datagram4({ chaddr, options: [...DISCOVER, ...option(61), ...END] }));
  t.equal(field(classifier, Field.hash), 31);
  classify(classifier, datagram4({ chaddr, options: [...DISCOVER, ...option(61, [1, ...chaddr])] }));
  t.equal(field(classifier, Field.hash), 34);
  const long = Array.from({ length: 300 }, (_, i) => i & 255);
  const options = [...DISCOVER, ...option(61, long.slice(0, 255)), ...option(61, long.slice(255))];
  classify(classifier, datagram4({ options }));
  t.equal(field(classifier, Field.hash), hashTwin(Uint8Array.from(long)));
});

t.test('each malformed datagram has its reason', async (t) => {
  const rows: readonly [string, DatagramParts, number][] = [
    ['op 2', { op: 2 }, Malformed.notAQuery],
    ['op 0', { op: 0 }, Malformed.notAQuery],
    ['hlen 17', { hlen: 17 }, Malformed.badHardwareLength],
    ['hlen 255', { hlen: 255 }, Malformed.badHardwareLength],
    ['no cookie', { cookie: 0 }, Malformed.noMagicCookie],
    ['cookie off by one bit', { cookie: 0x63825362 }, Malformed.noMagicCookie],
    ['option 53 empty', { options: option(53) }, Malformed.optionLength],
    ['option 53 twice', { options: [...DISCOVER, ...DISCOVER] }, Malformed.optionLength],
    ...[50, 51, 54, 118].flatMap((code) =>
      [0, 1, 3].map(
        (octets) =>
          [
            `option ${code} of ${octets}`,
            { options: [...DISCOVER, ...option(code, new Array(octets).fill(1))] },
            Malformed.optionLength,
          ] as [string, DatagramParts, number],
      ),
    ),
    ['option 57 of 1', { options: [...DISCOVER, ...option(57, [5])] }, Malformed.optionLength],
    ['two servers', { options: [...DISCOVER, ...option(54, [1, 1, 1, 1]), ...option(54, [2, 2, 2, 2])] }, 6],
    ['no options', { options: [] }, Malformed.noMessageType],
    ['only END', { options: END }, Malformed.noMessageType],
    ['53 past the end', { options: [53, 2, 1] }, Malformed.noMessageType],
    ['53 behind an option past the end', { options: [200, 9, ...DISCOVER] }, Malformed.noMessageType],
    ['53 after END', { options: [...END, ...DISCOVER] }, Malformed.noMessageType],
    ['no hardware address', { hlen: 0 }, Malformed.noClient],
    ['nor a client-id', { hlen: 0, options: [...DISCOVER, ...option(61)] }, Malformed.noClient],
  ];
  for (const [name, parts, reason] of rows) t.equal(malformedOf(parts), reason, name);
});

t.test('of several reasons the first in the order of checks is given', async (t) => {
  const bad = { op: 2, hlen: 17, cookie: 0, options: [12] };
  t.equal(malformedOf(bad), Malformed.notAQuery);
  t.equal(malformedOf({ ...bad, op: 1 }), Malformed.badHardwareLength);
  t.equal(malformedOf({ ...bad, op: 1, hlen: 0 }), Malformed.noMagicCookie);
  t.equal(malformedOf({ hlen: 0, options: option(50) }), Malformed.optionLength);
  t.equal(malformedOf({ hlen: 0, options: [] }), Malformed.noClient);
  t.equal(malformedOf({ options: [] }), Malformed.noMessageType);
});

t.test('what has no message type is described all the same', async (t) => {
  const chaddr = [2, 0, 0, 0, 0, 9];
  const options = [...option(61, [1, 2]), ...option(82, [5, 4, 10, 0, 0, 1])];
  classify(classifier, datagram4({ giaddr: 7, chaddr, options: [...DISCOVER, ...options] }));
  const words = [...classifier.words.subarray(0, DESCRIPTOR_WORDS)];
  const bootp = datagram4({ giaddr: 7, chaddr, options: [0, 0, 0, ...options] });
  classify(classifier, bootp);
  words[Field.malformed] = Malformed.noMessageType;
  words[Field.messageType] = 0;
  t.same([...classifier.words.subarray(0, DESCRIPTOR_WORDS)], words);
});

t.test('a malformed datagram leaves no other field from the one before', async (t) => {
  classify(classifier, datagram4({ giaddr: 1, options: [...DISCOVER, ...option(61, [1, 2, 3])] }));
  classify(classifier, datagram4({ op: 2, giaddr: 1 }));
  t.same(
    [...classifier.words.subarray(0, DESCRIPTOR_WORDS)],
    [3, ...new Array(DESCRIPTOR_WORDS - 1).fill(0)],
  );
});

t.test('a datagram is too short below 240 octets and too long above a slot', async (t) => {
  const bytes = datagram4({ options: [...DISCOVER, ...new Array(INPUT_STRIDE).fill(0)] });
  const reasonAt = (length: number): number => {
    place(classifier, [bytes.subarray(0, INPUT_STRIDE)]);
    classifier.setLength(0, length);
    classifier.classify(1);
    return field(classifier, Field.malformed);
  };
  t.equal(reasonAt(0), Malformed.tooShort);
  t.equal(reasonAt(239), Malformed.tooShort);
  t.equal(reasonAt(240), Malformed.noMessageType);
  t.equal(reasonAt(243), 0);
  t.equal(reasonAt(INPUT_STRIDE), 0);
  t.equal(reasonAt(INPUT_STRIDE + 1), Malformed.tooLong);
  t.equal(reasonAt(65507), Malformed.tooLong);
  t.equal(reasonAt(0xffffffff), Malformed.tooLong);
});

t.test('PAD is skipped, END stops, and a missing END is fine', async (t) => {
  t.equal(malformedOf({ options: [0, 0, ...DISCOVER, 0, ...option(12, [65]), 0, 0, 0] }), 0);
  t.same(run(classifier, Field.hostNameOffset), [65]);
  t.equal(malformedOf({ options: [...DISCOVER, ...END, 12, 200, 1] }), 0, 'what follows END is not read');
  t.same(run(classifier, Field.hostNameOffset), []);
  t.equal(malformedOf({ options: DISCOVER }), 0);
  t.equal(
    malformedOf({ options: [...DISCOVER, ...option(12)] }),
    0,
    'an empty option may be the last octets',
  );
});

t.test('overload does not make the server read options from sname and file', async (t) => {
  const bytes = datagram4({ options: [...option(52, [3]), ...END] });
  bytes.set([...DISCOVER, ...END], 44);
  bytes.set([...DISCOVER, ...END], 108);
  classify(classifier, bytes);
  t.equal(field(classifier, Field.malformed), Malformed.noMessageType);
});

t.test('options that occur several times are concatenated in order (RFC 3396)', async (t) => {
  const options = [
    ...option(61, [1, 2]),
    ...option(12, [65]),
    0,
    ...option(61),
    ...DISCOVER,
    ...option(12, [66, 67]),
    ...option(55, [1, 3]),
    ...option(61, [3]),
    ...END,
    ...option(61, [9]),
  ];
  classify(classifier, datagram4(), datagram4({ options }));
  t.equal(field(classifier, Field.malformed, 1), 0);
  t.same(run(classifier, Field.clientIdOffset, 1), [1, 2, 3]);
  t.same(run(classifier, Field.hostNameOffset, 1), [65, 66, 67]);
  t.same(run(classifier, Field.requestListOffset, 1), [1, 3], 'one that occurs once stays in place');
  t.ok(field(classifier, Field.clientIdOffset, 1) >= SCRATCH_OFFSET);
  t.ok(field(classifier, Field.requestListOffset, 1) < SCRATCH_OFFSET);
  t.equal(field(classifier, Field.hash, 1), hashTwin(Uint8Array.of(1, 2, 3)));
});

t.test('a scalar may come in parts', async (t) => {
  t.equal(malformedOf({ options: [...DISCOVER, ...option(50, [10, 0]), ...option(50, [0, 7])] }), 0);
  t.equal(field(classifier, Field.requestedAddress), 0x0a000007);
  t.equal(malformedOf({ options: [...option(53), ...DISCOVER] }), 0);
  t.equal(field(classifier, Field.messageType), 1);
});

t.test('a sub-option may lie across two parts of option 82', async (t) => {
  const agent = option(AgentCode.linkSelection, [10, 1, 2, 3]);
  const options = [...DISCOVER, ...option(82, agent.slice(0, 3)), ...option(82, agent.slice(3)), ...END];
  t.equal(malformedOf({ options }), 0);
  t.equal(field(classifier, Field.linkSelection), 0x0a010203);
  t.same(run(classifier, Field.agentOffset), agent);
});

t.test('a datagram full of repeated options fits its scratch area', async (t) => {
  const parts: number[] = [...DISCOVER];
  while (parts.length + 257 <= INPUT_STRIDE - 240)
    parts.push(...option(61, new Array(255).fill(parts.length & 255)));
  const small = Array.from({ length: 600 }, () => option(60, [7])).flat();
  const empty = Array.from({ length: 900 }, () => option(12)).flat();
  const full = (options: number[]) => datagram4({ options: options.slice(0, INPUT_STRIDE - 240) });
  place(classifier, [
    full(parts),
    full([...DISCOVER, ...small]),
    full([...DISCOVER, ...empty, ...option(12, [65])]),
  ]);
  t.equal(differenceToTwin(classifier, 3), '');
  t.equal(run(classifier, Field.clientIdOffset, 0).length, 255 * 7);
  t.equal(run(classifier, Field.vendorClassOffset, 1).length, 600);
  t.same(run(classifier, Field.hostNameOffset, 2), [65]);
});

t.test('nothing behind the end of a datagram is read', async (t) => {
  const bytes = datagram4({ options: [...DISCOVER, ...option(61, [1, 2, 3]), ...option(82, [1, 1, 5])] });
  const results = [0x00, 0xff, 0x3d].map((filling) => {
    classifier.bytes.fill(filling, INPUT_OFFSET, INPUT_OFFSET + INPUT_STRIDE);
    const words: number[] = [];
    for (let length = 0; length <= bytes.length; length++) {
      place(classifier, [bytes.subarray(0, length)]);
      classifier.bytes.fill(filling, INPUT_OFFSET + length, INPUT_OFFSET + INPUT_STRIDE);
      classifier.classify(1);
      words.push(...classifier.words.subarray(0, DESCRIPTOR_WORDS));
    }
    return words;
  });
  t.same(results[0], results[1]);
  t.same(results[0], results[2]);
});

t.test('a batch is classified datagram by datagram, and no further than its count', async (t) => {
  const datagrams = Array.from({ length: BATCH_MAX }, (_, i) =>
    datagram4({ secs: i, op: i % 5 === 4 ? 2 : 1 }),
  );
  place(classifier, datagrams);
  classifier.words.fill(-1);
  classifier.classify(BATCH_MAX - 1);
  for (let i = 0; i < BATCH_MAX - 1; i++) {
    t.equal(field(classifier, Field.malformed, i), i % 5 === 4 ? Malformed.notAQuery : 0);
    if (i % 5 !== 4) t.equal(field(classifier, Field.secs, i), i);
  }
  const last = classifier.words.subarray((BATCH_MAX - 1) * DESCRIPTOR_WORDS);
  t.ok(last.every((word) => word === -1));
});
