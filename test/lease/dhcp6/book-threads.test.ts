/** Threads that share a lease book give nothing twice. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook6 } from '../../../src/lease/dhcp6/book.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { allocatePools6 } from '../../../src/lease/dhcp6/pools/memory.ts';
import { NO_SLOT } from '../../../src/lease/hash-chain.ts';
import { rangeOf } from './support/leases.ts';
import { planOf } from './support/pools.ts';

const THREAD = new URL('./book-thread.js', import.meta.url);
const ROUNDS = 16_000;
const REMOVED = ROUNDS / 8;
const SMALL = 8192;

function countOf(book: LeaseBook6, client: number): number {
  const duid = rangeOf([client]);
  let count = 0;
  for (let slot = book.table.findByDuid(duid); slot !== NO_SLOT; slot = book.table.findByDuid(duid, slot))
    count++;
  return count;
}

t.test('two threads, a small pool that becomes full and a large one', async (t) => {
  const memory = {
    table: allocateLeaseTable6(ROUNDS * 2),
    pools: allocatePools6(planOf(['2001:db8::-2001:db8::1fff', '2001:db8:1::/48>120'])),
    changes: allocateChangeLog(1 << 18),
  };
  const threads = [1, 2].map(
    (client) => new Worker(THREAD, { workerData: { memory, rounds: ROUNDS, client } }),
  );
  const exits = await Promise.all(threads.map((thread) => once(thread, 'exit')));
  t.same(exits, [[0], [0]]);
  const book = new LeaseBook6(memory);
  const ofThreads = [1, 2].map((client) => countOf(book, client));
  t.equal(ofThreads[0]! + ofThreads[1]!, book.table.count(), 'each lease is one thread’s');
  t.ok(book.pools.isExhausted(0));
  // Of the large pool each thread took one every other round; of those rounds none is divisible by 8.
  t.equal(book.table.count(), SMALL + ROUNDS);
  t.ok(
    ofThreads.every((count) => count >= ROUNDS / 2),
    `${ofThreads.join(' and ')} leases`,
  );
  t.ok(REMOVED > 0);
});
