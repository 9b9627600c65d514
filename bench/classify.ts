/**
 * Finding out what a batch of datagrams is: one call of the WebAssembly module against its TypeScript twin. Of DHCPv6, half
 * of the messages came through a relay.
 */
import { MessageType } from '../src/dhcp4/codes.ts';
import { OptionCode } from '../src/dhcp6/codes.ts';
import {
  BATCH_MAX,
  INPUT_OFFSET,
  INPUT_STRIDE,
  KEY_OFFSET,
  LAYOUT_END,
  RESULTS_OFFSET,
  RESULTS6_OFFSET,
} from '../src/wasm/layout.ts';
import { Classifier } from '../src/wasm/module.ts';
import { ClassifierTwin } from '../test/oracle/classify4.ts';
import { ClassifierTwin6 } from '../test/oracle/classify6.ts';
import { address6, DUID, iaOption, message6, option6, relayed } from '../test/oracle/datagram6.ts';
import { createQuery } from './clients.ts';
import { type Contender, compare, DIGEST_SEED, foldBytes, sizeOf } from './harness.ts';
import type { Bench, BenchTable, Scale } from './model.ts';

export const classify: Bench = {
  name: 'classify',
  question: 'What does it cost to check one datagram and to find its options and its hash, in batches of 64?',
  run: ({ scale }) => {
    const [four, six] = [compare4(scale), compare6(scale)];
    const columns = four.columns.with(-1, 'time against the module');
    return { columns, rows: [...four.rows, ...six.rows], digest: `${four.digest} ${six.digest}` };
  },
};

function compare4(scale: Scale): BenchTable {
  const classifier = classifierOf((i) =>
    createQuery(i, i % 2 === 0 ? MessageType.discover : MessageType.request, 0x0a010000 + i),
  );
  // A memory of its own: the twin must not find the module's answers.
  const twinMemory = classifier.memory.buffer.slice(0);
  const twin = new ClassifierTwin(twinMemory);
  return race(
    'DHCPv4',
    scale,
    [RESULTS_OFFSET, KEY_OFFSET],
    [
      { memory: classifier.memory.buffer, classifyAll: () => classifier.classify(BATCH_MAX) },
      { memory: twinMemory, classifyAll: () => twin.classify(BATCH_MAX) },
    ],
  );
}

function compare6(scale: Scale): BenchTable {
  const classifier = classifierOf(createQuery6);
  const twinMemory = classifier.memory.buffer.slice(0);
  const twin = new ClassifierTwin6(twinMemory);
  return race(
    'DHCPv6',
    scale,
    [RESULTS6_OFFSET, LAYOUT_END],
    [
      { memory: classifier.memory.buffer, classifyAll: () => classifier.classify6(BATCH_MAX) },
      { memory: twinMemory, classifyAll: () => twin.classify(BATCH_MAX) },
    ],
  );
}

/** One that has a datagram in every place. */
function classifierOf(create: (i: number) => Uint8Array): Classifier {
  const classifier = new Classifier();
  for (let i = 0; i < BATCH_MAX; i++) {
    const datagram = create(i);
    classifier.bytes.set(datagram, INPUT_OFFSET + i * INPUT_STRIDE);
    classifier.setLength(i, datagram.length);
  }
  return classifier;
}

/** A SOLICIT for an address with what clients usually send, every other one relayed. */
function createQuery6(i: number): Uint8Array {
  const solicit = message6(1, [
    ...option6(OptionCode.clientId, DUID.with(-1, i)),
    ...option6(OptionCode.optionRequest, [0, 23, 0, 24, 0, 39]),
    ...option6(OptionCode.elapsedTime, [0, 0]),
    ...iaOption({ iaid: i }),
  ]);
  if (i % 2 === 0) return Uint8Array.from(solicit);
  const options = option6(OptionCode.interfaceId, [1, 2, 3, 4]);
  return Uint8Array.from(relayed(solicit, { link: address6(1), options }));
}

interface Rival {
  readonly memory: ArrayBuffer;
  readonly classifyAll: () => void;
}

/** @param results where in memory the answers are, from and end */
function race(
  family: string,
  scale: Scale,
  [from, end]: [number, number],
  rivals: [Rival, Rival],
): BenchTable {
  const batches = sizeOf(scale, 2, 4000);
  const contender = (name: string, { memory, classifyAll }: Rival): Contender => ({
    name,
    run: () => {
      for (let batch = 0; batch < batches; batch++) classifyAll();
    },
    digest: () => foldBytes(DIGEST_SEED, new Uint8Array(memory, from, end - from)),
  });
  const contenders = [
    contender(`${family}, WebAssembly`, rivals[0]),
    contender(`${family}, TypeScript twin`, rivals[1]),
  ];
  return compare({ operations: BATCH_MAX * batches, sameDigest: true, contenders }, scale);
}
