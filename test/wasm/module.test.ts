import { readFileSync } from 'node:fs';
import t from 'tap';
import { DESCRIPTOR_WORDS, Field } from '../../src/dhcp4/descriptor.ts';
import { RELAY_LEVELS_MAX } from '../../src/dhcp6/codes.ts';
import { DESCRIPTOR_WORDS as DESCRIPTOR6_WORDS, RELAY_WORDS } from '../../src/dhcp6/descriptor.ts';
import { DatagramReceiver, DatagramSender } from '../../src/io/mmsg.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';
import { AGENT_BYTES_MAX } from '../../src/lease/dhcp4/agent-info.ts';
import * as layout from '../../src/wasm/layout.ts';
import { Classifier } from '../../src/wasm/module.ts';
import { datagram4 } from '../oracle/datagram4.ts';
import { hashTwin } from '../oracle/hash.ts';

const { BATCH_MAX, INPUT_OFFSET, INPUT_STRIDE, RESULTS_OFFSET } = layout;

interface RawExports {
  readonly classify4: (count: number) => void;
}

t.test('the areas of the layout follow each other inside the memory', async (t) => {
  t.equal(layout.DESCRIPTOR_BYTES, DESCRIPTOR_WORDS * 4);
  t.equal(layout.DESCRIPTOR6_BYTES, DESCRIPTOR6_WORDS * 4);
  t.equal(layout.RELAYS_STRIDE, RELAY_WORDS * RELAY_LEVELS_MAX * 4);
  const ends = [
    layout.INPUT_OFFSET + BATCH_MAX * INPUT_STRIDE,
    layout.SCRATCH_OFFSET + BATCH_MAX * layout.SCRATCH_STRIDE,
    layout.LENGTHS_OFFSET + BATCH_MAX * 4,
    layout.RESULTS_OFFSET + BATCH_MAX * layout.DESCRIPTOR_BYTES,
    layout.KEY_OFFSET + layout.KEY_BYTES_MAX,
    layout.STASH_OFFSET + AGENT_BYTES_MAX + 4,
    layout.RESULTS6_OFFSET + BATCH_MAX * layout.DESCRIPTOR6_BYTES,
    layout.RELAYS_OFFSET + BATCH_MAX * layout.RELAYS_STRIDE,
  ];
  const starts = [
    layout.SCRATCH_OFFSET,
    layout.LENGTHS_OFFSET,
    RESULTS_OFFSET,
    layout.KEY_OFFSET,
    layout.STASH_OFFSET,
    layout.RESULTS6_OFFSET,
    layout.RELAYS_OFFSET,
    layout.LAYOUT_END,
  ];
  t.same(ends, starts);
  t.ok(layout.LAYOUT_END <= layout.MEMORY_PAGES * 65536);
  t.ok(INPUT_OFFSET >= 65536, 'the first page belongs to the static data');
  t.ok(layout.SCRATCH_STRIDE >= INPUT_STRIDE - 240, 'concatenated options fit');
});

t.test('the module imports its memory and nothing else, and exports three functions', async (t) => {
  const file = readFileSync(new URL('../../src/tandem.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: layout.MEMORY_PAGES, maximum: layout.MEMORY_PAGES });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(file), { env: { memory } });
  t.same(Object.keys(exports).sort(), ['classify4', 'classify6', 'hash']);
});

t.test('no count makes the module write outside its results', async (t) => {
  const file = readFileSync(new URL('../../src/tandem.wasm', import.meta.url));
  const memory = new WebAssembly.Memory({ initial: layout.MEMORY_PAGES, maximum: layout.MEMORY_PAGES });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(file), { env: { memory } });
  const { classify4 } = instance.exports as unknown as RawExports;
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xaa, 65536);
  for (const count of [-1, -2147483648, 0]) {
    classify4(count);
    t.ok(
      bytes.subarray(65536).every((byte) => byte === 0xaa),
      `count ${count}`,
    );
  }
  for (const count of [BATCH_MAX, BATCH_MAX + 1, 2147483647]) {
    classify4(count);
    t.ok(
      bytes.subarray(65536, RESULTS_OFFSET).every((byte) => byte === 0xaa),
      `count ${count}, before`,
    );
    t.ok(
      bytes.subarray(layout.KEY_OFFSET).every((byte) => byte === 0xaa),
      `count ${count}, behind`,
    );
  }
});

t.test('the descriptors are seen through `words`, and their offsets through `bytes`', async (t) => {
  const classifier = new Classifier();
  classifier.bytes.set(datagram4({ secs: 77 }), INPUT_OFFSET + INPUT_STRIDE);
  classifier.setLength(1, 244);
  classifier.classify(2);
  t.equal(classifier.words[Field.malformed], 1, 'slot 0 is empty');
  t.equal(classifier.words[DESCRIPTOR_WORDS + Field.secs], 77);
});

t.test('a batch and a slot out of bounds are programmer errors', async (t) => {
  const classifier = new Classifier();
  t.throws(() => classifier.classify(BATCH_MAX + 1), { message: /at most a batch/ });
  t.throws(() => classifier.classify(-1), { message: /at most a batch/ });
  t.throws(() => classifier.setLength(BATCH_MAX, 1), { message: /a slot of the batch/ });
  t.throws(() => classifier.hash(new Uint8Array(layout.KEY_BYTES_MAX + 1)), { message: /client key/ });
});

t.test('the hash of the module is that of its twin, for every length and byte', async (t) => {
  const classifier = new Classifier();
  for (let value = 0; value < 256; value++) {
    const key = Uint8Array.of(value);
    if (classifier.hash(key) !== hashTwin(key)) t.fail(`byte ${value}`);
  }
  const bytes = Uint8Array.from({ length: layout.KEY_BYTES_MAX }, (_, i) => (i * 31 + (i >> 3)) & 255);
  for (let length = 0; length <= bytes.length; length++) {
    const key = bytes.subarray(0, length);
    if (classifier.hash(key) !== hashTwin(key)) t.fail(`length ${length}`);
  }
  t.pass('no difference');
});

t.test('two classifiers do not share anything', async (t) => {
  const one = new Classifier();
  const other = new Classifier();
  one.bytes.set(datagram4(), INPUT_OFFSET);
  one.setLength(0, 244);
  one.classify(1);
  other.classify(1);
  t.equal(one.words[Field.malformed], 0);
  t.equal(other.words[Field.malformed], 1);
});

t.test('datagrams go from a socket through the kernel into descriptors without a copy', async (t) => {
  const fd = openUdpSocket({ address: 0x7f000001, port: 0, receiveBufferBytes: 200_000 });
  t.teardown(() => closeFd(fd));
  const classifier = new Classifier();
  const receiver = new DatagramReceiver(classifier.memory.buffer, INPUT_OFFSET, INPUT_STRIDE, BATCH_MAX);
  const sender = new DatagramSender(BATCH_MAX, 3000, BATCH_MAX);
  for (let slot = 0; slot < 20; slot++) {
    sender.bytes.set(datagram4({ secs: slot }), slot * 3000);
    sender.queue(slot, slot === 7 ? 2049 : 244, 0x7f000001, localPort(fd), fd);
  }
  sender.flush();
  const count = receiver.receive(fd);
  t.equal(count, 20);
  for (let i = 0; i < count; i++) classifier.setLength(i, receiver.length(i));
  classifier.classify(count);
  for (let i = 0; i < count; i++) {
    t.equal(classifier.words[i * DESCRIPTOR_WORDS + Field.malformed], i === 7 ? 2 : 0);
    if (i !== 7) t.equal(classifier.words[i * DESCRIPTOR_WORDS + Field.secs], i);
  }
});
