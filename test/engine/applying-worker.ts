/** A thread that changes leases by records, as fast as it can. */
import { parentPort, workerData } from 'node:worker_threads';
import { StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { LeaseAccounting } from '../../src/engine/leases/lease-accounting.ts';
import { LeaseApplier } from '../../src/engine/leases/lease-applier.ts';
import { Applied } from '../../src/engine/leases/lease-applier-base.ts';
import { LeaseBook } from '../../src/lease/dhcp4/book.ts';
import { recordOfLease } from '../../src/lease/dhcp4/csv-lease.ts';
import { leaseOf } from './leases.ts';

const { memory, statistics, gate, base, addresses, rounds } = workerData;
const book = new LeaseBook(memory);
const accounting = new LeaseAccounting(new StatisticsWriter(statistics, 1), [1]);
const applier = new LeaseApplier(book, () => accounting);
const lease = leaseOf(base, { hwAddress: Uint8Array.of(4, 4, 4) });
const record = recordOfLease(lease);
parentPort?.postMessage('ready');
Atomics.wait(gate, 0, 0);
for (let i = 0; i < rounds; i++) {
  record.address = base + ((i * 5) % addresses);
  book.table.lock();
  const outcome =
    i % 4 === 0
      ? applier.remove(record.address, 'peer', lease.clttSec)
      : applier.put(record, 'peer', lease.clttSec);
  book.table.unlock();
  if (outcome === Applied.noRoom) i--;
}
