import t from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import { recordOfLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../../src/lease/dhcp4/layout.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { OFFERS_MAX } from '../../../src/lease/offers.ts';
import { allocatePools, type PoolRange } from '../../../src/lease/pool.ts';
import { LeaseState } from '../../../src/lease/state.ts';

const NOW = 1_800_000_000;
const address = (text: string): number => parseIpv4(text)!;

function bookOf(pools: readonly PoolRange[], capacity = 1000): LeaseBook {
  return new LeaseBook({
    table: allocateLeaseTable(capacity),
    pools: allocatePools(pools),
    changes: allocateChangeLog(1 << 18),
  });
}

function leaseOf(fields: Partial<Lease4>): Lease4 {
  return {
    address: address('10.0.0.1'),
    hwAddress: Uint8Array.of(1, 2, 3, 4, 5, 6),
    clientId: null,
    validLifetimeSec: 100,
    clttSec: NOW,
    subnetId: 1,
    poolId: 0,
    fqdnFwd: false,
    fqdnRev: false,
    hostname: '',
    state: LeaseState.assigned,
    userContext: '',
    ...fields,
  };
}

const POOL = { first: address('10.0.0.1'), last: address('10.0.0.10') };

/** Writes an open offer as a DISCOVER does. */
function offer(book: LeaseBook, at: number): void {
  const slot = book.write(
    recordOfLease(leaseOf({ address: at, hwAddress: Uint8Array.of(at & 255, (at >>> 8) & 255) })),
    NOW,
  );
  book.table.rows.setState(slot, LeaseState.offered);
  book.pushOffer(at);
}

t.test('an address is taken while its lease is live, and free when it is over', async (t) => {
  const book = bookOf([POOL]);
  const free = (): number => book.pools.freeCount(0);
  book.write(recordOfLease(leaseOf({})), NOW);
  t.equal(free(), 9);
  book.write(recordOfLease(leaseOf({ clttSec: NOW - 101 })), NOW);
  t.equal(free(), 10, 'the same lease, ended');
  book.write(recordOfLease(leaseOf({ state: LeaseState.declined })), NOW);
  t.equal(free(), 9);
  book.write(recordOfLease(leaseOf({ state: LeaseState.released })), NOW);
  t.equal(free(), 10);
  book.write(recordOfLease(leaseOf({ address: address('10.0.1.1') })), NOW);
  t.equal(free(), 10, 'a lease of no pool');
});

t.test('an infinite lease never ends, one at its last second has not ended', async (t) => {
  const book = bookOf([POOL]);
  const infinite = book.write(recordOfLease(leaseOf({ clttSec: 1, validLifetimeSec: 0xffffffff })), NOW);
  t.ok(book.isLive(infinite, 0xffffffff));
  const other = book.write(recordOfLease(leaseOf({ address: address('10.0.0.2') })), NOW);
  t.ok(book.isLive(other, NOW + 100));
  t.notOk(book.isLive(other, NOW + 101));
});

t.test('other pools take over the addresses of live leases', async (t) => {
  const book = bookOf([POOL]);
  book.write(recordOfLease(leaseOf({})), NOW);
  book.write(recordOfLease(leaseOf({ address: address('10.0.0.9'), clttSec: NOW - 101 })), NOW);
  const pools = allocatePools([
    { first: address('10.0.0.0'), last: address('10.0.0.3') },
    { first: address('10.0.0.8'), last: address('10.0.0.9') },
  ]);
  book.replacePools(pools, NOW);
  t.equal(book.pools.freeCount(0), 3);
  t.equal(book.pools.freeCount(1), 2);
});

t.test('a full table or arena leaves everything as it was', async (t) => {
  const book = bookOf([POOL], 1);
  t.not(book.write(recordOfLease(leaseOf({})), NOW), -1);
  t.equal(book.write(recordOfLease(leaseOf({ address: address('10.0.0.2') })), NOW), -1);
  t.equal(book.pools.freeCount(0), 9);
  while (book.table.rows.arena.allocate(131_072) !== 0);
  while (book.table.rows.arena.allocate(16) !== 0);
  t.equal(book.write(recordOfLease(leaseOf({ hostname: 'name' })), NOW), -1);
  t.equal(book.table.count(), 1);
});

t.test('the oldest offer of the pool is taken back, and no other', async (t) => {
  const other = { first: address('10.0.1.1'), last: address('10.0.1.2') };
  const book = bookOf([POOL, other]);
  offer(book, address('10.0.1.1'));
  for (let at = POOL.first; at <= POOL.last; at++) offer(book, at);
  t.equal(book.pools.freeCount(0), 0);
  t.ok(book.recallOffer(POOL));
  t.equal(book.table.findByAddress(POOL.first), -1, 'the oldest is gone');
  t.not(book.table.findByAddress(POOL.first + 1), -1);
  t.not(book.table.findByAddress(address('10.0.1.1')), -1, 'the other pool’s stands');
  t.equal(book.pools.freeCount(0), 1);
});

t.test('an offer that has become a lease is not taken back', async (t) => {
  const book = bookOf([{ first: POOL.first, last: POOL.first }]);
  offer(book, POOL.first);
  book.table.rows.setState(book.table.findByAddress(POOL.first), LeaseState.assigned);
  t.notOk(book.recallOffer({ first: POOL.first, last: POOL.first }));
  t.not(book.table.findByAddress(POOL.first), -1);
});

t.test(
  'more offers than are remembered: the oldest goes, but not for the sake of its own address',
  async (t) => {
    const book = bookOf([POOL], 10);
    offer(book, POOL.first);
    for (let i = 1; i < OFFERS_MAX; i++) book.pushOffer(POOL.last);
    offer(book, POOL.first);
    t.not(
      book.table.findByAddress(POOL.first),
      -1,
      'the old entry of this address does not end the new offer',
    );
    offer(book, POOL.first + 1);
    book.pushOffer(POOL.last - 1);
    t.not(book.table.findByAddress(POOL.first + 1), -1);
  },
);

t.test('offers that give back memory spare the one address they are asked for', async (t) => {
  const book = bookOf([POOL]);
  for (let at = POOL.first; at <= POOL.last; at++) offer(book, at);
  book.recallOffers(POOL.first + 4);
  t.equal(book.table.count(), 1);
  t.not(book.table.findByAddress(POOL.first + 4), -1);
  t.equal(book.pools.freeCount(0), 9);
});

t.test('ended offers leave the queue from its front', async (t) => {
  const book = bookOf([POOL]);
  for (let at = POOL.first; at < POOL.first + 4; at++) offer(book, at);
  book.trimOffers(NOW + 50, 10);
  t.equal(book.table.count(), 4, 'none has ended');
  book.trimOffers(NOW + 101, 3);
  t.equal(book.table.count(), 1, 'three at a time');
  book.trimOffers(NOW + 101, 10);
  t.equal(book.table.count(), 0);
  t.equal(book.pools.freeCount(0), 10);
});

t.test('a deletion is written with a lifetime of 0 and the time of the last transaction', async (t) => {
  const book = bookOf([POOL]);
  const slot = book.write(recordOfLease(leaseOf({})), NOW);
  t.equal(book.logRow(slot), 1);
  t.equal(book.table.rows.unsettledChange(slot), 1);
  t.equal(book.logDeletion(slot), 2);
  t.equal(book.recordOf(slot).validLifetimeSec, 100, 'the row is as it was');
});

t.test('a change is settled by its own number, and a new row has none', async (t) => {
  const book = bookOf([POOL]);
  const { rows } = book.table;
  const slot = book.write(recordOfLease(leaseOf({})), NOW);
  book.logRow(slot);
  book.logRow(slot);
  rows.settle(slot, 1);
  t.equal(rows.unsettledChange(slot), 2, 'a newer change is under way');
  rows.settle(slot, 2);
  t.equal(rows.unsettledChange(slot), 0);
  book.logRow(slot);
  book.remove(slot);
  t.equal(book.table.insert(POOL.last), slot);
  t.equal(rows.unsettledChange(slot), 0);
});

t.test('what would break the table is a fault of the program', async (t) => {
  const book = bookOf([POOL]);
  const slot = book.write(recordOfLease(leaseOf({})), NOW);
  const long = { clientId: new Uint8Array(256) };
  t.throws(() => book.write(recordOfLease(leaseOf(long)), NOW), /invariant/);
  t.equal(book.table.rows.hwLength(slot), 6);
  book.remove(slot);
  t.throws(() => book.remove(slot), /invariant/, 'a row is freed once');
});
