/** The producer of byte-ring.test.ts: writes numbered records of every length as fast as the ring takes them. */
import { workerData } from 'node:worker_threads';
import { type ByteRingMemory, ByteRingWriter } from '../../src/base/byte-ring.ts';
import { fillPayload, payloadLength } from './byte-ring-records.ts';

const { memory, records } = workerData as { memory: ByteRingMemory; records: number };
const writer = new ByteRingWriter(memory);
const payload = new Uint8Array(70_000);

for (let number = 0; number < records; number++) {
  const length = payloadLength(number);
  fillPayload(payload, length, number);
  while (!writer.write(number & 7, number, payload, length));
}
