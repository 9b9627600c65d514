import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import t from 'tap';
import {
  allocateByteRing,
  type ByteRingMemory,
  ByteRingReader,
  ByteRingWriter,
  RING_RECORD_BYTES_MAX,
  ringFill,
} from '../../src/base/byte-ring.ts';
import { payloadLength } from './byte-ring-records.ts';

const CAPACITY = 1 << 18;
const HEADER_BYTES = 8;

interface Entry {
  readonly kind: number;
  readonly sequence: number;
  readonly length: number;
  readonly octet: number;
}

const emptyRecord = () => ({ kind: 0, sequence: 0, offset: 0, length: 0 });

/** A ring whose counters stand shortly before the end of their range. */
function ringAt(bytes: number): ByteRingMemory {
  const memory = allocateByteRing(CAPACITY);
  new Int32Array(memory.control).fill(bytes | 0, 0, 2);
  return memory;
}

function write(writer: ByteRingWriter, { kind, sequence, length, octet }: Entry): boolean {
  return writer.write(kind, sequence, new Uint8Array(length).fill(octet), length);
}

/** The next record as an entry; null = none; throws when its octets are not all the same. */
function read(reader: ByteRingReader): Entry | null {
  const record = emptyRecord();
  if (!reader.next(record)) return null;
  const { kind, sequence, offset, length } = record;
  const octet = length === 0 ? 0 : reader.bytes[offset]!;
  for (let i = 0; i < length; i++) if (reader.bytes[offset + i] !== octet) throw new Error('a torn record');
  return { kind, sequence, length, octet };
}

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 70_000 }).map((length) => Math.min(length, RING_RECORD_BYTES_MAX)),
  fc.constantFrom(0, 1, 2, 3, 4, 5, RING_RECORD_BYTES_MAX),
);
const operations = fc.oneof(
  { weight: 5, arbitrary: fc.record({ what: fc.constant('write' as const), length: lengths }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('read' as const), length: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('release' as const), length: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('rewind' as const), length: fc.constant(0) }) },
);

t.test('it behaves as a queue, at the end of the memory and of its counters too', async () => {
  fc.assert(
    fc.property(
      fc.array(operations, { maxLength: 300 }),
      fc.constantFrom(0, 2 ** 31 - 4096, 2 ** 32 - 4096, 2 ** 32 - 8),
      (steps, start) => {
        const memory = ringAt(start);
        const writer = new ByteRingWriter(memory);
        const reader = new ByteRingReader(memory);
        const queue: Entry[] = [];
        let seen = 0;
        let number = 0;
        for (const { what, length } of steps) {
          if (what === 'write') {
            const octet = length === 0 ? 0 : number & 255;
            const entry = { kind: number % 0xffff, sequence: (number * 2_654_435_761) >>> 0, length, octet };
            const size = (HEADER_BYTES + length + 3) & ~3;
            const free = writer.free();
            const fits = write(writer, entry);
            // It may refuse for the gap at the end, which is shorter than the record.
            if (!fits && free >= 2 * size) return false;
            if (fits) queue.push(entry);
            number++;
          } else if (what === 'read') {
            const entry = read(reader);
            if (JSON.stringify(entry) !== JSON.stringify(queue[seen] ?? null)) return false;
            if (entry !== null) seen++;
          } else if (what === 'release') {
            reader.release();
            queue.splice(0, seen);
            seen = 0;
          } else {
            reader.rewind();
            seen = 0;
          }
        }
        reader.rewind();
        for (const entry of queue) if (JSON.stringify(read(reader)) !== JSON.stringify(entry)) return false;
        reader.release();
        return !reader.next(emptyRecord()) && writer.free() === CAPACITY;
      },
    ),
    { seed: 3, numRuns: 300 },
  );
});

t.test('a full ring takes nothing until the reader has given space back', async (t) => {
  const memory = allocateByteRing(CAPACITY);
  const writer = new ByteRingWriter(memory);
  const reader = new ByteRingReader(memory);
  let written = 0;
  while (write(writer, { kind: 1, sequence: written, length: 1000, octet: 7 })) written++;
  t.equal(written, Math.floor(CAPACITY / 1008));
  const fill = ringFill(new Int32Array(memory.control));
  t.notOk(write(writer, { kind: 1, sequence: 0, length: 1000, octet: 7 }));
  t.equal(ringFill(new Int32Array(memory.control)), fill, 'a refused record leaves nothing behind');
  t.ok(read(reader));
  t.notOk(write(writer, { kind: 1, sequence: 0, length: 1000, octet: 7 }), 'read is not released');
  reader.release();
  t.ok(write(writer, { kind: 1, sequence: written, length: 1000, octet: 7 }));
});

t.test('a reader that is made later begins with what was not released', async (t) => {
  const memory = allocateByteRing(CAPACITY);
  const writer = new ByteRingWriter(memory);
  const first = new ByteRingReader(memory);
  for (const sequence of [1, 2, 3]) write(writer, { kind: 0, sequence, length: 5, octet: sequence });
  read(first);
  first.release();
  read(first);
  t.equal(read(new ByteRingReader(memory))?.sequence, 2);
});

t.test(
  'it says how far was written and read, over the gap at the end of the memory and the end of u32',
  async (t) => {
    const start = 2 ** 32 - 1000;
    const memory = ringAt(start);
    const writer = new ByteRingWriter(memory);
    const reader = new ByteRingReader(memory);
    t.same([reader.written, reader.read], [start, start]);
    write(writer, { kind: 0, sequence: 1, length: 600, octet: 1 });
    t.same([reader.written, reader.read], [start + 608, start]);
    read(reader);
    t.same([reader.written, reader.read], [start + 608, start + 608]);
    // It does not fit before the end of the memory, which is that of the counters too.
    write(writer, { kind: 0, sequence: 2, length: 600, octet: 2 });
    t.same([reader.written, reader.read], [608, start + 608]);
    t.equal(reader.isEmpty(), false);
    read(reader);
    t.same([reader.written, reader.read, reader.isEmpty()], [608, 608, true]);
    reader.rewind();
    t.equal(reader.read, start, 'nothing was released');
    for (let i = 0; i < 2; i++) read(reader);
    reader.release();
    t.same([reader.written, reader.read], [608, 608], 'what is released stays read');
    t.equal(new ByteRingReader(memory).read, 608);
  },
);

t.test('what no record can be is a fault of the program', async (t) => {
  const writer = new ByteRingWriter(allocateByteRing(CAPACITY));
  const payload = new Uint8Array(RING_RECORD_BYTES_MAX + 1);
  t.throws(() => writer.write(0, 0, payload, payload.length), /invariant/);
  t.throws(() => writer.write(0xffff, 0, payload, 1), /invariant/);
  for (const bytes of [1 << 17, (1 << 18) + 4]) t.throws(() => allocateByteRing(bytes), /invariant/);
});

t.test('one thread writes and another reads: nothing is lost, doubled, torn or out of order', async (t) => {
  const memory = ringAt(2 ** 32 - 1_000_000);
  const records = 60_000;
  const thread = new Worker(new URL('./byte-ring-thread.js', import.meta.url), {
    workerData: { memory, records },
  });
  const ended = once(thread, 'exit');
  const reader = new ByteRingReader(memory);
  let expected = 0;
  while (expected < records) {
    const entry = read(reader);
    if (entry === null) {
      reader.release();
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const isRight =
      entry.sequence === expected &&
      entry.kind === (expected & 7) &&
      entry.length === payloadLength(expected) &&
      (entry.length === 0 || entry.octet === (expected & 255));
    if (!isRight) {
      t.fail(`record ${expected} is ${JSON.stringify(entry)}`);
      break;
    }
    expected++;
    if (expected % 100 === 0) reader.release();
  }
  reader.release();
  if (expected < records) await thread.terminate();
  await ended;
  t.equal(expected, records);
  t.equal(ringFill(new Int32Array(memory.control)), 0);
});
