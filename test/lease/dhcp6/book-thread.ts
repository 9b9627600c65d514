/** A worker of book-threads.test.ts: a shard that takes what is free from two pools, and gives some of it back. */
import { workerData } from 'node:worker_threads';
import { LeaseBook6, type LeaseBookMemory6 } from '../../../src/lease/dhcp6/book.ts';
import { recordWith } from './support/leases.ts';

const NOW = 1_700_000_000;
const { memory, rounds, client } = workerData as {
  memory: LeaseBookMemory6;
  rounds: number;
  client: number;
};
const book = new LeaseBook6(memory);
const address = new Uint8Array(16);
const record = recordWith({ address, duid: Uint8Array.of(client) });

for (let round = 0; round < rounds; round++) {
  book.table.lock();
  if (book.pools.propose(round & 1, book.table, NOW, address)) {
    const slot = book.write(record, NOW);
    if (round % 8 === 0) book.remove(slot);
  }
  book.table.unlock();
}
