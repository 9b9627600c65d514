/** Finding out what a batch of datagrams is: one call of the WebAssembly module against its TypeScript twin. */
import { MessageType } from '../src/dhcp4/codes.ts';
import { DESCRIPTOR_WORDS } from '../src/dhcp4/descriptor.ts';
import { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE, RESULTS_OFFSET } from '../src/wasm/layout.ts';
import { Classifier } from '../src/wasm/module.ts';
import { ClassifierTwin } from '../test/oracle/classify4.ts';
import { createQuery } from './clients.ts';
import { type Contender, compare, DIGEST_SEED, foldBytes, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

export const classify: Bench = {
  name: 'classify',
  question: 'What does it cost to check one datagram and to find its options and its hash, in batches of 64?',
  run: ({ scale }) => {
    const classifier = new Classifier();
    for (let i = 0; i < BATCH_MAX; i++) {
      const query = createQuery(i, i % 2 === 0 ? MessageType.discover : MessageType.request, 0x0a010000 + i);
      classifier.bytes.set(query, INPUT_OFFSET + i * INPUT_STRIDE);
      classifier.setLength(i, query.length);
    }
    // A memory of its own: the twin must not find the module's answers.
    const twinMemory = classifier.memory.buffer.slice(0);
    const twin = new ClassifierTwin(twinMemory);
    const batches = sizeOf(scale, 2, 4000);
    const contender = (
      name: string,
      memory: ArrayBuffer,
      classifyAll: (count: number) => void,
    ): Contender => ({
      name,
      run: () => {
        for (let batch = 0; batch < batches; batch++) classifyAll(BATCH_MAX);
      },
      digest: () =>
        foldBytes(DIGEST_SEED, new Uint8Array(memory, RESULTS_OFFSET, BATCH_MAX * DESCRIPTOR_WORDS * 4)),
    });
    return compare(
      {
        operations: BATCH_MAX * batches,
        sameDigest: true,
        contenders: [
          contender('WebAssembly', classifier.memory.buffer, (count) => classifier.classify(count)),
          contender('TypeScript twin', twinMemory, (count) => twin.classify(count)),
        ],
      },
      scale,
    );
  },
};
