/** A table that moves to other memory is the same table. */
import t from 'tap';
import { allocateChangeLog } from '../../../src/lease/change-log.ts';
import { LeaseBook } from '../../../src/lease/dhcp4/book.ts';
import { recordOfLease } from '../../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable, type LeaseTableMemory } from '../../../src/lease/dhcp4/layout.ts';
import { copyLeaseTable } from '../../../src/lease/dhcp4/table-copy.ts';
import { NO_SLOT } from '../../../src/lease/hash-chain.ts';
import { allocatePools } from '../../../src/lease/pool.ts';
import { RowFlag } from '../../../src/lease/row-flag.ts';
import { LeaseState } from '../../../src/lease/state.ts';

const FIRST = 0x0a000001;
const LEASES = 500;

function bookOn(table: LeaseTableMemory): LeaseBook {
  return new LeaseBook({ table, pools: allocatePools([]), changes: allocateChangeLog(1 << 20) });
}

/** Leases of every shape: short and long identifiers, names, contexts, removed ones in between, some on offer. */
function fill(book: LeaseBook): void {
  for (let n = 0; n < LEASES; n++) {
    const slot = book.write(
      recordOfLease({
        address: FIRST + n,
        hwAddress: n % 5 === 0 ? new Uint8Array(0) : Uint8Array.of(2, 0, 0, 0, n >> 8, n),
        clientId: n % 3 === 0 ? null : new Uint8Array(1 + (n % 200)).fill(n),
        validLifetimeSec: 3600,
        clttSec: 1_700_000_000 + n,
        subnetId: 1 + (n % 4),
        poolId: n % 2,
        fqdnFwd: n % 2 === 0,
        fqdnRev: false,
        hostname: n % 7 === 0 ? `host-${n}` : '',
        state: LeaseState.assigned,
        userContext: n % 11 === 0 ? `{ "n": ${n} }` : '',
      }),
      1_700_000_000,
    );
    book.table.rows.setFlags(slot, book.table.rows.flags(slot) | (n % 2 === 0 ? RowFlag.granted : 0));
    book.table.rows.setUnsettled(slot, n % 13 === 0 ? n + 1 : 0);
    if (n % 17 === 0) {
      book.table.rows.setState(slot, LeaseState.offered);
      book.pushOffer(FIRST + n);
    }
  }
  for (let n = 3; n < LEASES; n += 10) book.remove(book.table.findByAddress(FIRST + n));
}

function contents(book: LeaseBook): unknown[] {
  const { rows } = book.table;
  return Array.from({ length: LEASES }, (_, n) => {
    const slot = book.table.findByAddress(FIRST + n);
    if (slot === NO_SLOT) return null;
    const { clientId, clientIdOffset, clientIdLength, hostname, hostnameOffset, hostnameLength, ...record } =
      book.recordOf(slot);
    const { userContext, userContextOffset, userContextLength, hw, hwOffset, hwLength, ...rest } = record;
    const text = (bytes: Uint8Array, offset: number, length: number) =>
      Buffer.from(bytes.subarray(offset, offset + length)).toString('hex');
    return {
      ...rest,
      hw: text(hw, hwOffset, hwLength),
      clientId: text(clientId, clientIdOffset, clientIdLength),
      hostname: text(hostname, hostnameOffset, hostnameLength),
      userContext: text(userContext, userContextOffset, userContextLength),
      flags: rows.flags(slot),
      htype: rows.htype(slot),
      unsettled: rows.unsettledChange(slot),
    };
  });
}

t.test('every row, every index, every offer', async (t) => {
  const from = allocateLeaseTable(LEASES);
  const before = bookOn(from);
  fill(before);
  const to = allocateLeaseTable(LEASES * 4);
  t.ok(copyLeaseTable(from, to));
  const after = bookOn(to);
  t.same(contents(after), contents(before));
  t.equal(after.table.count(), before.table.count());
  const hw = Uint8Array.of(2, 0, 0, 0, 0, 42);
  t.equal(after.table.rows.address(after.table.findByHw(hw, 0, 6, 0)), FIRST + 42);
  const id = new Uint8Array(1 + 44).fill(44);
  t.equal(after.table.rows.address(after.table.findByClientId(id, 0, id.length, 0)), FIRST + 44);
  const pool = { first: FIRST, last: FIRST + LEASES - 1 };
  const pools = allocatePools([pool]);
  for (const book of [before, after]) book.replacePools(pools, 1_700_000_000);
  t.equal(after.recallOffer(pool), true, 'the oldest offer can be taken back');
  t.equal(after.table.findByAddress(FIRST), NO_SLOT);
});

t.test('the rows of a client keep their order, which is not that of the rows', async (t) => {
  const from = allocateLeaseTable(20);
  const { table } = bookOn(from);
  const hw = { bytes: Uint8Array.of(2, 0, 0, 0, 0, 1), offset: 0, length: 6 };
  const id = { bytes: Uint8Array.of(9, 9, 9), offset: 0, length: 3 };
  const none = { bytes: new Uint8Array(0), offset: 0, length: 0 };
  for (const address of [5, 4, 3, 2, 1]) table.setClient(table.insert(address), 1, hw, id, none, none);
  for (const address of [4, 2]) table.moveLast(table.findByAddress(address));
  const to = allocateLeaseTable(40);
  t.ok(copyLeaseTable(from, to));
  const copy = bookOn(to).table;
  const order = (next: (after: number) => number): number[] => {
    const addresses: number[] = [];
    for (let slot = next(NO_SLOT); slot !== NO_SLOT; slot = next(slot))
      addresses.push(copy.rows.address(slot));
    return addresses;
  };
  t.same(
    order((after) => copy.findByHw(hw.bytes, 0, 6, 0, after)),
    [5, 3, 1, 4, 2],
  );
  t.same(
    order((after) => copy.findByClientId(id.bytes, 0, 3, 0, after)),
    [5, 3, 1, 4, 2],
  );
});

t.test('a table that is too small for the rows is refused', async (t) => {
  const from = allocateLeaseTable(LEASES);
  fill(bookOn(from));
  t.notOk(copyLeaseTable(from, allocateLeaseTable(10)));
});
