/** The lease book of DHCPv6 keeps table, pools, offers and change log together. */
import t from 'tap';
import { type ByteRingMemory, ByteRingReader } from '../../../src/base/byte-ring.ts';
import { allocateChangeLog, ChangeWord } from '../../../src/lease/change-log.ts';
import { LeaseBook6 } from '../../../src/lease/dhcp6/book.ts';
import { RowDecoder6 } from '../../../src/lease/dhcp6/csv-decode.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { LeaseType } from '../../../src/lease/dhcp6/model.ts';
import { allocatePools6 } from '../../../src/lease/dhcp6/pools/memory.ts';
import { copyLeaseTable6 } from '../../../src/lease/dhcp6/table-copy.ts';
import { NO_SLOT } from '../../../src/lease/hash-chain.ts';
import { OFFERS_MAX } from '../../../src/lease/offers.ts';
import { NO_FAULT } from '../../../src/lease/row-codec.ts';
import { RowFlag } from '../../../src/lease/row-flag.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { addressNumber, type RecordFields, rangeOf, recordWith, valuesOf } from './support/leases.ts';
import { octets, planOf } from './support/pools.ts';

const NOW = 1_800_000_000;
const TEN = '2001:db8::1-2001:db8::a';
const OTHER = '2001:db8::101-2001:db8::102';

function bookOf(pools: readonly string[], capacity = 1000, reserved: readonly Uint8Array[] = []): LeaseBook6 {
  return new LeaseBook6({
    table: allocateLeaseTable6(capacity),
    pools: allocatePools6(planOf(pools), reserved),
    changes: allocateChangeLog(1 << 18),
  });
}

/** A lease of an address for 100 seconds from now on. */
function write(book: LeaseBook6, number: number, fields: RecordFields = {}): number {
  const record = recordWith({
    address: addressNumber(number),
    duid: Uint8Array.of(1, number & 255, number >>> 8),
    validLifetimeSec: 100,
    expireSec: NOW + 100,
    ...fields,
  });
  return book.write(record, NOW);
}

/** Writes an open offer as a SOLICIT does. */
function offer(book: LeaseBook6, number: number): number {
  const slot = write(book, number);
  book.table.rows.setState(slot, LeaseState.offered);
  book.pushOffer(slot);
  return slot;
}

const find = (book: LeaseBook6, number: number): number => book.table.findByAddress(addressNumber(number), 0);

/** How many addresses a pool has left. */
function freeOf(book: LeaseBook6, pool = 0): number {
  const out = new Uint8Array(16);
  const seen = new Set<string>();
  for (let i = 0n; i < book.pools.total(pool); i++)
    if (book.pools.propose(pool, book.table, NOW, out)) seen.add(Buffer.from(out).toString('hex'));
  return seen.size;
}

t.test('an address is taken while its lease is live, and free when it is over', async (t) => {
  const book = bookOf([TEN]);
  write(book, 1);
  t.equal(freeOf(book), 9);
  write(book, 1, { expireSec: NOW - 1 });
  t.equal(freeOf(book), 10, 'the same lease, ended');
  write(book, 1, { state: LeaseState.declined, duid: Uint8Array.of(0) });
  t.equal(freeOf(book), 9);
  write(book, 1, { state: LeaseState.released });
  t.equal(freeOf(book), 10);
  write(book, 1, { state: LeaseState.expiredReclaimed });
  t.equal(freeOf(book), 10);
  write(book, 1, { state: LeaseState.registered });
  t.equal(freeOf(book), 9);
  write(book, 99);
  t.equal(freeOf(book), 9, 'a lease of no pool');
  book.remove(find(book, 1));
  t.equal(freeOf(book), 10);
  t.equal(find(book, 1), NO_SLOT);
});

t.test('an infinite lease never ends, one at its last second has not ended', async (t) => {
  const book = bookOf([TEN]);
  const infinite = write(book, 1, { validLifetimeSec: 0xffff_ffff, expireSec: 0xffff_ffff + 1 });
  t.ok(book.isLive(infinite, 0xffff_ffff));
  const other = write(book, 2);
  t.ok(book.isLive(other, NOW + 100));
  t.notOk(book.isLive(other, NOW + 101));
});

t.test('a record that was written comes back as it was, also out of the change log', async (t) => {
  const changes = allocateChangeLog(1 << 18);
  const book = new LeaseBook6({ table: allocateLeaseTable6(10), pools: allocatePools6(planOf([])), changes });
  const record = recordWith({
    address: octets('2001:db8:5::'),
    type: LeaseType.pd,
    prefixLength: 56,
    duid: new Uint8Array(90).fill(7),
    iaid: 0xffff_fffe,
    preferredLifetimeSec: 50,
    validLifetimeSec: 100,
    expireSec: NOW + 100,
    subnetId: 7,
    poolId: 9,
    fqdnRev: true,
    hostname: Buffer.from('router.example'),
    hw: Uint8Array.of(1, 2, 3, 4, 5, 6),
    hwType: 6,
    hwSource: 32,
    userContext: Buffer.from('{ "a": 1 }'),
  });
  const slot = book.write(record, NOW);
  t.same(valuesOf(book.recordOf(slot)), valuesOf(record));
  t.equal(book.logRow(slot), 1);
  t.equal(book.table.rows.unsettledChange(slot), 1);
  t.equal(book.logDeletion(slot), 2);
  t.equal(book.recordOf(slot).validLifetimeSec, 100, 'the row is as it was');
  t.equal(new Int32Array(changes.words)[ChangeWord.last], 2);
  t.same(rowsOf(changes.ring), [
    valuesOf(record),
    { ...valuesOf(record), validLifetimeSec: 0, expireSec: NOW },
  ]);
});

/** The records in a change log. */
function rowsOf(ring: ByteRingMemory): object[] {
  const reader = new ByteRingReader(ring);
  const decoder = new RowDecoder6();
  const record = { kind: 0, length: 0, sequence: 0, offset: 0 };
  const rows: object[] = [];
  while (reader.next(record)) {
    const line = reader.bytes.slice(record.offset, record.offset + record.length);
    if (decoder.decode(line, 0, { min: 18, max: 18 }) === NO_FAULT) rows.push(valuesOf(decoder.record));
  }
  return rows;
}

t.test('other pools take over the addresses of live leases', async (t) => {
  const book = bookOf([TEN]);
  write(book, 1);
  write(book, 9, { expireSec: NOW - 1 });
  book.replacePools(allocatePools6(planOf(['2001:db8::-2001:db8::3', '2001:db8::8-2001:db8::9'])), NOW);
  t.equal(freeOf(book, 0), 3);
  t.equal(freeOf(book, 1), 2);
});

t.test('another table takes over leases and offers', async (t) => {
  const table = allocateLeaseTable6(20);
  const pools = allocatePools6(planOf([TEN]));
  const book = new LeaseBook6({ table, pools, changes: allocateChangeLog(1 << 18) });
  write(book, 3);
  offer(book, 1);
  offer(book, 2);
  book.remove(find(book, 3));
  const bigger = allocateLeaseTable6(2000);
  t.ok(copyLeaseTable6(table, bigger));
  book.replaceTable(bigger);
  book.replacePools(allocatePools6(planOf([TEN])), NOW);
  t.equal(freeOf(book), 8);
  t.ok(book.recallOffer(0));
  t.equal(find(book, 1), NO_SLOT, 'the oldest');
  t.not(find(book, 2), NO_SLOT);
});

t.test('a full table or arena leaves everything as it was', async (t) => {
  const book = bookOf([TEN], 1);
  t.not(write(book, 1), NO_SLOT);
  t.equal(write(book, 2), NO_SLOT);
  t.equal(freeOf(book), 9);
  while (book.table.rows.arena.allocate(131_072) !== 0);
  while (book.table.rows.arena.allocate(16) !== 0);
  t.equal(write(book, 1, { hostname: Buffer.from('name') }), NO_SLOT);
  t.equal(book.table.count(), 1);
  book.remove(find(book, 1));
  t.equal(write(book, 2, { hostname: Buffer.from('name') }), NO_SLOT);
  t.equal(book.table.count(), 0);
  t.equal(freeOf(book), 10);
});

t.test('the oldest offer of the pool is taken back, and no other', async (t) => {
  const book = bookOf([TEN, OTHER]);
  offer(book, 0x101);
  for (let number = 1; number <= 10; number++) offer(book, number);
  t.ok(book.pools.isExhausted(0));
  t.ok(book.recallOffer(0));
  t.equal(find(book, 1), NO_SLOT, 'the oldest is gone');
  t.not(find(book, 2), NO_SLOT);
  t.not(find(book, 0x101), NO_SLOT, 'the other pool’s stands');
  t.equal(freeOf(book), 1);
  t.ok(book.recallOffer(1), 'and can still be taken back');
  t.equal(find(book, 0x101), NO_SLOT);
  t.notOk(book.recallOffer(1));
});

t.test('an offer of a prefix is one of its pool', async (t) => {
  const book = bookOf(['2001:db8::/47>48', '2001:db8:2::/47>48']);
  for (const text of ['2001:db8:2::', '2001:db8:1::']) {
    const fields = { address: octets(text), type: LeaseType.pd, prefixLength: 48, duid: rangeOf([1]).bytes };
    const slot = write(book, 0, fields);
    book.table.rows.setState(slot, LeaseState.offered);
    book.pushOffer(slot);
  }
  t.ok(book.recallOffer(0));
  t.equal(book.table.findByAddress(octets('2001:db8:1::'), 0), NO_SLOT);
  t.equal(book.table.count(), 1);
});

t.test('an offer that has become a lease is not taken back', async (t) => {
  const book = bookOf(['2001:db8::1-2001:db8::1']);
  const slot = offer(book, 1);
  book.table.rows.setState(slot, LeaseState.assigned);
  t.notOk(book.recallOffer(0));
  t.not(find(book, 1), NO_SLOT);
});

t.test('an offer of what is reserved frees nothing for others', async (t) => {
  const book = bookOf([TEN], 10, [addressNumber(1)]);
  offer(book, 1);
  t.notOk(book.recallOffer(0));
  t.equal(find(book, 1), NO_SLOT);
});

t.test('a row that was freed and offered again is not taken back for its earlier offer', async (t) => {
  const book = bookOf([TEN, OTHER]);
  const slot = offer(book, 1);
  book.remove(slot);
  offer(book, 0x101);
  book.remove(find(book, 0x101));
  t.equal(offer(book, 5), slot, 'in the same row');
  t.equal(offer(book, 6), slot + 1);
  book.trimOffers(NOW + 50, 2);
  t.equal(book.table.count(), 2, 'what has gone leaves the queue alone');
  t.ok(book.recallOffer(0));
  t.equal(find(book, 5), NO_SLOT);
  t.not(find(book, 6), NO_SLOT);
});

t.test('offers that are none any more leave the queue when one is looked for', async (t) => {
  const book = bookOf([TEN]);
  for (let i = 0; i < 100; i++) book.remove(offer(book, 1));
  t.notOk(book.recallOffer(0));
  t.notOk(book.recallOffer(0));
  offer(book, 2);
  t.ok(book.recallOffer(0), 'the only one left');
});

t.test('an offer that is made again is as young as its last time', async (t) => {
  const book = bookOf([TEN]);
  const first = offer(book, 1);
  offer(book, 2);
  book.pushOffer(first);
  t.ok(book.recallOffer(0));
  t.equal(find(book, 2), NO_SLOT);
  t.not(find(book, 1), NO_SLOT);
});

t.test('more offers than are remembered: the oldest goes, but not for its own sake', async (t) => {
  const book = bookOf([TEN], 10);
  const first = offer(book, 1);
  const last = offer(book, 10);
  for (let i = 2; i < OFFERS_MAX; i++) book.pushOffer(last);
  book.pushOffer(first);
  t.not(find(book, 1), NO_SLOT, 'the old entry of this offer does not end the new one');
  offer(book, 2);
  for (let i = 2; i < OFFERS_MAX; i++) book.pushOffer(last);
  t.not(find(book, 1), NO_SLOT);
  book.pushOffer(last);
  t.equal(find(book, 1), NO_SLOT, 'it is the oldest now');
  t.not(find(book, 2), NO_SLOT);
});

t.test('offers that give back memory spare the one they are asked for', async (t) => {
  const book = bookOf([TEN]);
  for (let number = 1; number <= 10; number++) offer(book, number);
  book.recallOffers(find(book, 5));
  t.equal(book.table.count(), 1);
  t.not(find(book, 5), NO_SLOT);
  t.equal(freeOf(book), 9);
});

t.test('ended offers leave the queue from its front', async (t) => {
  const book = bookOf([TEN]);
  for (let number = 1; number <= 4; number++) offer(book, number);
  book.trimOffers(NOW + 50, 10);
  t.equal(book.table.count(), 4, 'none has ended');
  book.trimOffers(NOW + 101, 3);
  t.equal(book.table.count(), 1, 'three at a time');
  book.trimOffers(NOW + 101, 10);
  t.equal(book.table.count(), 0);
  t.equal(freeOf(book), 10);
});

t.test('an offer that becomes a lease stands behind the leases of its client', async (t) => {
  const book = bookOf([TEN]);
  const duid = Uint8Array.of(9, 9);
  const [first, second, third] = [1, 2, 3].map((number) => write(book, number, { duid })) as [
    number,
    number,
    number,
  ];
  const { rows } = book.table;
  rows.setState(first, LeaseState.offered);
  rows.setState(second, LeaseState.offered);
  rows.setFlags(second, RowFlag.leasedBefore);
  write(book, 1, { duid });
  write(book, 2, { duid });
  const order: number[] = [];
  for (let slot = book.table.findByDuid(rangeOf(duid)); slot !== NO_SLOT; ) {
    order.push(slot);
    slot = book.table.findByDuid(rangeOf(duid), slot);
  }
  t.same(order, [second, third, first]);
});

t.test('a full change log refuses, and nothing is lost', async (t) => {
  const book = new LeaseBook6({
    table: allocateLeaseTable6(10),
    pools: allocatePools6(planOf([TEN])),
    changes: allocateChangeLog(1 << 18),
  });
  const slot = write(book, 1);
  let last = 0;
  for (let change = book.logRow(slot); change !== 0; change = book.logRow(slot)) last = change;
  t.ok(last > 100);
  t.equal(book.logDeletion(slot), 0);
});

t.test('what would break the table is a fault of the program', async (t) => {
  const book = bookOf([TEN]);
  t.throws(() => write(book, 1, { duid: new Uint8Array(131) }), /invariant/);
  const slot = write(book, 2);
  book.remove(slot);
  t.throws(() => book.remove(slot), /invariant/, 'a row is freed once');
  t.throws(() => book.write(recordWith({ address: new Uint8Array(16) }), NOW), /invariant/);
});
