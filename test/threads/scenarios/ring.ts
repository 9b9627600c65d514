/** A writer and one or two readers of a ring that holds two or three of its records (src/base/byte-ring.ts). */
import {
  allocateByteRing,
  type ByteRingMemory,
  ByteRingReader,
  ByteRingWriter,
  type RingRecord,
} from '../../../src/base/byte-ring.ts';
import { expect, type Scenario, type Stage } from '../model.ts';

const RING_BYTES = 64;
/**
 * Octets of the records, without the eight of each header. The third does not fit behind the second; it has room at the beginning
 * of the ring when the first is given back, but not for what is skipped at the end.
 */
const LENGTHS = [8, 28, 12, 12, 8];

interface RingStory {
  readonly ring: ByteRingMemory;
  /** Records that each reader has had. */
  readonly read: SharedArrayBuffer;
}

function write(ring: ByteRingMemory, stage: Stage): () => void {
  const writer = new ByteRingWriter(ring);
  const payload = new Uint8Array(RING_BYTES);
  return () => {
    for (const [index, length] of LENGTHS.entries()) {
      const number = index + 1;
      payload.fill(number);
      let changes = stage.changes();
      while (!writer.write(number, number, payload, length)) {
        stage.rest(changes);
        changes = stage.changes();
      }
    }
  };
}

function read(ring: ByteRingMemory, reader: 0 | 1, read: Int32Array, stage: Stage): () => void {
  const from = new ByteRingReader(ring, reader);
  const record: RingRecord = { kind: 0, sequence: 0, offset: 0, length: 0 };
  let isHolding = false;
  const giveBack = (): void => {
    if (isHolding) from.release();
    isHolding = false;
  };
  const awaitNext = (): void => {
    for (let changes = stage.changes(); !from.next(record); changes = stage.changes()) {
      // Nobody sleeps on what the writer waits for.
      if (isHolding) giveBack();
      else stage.rest(changes);
    }
  };
  return () => {
    for (const [index, length] of LENGTHS.entries()) {
      const number = index + 1;
      awaitNext();
      isHolding = true;
      expect(record.sequence === number && record.kind === number, `record ${number} comes in its turn`);
      expect(record.length === length, 'a record has the length that it was written with');
      const { offset } = record;
      stage.pause();
      const payload = from.bytes.subarray(offset, offset + length);
      expect(
        payload.every((octet) => octet === number),
        `record ${number} is whole until it is given back`,
      );
      read[reader]! += 1;
      // Now and then two at once: what is given back is not the same as what was read.
      if (number % 2 === 1) giveBack();
    }
    giveBack();
  };
}

function ringStory(readers: 1 | 2): Scenario<RingStory> {
  return {
    name: readers === 1 ? 'a ring' : 'a ring with two readers',
    actors: ['writer', 'reader', 'other reader'].slice(0, 1 + readers),
    allocate: () => ({ ring: allocateByteRing(RING_BYTES, readers), read: new SharedArrayBuffer(8) }),
    prepare: ({ ring }) => {
      new Int32Array(ring.control).set(new Int32Array(allocateByteRing(RING_BYTES, readers).control));
    },
    act: (actor, story, stage) =>
      actor === 0
        ? write(story.ring, stage)
        : read(story.ring, actor === 1 ? 0 : 1, new Int32Array(story.read), stage),
    check: (story) => {
      const counts = new Int32Array(story.read).subarray(0, readers);
      return counts.every((count) => count === LENGTHS.length) ? [] : ['each reader has had each record'];
    },
  };
}

export const RING = ringStory(1);
export const SHARED_RING = ringStory(2);
