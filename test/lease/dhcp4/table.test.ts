import fc from 'fast-check';
import t from 'tap';
import { allocateLeaseTable, INLINE_CLIENT_ID_BYTES } from '../../../src/lease/dhcp4/layout.ts';
import { LeaseTable } from '../../../src/lease/dhcp4/table.ts';
import { NO_SLOT } from '../../../src/lease/hash-chain.ts';

const range = (bytes: readonly number[]) => ({
  bytes: Uint8Array.from(bytes),
  offset: 0,
  length: bytes.length,
});
const NOTHING = range([]);
const SUBNET_WORD = 5;

function addLease(
  table: LeaseTable,
  address: number,
  hw: number[],
  clientId: number[],
  subnetId = 1,
): number {
  const slot = table.insert(address);
  table.setClient(slot, 1, range(hw), range(clientId), NOTHING, NOTHING);
  table.rows.setWord(slot, SUBNET_WORD, subnetId);
  return slot;
}

const find = (table: LeaseTable, clientId: number[], subnetId = 0): number =>
  table.findByClientId(Uint8Array.from(clientId), 0, clientId.length, subnetId);

t.test(
  'a lease is found by address, client identifier and hardware address until it is removed',
  async (t) => {
    const table = new LeaseTable(allocateLeaseTable(100));
    const slot = addLease(table, 0x0a000001, [1, 2, 3, 4, 5, 6], [9, 9, 9]);
    t.equal(table.findByAddress(0x0a000001), slot);
    t.equal(find(table, [9, 9, 9]), slot);
    t.equal(table.findByHw(Uint8Array.of(1, 2, 3, 4, 5, 6), 0, 6, 0), slot);
    t.equal(find(table, [9, 9, 9], 2), NO_SLOT, 'not in another subnet');
    table.rows.setUnsettled(slot, 7);
    table.remove(slot);
    t.equal(table.rows.unsettledChange(slot), 0, 'what is parked for it sees that it has gone');
    t.equal(table.findByAddress(0x0a000001), NO_SLOT);
    t.equal(find(table, [9, 9, 9]), NO_SLOT);
    t.equal(table.findByHw(Uint8Array.of(1, 2, 3, 4, 5, 6), 0, 6, 0), NO_SLOT);
    t.equal(table.count(), 0);
  },
);

/** Addresses of the rows of a client, in the order in which they are found. */
function rowsOf(table: LeaseTable, hw: number[]): number[] {
  const addresses: number[] = [];
  const bytes = Uint8Array.from(hw);
  for (let slot = table.findByHw(bytes, 0, hw.length, 0); slot !== NO_SLOT; ) {
    addresses.push(table.rows.address(slot));
    slot = table.findByHw(bytes, 0, hw.length, 0, slot);
  }
  return addresses;
}

t.test('of several rows of a client that is found first which came first', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(10));
  const hw = [2, 0, 0, 0, 0, 1];
  const [third, first, second] = [
    [30, 3],
    [10, 1],
    [20, 2],
  ].map(([address, id]) => addLease(table, address!, hw, [7, id!]));
  t.same(rowsOf(table, hw), [30, 10, 20]);
  table.setClient(third!, 1, range(hw), range([7, 3]), range([104]), range([123, 125]));
  t.same(rowsOf(table, hw), [30, 10, 20], 'a new name moves nothing');
  table.moveLast(first!);
  t.same(rowsOf(table, hw), [30, 20, 10]);
  table.setClient(third!, 1, range([2, 0, 0, 0, 0, 9]), NOTHING, NOTHING, NOTHING);
  table.setClient(third!, 1, range(hw), NOTHING, NOTHING, NOTHING);
  t.same(rowsOf(table, hw), [20, 10, 30], 'who was somebody else in between comes last');
  table.remove(second!);
  t.same(rowsOf(table, hw), [10, 30]);
  for (const address of [40, 50]) addLease(table, address, hw, [7, 7]);
  t.same(rowsOf(table, hw), [10, 30, 40, 50]);
  t.equal(table.rows.address(find(table, [7, 7])), 40, 'and so it is with client identifiers');
});

t.test('a full table refuses, and takes a lease again after a removal', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(3));
  const slots = [1, 2, 3].map((address) => table.insert(address));
  t.equal(table.insert(4), NO_SLOT);
  table.remove(slots[1]!);
  t.equal(table.insert(5), slots[1]);
});

t.test('a client identifier of any length is kept, and its memory is used again', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(1));
  for (let round = 0; round < 20_000; round++) {
    const length = 1 + (round % 255);
    const clientId = Array.from({ length }, (_, i) => (i * 7 + round) & 255);
    const slot = table.insert(1);
    if (!table.setClient(slot, 1, range([1]), range(clientId), range([104, 105]), range([123, 125]))) {
      return t.fail(`round ${round}: no memory`);
    }
    if (find(table, clientId) !== slot) return t.fail(`round ${round}: not found`);
    table.remove(slot);
  }
  t.pass('20,000 rounds in a table of one row');
});

t.test('an arena without room leaves the row as it was', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(100));
  const big = range(new Array(12_000).fill(120));
  const slot = addLease(table, 1, [1], [5, 5]);
  let other = 2;
  for (let filler = table.insert(other); table.setClient(filler, 1, range([2]), NOTHING, NOTHING, big); ) {
    filler = table.insert(++other);
  }
  t.notOk(table.setClient(slot, 1, range([1]), range([6, 6]), NOTHING, big));
  t.equal(find(table, [5, 5]), slot);
  t.equal(find(table, [6, 6]), NO_SLOT);
});

t.test('random inserts, changes and removals agree with plain maps', async () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'remove', 'rename'),
    address: fc.integer({ min: 1, max: 40 }),
    client: fc.integer({ min: 0, max: 30 }),
  });
  // Identifiers on both sides of the inline length.
  const idOf = (client: number): number[] => [
    client,
    ...new Array(client % 2 === 0 ? 6 : INLINE_CLIENT_ID_BYTES + client).fill(client),
  ];
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new LeaseTable(allocateLeaseTable(64));
      const clients = new Map<number, number>();
      for (const { what, address, client } of steps) {
        const slot = table.findByAddress(address);
        if ((slot === NO_SLOT) === clients.has(address)) return false;
        if (what === 'add' && slot === NO_SLOT) {
          addLease(table, address, [client], idOf(client));
          clients.set(address, client);
        } else if (what === 'remove' && slot !== NO_SLOT) {
          table.remove(slot);
          clients.delete(address);
        } else if (what === 'rename' && slot !== NO_SLOT) {
          table.setClient(slot, 1, range([client]), range(idOf(client)), NOTHING, NOTHING);
          clients.set(address, client);
        }
      }
      for (let client = 0; client <= 30; client++) {
        const found: number[] = [];
        const id = Uint8Array.from(idOf(client));
        for (let slot = table.findByClientId(id, 0, id.length, 0); slot !== NO_SLOT; ) {
          found.push(table.rows.address(slot));
          slot = table.findByClientId(id, 0, id.length, 0, slot);
        }
        const expected = [...clients].filter(([, owner]) => owner === client).map(([address]) => address);
        if (found.sort().join() !== expected.sort().join()) return false;
      }
      return table.count() === clients.size;
    }),
    { seed: 11, numRuns: 200 },
  );
});
