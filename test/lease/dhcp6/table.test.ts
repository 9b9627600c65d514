/** The DHCPv6 lease table finds what was put into it, and nothing else. */
import fc from 'fast-check';
import t from 'tap';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { LeaseType } from '../../../src/lease/dhcp6/model.ts';
import { offerOf, rowOnOffer } from '../../../src/lease/dhcp6/offer.ts';
import { emptyRecord6 } from '../../../src/lease/dhcp6/record.ts';
import { LeaseTable6 } from '../../../src/lease/dhcp6/table.ts';
import { copyLeaseTable6, readClient } from '../../../src/lease/dhcp6/table-copy.ts';
import { NO_SLOT } from '../../../src/lease/hash-chain.ts';
import { OfferQueue } from '../../../src/lease/offers.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import {
  addressNumber,
  anyFields,
  type RecordFields,
  rangeOf,
  recordWith,
  valuesOf,
} from './support/leases.ts';

const { na, pd } = LeaseType;
const BYTES_A_LEASE_MAX = 320;
const MILLION = 1_000_000;

function add(table: LeaseTable6, number: number, fields: RecordFields, subnetId = 1): number {
  const slot = table.insert(addressNumber(number), 0);
  table.setClient(slot, recordWith(fields));
  table.rows.setPlace(slot, subnetId, 0);
  return slot;
}

const find = (table: LeaseTable6, number: number): number => table.findByAddress(addressNumber(number), 0);
const duid = (...octets: number[]): Uint8Array => Uint8Array.of(...octets);

/** Slots of a client, in the order in which they are found. */
function slotsOf(table: LeaseTable6, octets: Uint8Array): number[] {
  const range = rangeOf(octets);
  const slots: number[] = [];
  for (let slot = table.findByDuid(range); slot !== NO_SLOT; slot = table.findByDuid(range, slot))
    slots.push(slot);
  return slots;
}

t.test('a lease is found by address, identity association and DUID until it is removed', async (t) => {
  const table = new LeaseTable6(allocateLeaseTable6(10));
  const slot = add(table, 1, { duid: duid(1, 2, 3), iaid: 0xffff_ffff });
  const client = rangeOf([1, 2, 3]);
  t.equal(find(table, 1), slot);
  t.equal(table.findByIa(client, 0xffff_ffff, na, 0), slot);
  t.equal(table.findByIa(client, 0xffff_ffff, na, 1), slot);
  t.equal(table.findByDuid(client), slot);
  t.equal(table.findByIa(client, 0xffff_ffff, na, 2), NO_SLOT, 'not in another subnet');
  t.equal(table.findByIa(client, 0xffff_fffe, na, 0), NO_SLOT, 'not with another IAID');
  t.equal(table.findByIa(client, 0xffff_ffff, pd, 0), NO_SLOT, 'not of another type');
  t.equal(table.findByDuid(rangeOf([1, 2])), NO_SLOT, 'not with another DUID');
  table.rows.setUnsettled(slot, 7);
  table.remove(slot);
  t.equal(table.rows.unsettledChange(slot), 0, 'what is parked for it sees that it has gone');
  t.equal(find(table, 1), NO_SLOT);
  t.equal(table.findByIa(client, 0xffff_ffff, na, 0), NO_SLOT);
  t.equal(table.findByDuid(client), NO_SLOT);
  t.equal(table.count(), 0);
  t.ok(table.rows.isFree(slot));
});

t.test('of several leases of a client that is found first which came first', async (t) => {
  const table = new LeaseTable6(allocateLeaseTable6(10));
  const client = duid(7, 7);
  const slots = [30, 10, 20].map((number) => add(table, number, { duid: client, iaid: number % 20 }));
  t.same(slotsOf(table, client), slots);
  const [third, first, second] = slots as [number, number, number];
  t.equal(table.findByIa(rangeOf(client), 10, na, 0), third);
  t.equal(table.findByIa(rangeOf(client), 10, na, 0, third), first);
  t.equal(table.findByIa(rangeOf(client), 10, na, 0, first), NO_SLOT);
  table.setClient(third, recordWith({ duid: client, iaid: 10, hostname: Buffer.from('name') }));
  t.same(slotsOf(table, client), [third, first, second], 'a new name moves nothing');
  table.moveLast(first);
  t.same(slotsOf(table, client), [third, second, first]);
  table.setClient(third, recordWith({ duid: duid(8) }));
  table.setClient(third, recordWith({ duid: client }));
  t.same(slotsOf(table, client), [second, first, third], 'who was somebody else in between comes last');
});

t.test('a lease of nobody is found by its address alone', async (t) => {
  const table = new LeaseTable6(allocateLeaseTable6(10));
  const slot = add(table, 1, { duid: duid(0, 0, 0), iaid: 5 });
  t.equal(find(table, 1), slot);
  t.equal(table.findByDuid(rangeOf([0, 0, 0])), NO_SLOT);
  t.equal(table.findByIa(rangeOf([0, 0, 0]), 5, na, 0), NO_SLOT);
  table.setClient(slot, recordWith({ duid: duid(1), iaid: 5 }));
  t.equal(table.findByIa(rangeOf([1]), 5, na, 0), slot);
  table.setClient(slot, recordWith({ duid: duid(0, 0, 0), iaid: 5 }));
  t.equal(table.findByDuid(rangeOf([1])), NO_SLOT);
  table.remove(slot);
  t.equal(table.count(), 0);
});

t.test('a full table refuses, and takes a lease again after a removal', async (t) => {
  const table = new LeaseTable6(allocateLeaseTable6(3));
  const slots = [1, 2, 3].map((number) => table.insert(addressNumber(number), 0));
  t.equal(table.insert(addressNumber(4), 0), NO_SLOT);
  table.remove(slots[1]!);
  t.equal(table.insert(addressNumber(5), 0), slots[1]);
  t.throws(() => table.insert(addressNumber(5), 0), 'an address has one row');
  table.remove(slots[0]!);
  t.throws(() => table.insert(new Uint8Array(16), 0), ':: has none');
});

t.test('everything that a client says is kept, at every length, and its memory is used again', async (t) => {
  const table = new LeaseTable6(allocateLeaseTable6(1));
  const back = emptyRecord6();
  for (let round = 0; round < 20_000; round++) {
    const fill = (length: number): Uint8Array => new Uint8Array(length).fill((round % 255) + 1);
    const fields = {
      duid: fill(1 + (round % 130)),
      hw: fill(round % 21),
      hostname: fill(round % 256),
      userContext: fill(round % 300),
    };
    const slot = table.insert(addressNumber(1), 0);
    if (!table.setClient(slot, recordWith(fields))) return t.fail(`round ${round}: no memory`);
    if (table.findByDuid(rangeOf(fields.duid)) !== slot) return t.fail(`round ${round}: not found`);
    readClient(table.rows, slot, back);
    for (const name of ['duid', 'hw', 'hostname', 'userContext'] as const) {
      const { bytes, offset, length } = back[name];
      if (Buffer.compare(bytes.subarray(offset, offset + length), fields[name]) !== 0)
        return t.fail(`round ${round}: ${name}`);
    }
    table.remove(slot);
  }
  t.pass('20,000 rounds in a table of one row');
});

t.test('an arena without room leaves the row as it was', async (t) => {
  const table = new LeaseTable6(allocateLeaseTable6(1000));
  const big = new Uint8Array(12_000).fill(120);
  const slot = add(table, 1, { duid: duid(5, 5), iaid: 1 });
  for (let other = 2; ; other++) {
    const filler = table.insert(addressNumber(other), 0);
    if (!table.setClient(filler, recordWith({ duid: duid(2), userContext: big }))) break;
  }
  t.notOk(table.setClient(slot, recordWith({ duid: duid(6, 6), userContext: big })));
  t.same(slotsOf(table, duid(5, 5)), [slot]);
  t.same(slotsOf(table, duid(6, 6)), []);
});

t.test(
  'host name, user context and hardware address come and go while all else of a row stays, and their memory is used again',
  async (t) => {
    const table = new LeaseTable6(allocateLeaseTable6(1));
    const back = emptyRecord6();
    for (const [duidBytes, hwBytes] of [
      [10, 6],
      [130, 20],
    ] as const) {
      const fill = (length: number): Uint8Array => new Uint8Array(length).fill(length);
      const fields = { duid: fill(duidBytes), hw: fill(hwBytes), hostname: fill(3), userContext: fill(50) };
      const slot = table.insert(addressNumber(1), 0);
      t.ok(table.setClient(slot, recordWith(fields)));
      for (let round = 0; round < 20_000; round++) {
        const hostname = fill(round % 256);
        const userContext = fill((7 * round) % 300);
        const hw = fill(round % 3 === 0 ? hwBytes : round % 21);
        const isSet =
          table.setHostName(slot, rangeOf(hostname)) &&
          table.setUserContext(slot, rangeOf(userContext)) &&
          table.setHardware(slot, rangeOf(hw), round % 7, round);
        if (!isSet) return t.fail(`round ${round}: no memory`);
        readClient(table.rows, slot, back);
        for (const [name, wanted] of Object.entries({ ...fields, hw, hostname, userContext })) {
          const { bytes, offset, length } = back[name as keyof typeof fields];
          if (Buffer.compare(bytes.subarray(offset, offset + length), wanted) !== 0)
            return t.fail(`round ${round}: ${name}`);
        }
        if (back.hwType !== round % 7 || back.hwSource !== round) return t.fail(`round ${round}: hwType`);
      }
      t.same(slotsOf(table, fields.duid), [slot]);
      table.remove(slot);
    }
  },
);

t.test('random inserts, changes and removals agree with a plain map, and survive a move', async () => {
  const step = fc.record({
    what: fc.constantFrom('set', 'set', 'remove'),
    number: fc.integer({ min: 1, max: 12 }),
    client: fc.integer({ min: 0, max: 4 }),
    iaid: fc.integer({ min: 0, max: 2 }),
    type: fc.constantFrom(na, pd),
    isLong: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const memory = allocateLeaseTable6(12);
      const table = new LeaseTable6(memory);
      const model = new Map<number, string>();
      for (const { what, number, client, iaid, type, isLong } of steps) {
        let slot = find(table, number);
        if (what === 'remove') {
          if (slot !== NO_SLOT) table.remove(slot);
          model.delete(number);
          continue;
        }
        if (slot === NO_SLOT) slot = table.insert(addressNumber(number), 0);
        // Client 0 is nobody.
        const octets = new Uint8Array(isLong ? 90 : 9).fill(client);
        table.setClient(slot, recordWith({ duid: octets, iaid, type }));
        model.set(number, [Buffer.from(octets).toString('hex'), iaid, type].join());
      }
      const bigger = allocateLeaseTable6(2000);
      return (
        agrees(table, model) && copyLeaseTable6(memory, bigger) && agrees(new LeaseTable6(bigger), model)
      );
    }),
  );
});

function agrees(table: LeaseTable6, model: ReadonlyMap<number, string>): boolean {
  if (table.count() !== model.size) return false;
  for (const [number, key] of model) {
    const slot = find(table, number);
    if (slot === NO_SLOT) return false;
    const [hex, iaid, type] = key.split(',') as [string, string, string];
    const client = rangeOf(Buffer.from(hex, 'hex'));
    if (client.bytes[0] === 0) continue;
    const same = [...model.values()].filter((other) => other === key).length;
    let found = 0;
    let after = NO_SLOT;
    do {
      after = table.findByIa(client, Number(iaid), Number(type), 0, after);
      if (after !== NO_SLOT) found++;
    } while (after !== NO_SLOT);
    const ofClient = [...model.values()].filter((other) => other.split(',')[0] === hex).length;
    if (found !== same || slotsOf(table, client.bytes).length !== ofClient) return false;
  }
  return true;
}

t.test('a table that moves to other memory is the same table', async (t) => {
  const memory = allocateLeaseTable6(100);
  const table = new LeaseTable6(memory);
  const offers = new OfferQueue(memory);
  const client = duid(9);
  for (let number = 1; number <= 50; number++) {
    const slot = add(table, number, { duid: client, iaid: number, hostname: Buffer.from(`host-${number}`) });
    table.rows.setTimes(slot, number, number + 1, number + 2);
    table.rows.setUnsettled(slot, number * 3);
    if (number % 10 !== 0) continue;
    table.rows.setState(slot, number === 40 ? LeaseState.assigned : LeaseState.offered);
    table.rows.setOfferMark(slot, number);
    offers.push(offerOf(table.rows, slot));
  }
  table.moveLast(find(table, 4));
  for (const number of [7, 20, 33]) table.remove(find(table, number));
  const other = allocateLeaseTable6(2000);
  t.ok(copyLeaseTable6(memory, other));
  const copy = new LeaseTable6(other);
  const addresses = (of: LeaseTable6): number[] =>
    slotsOf(of, client).map((slot) => of.rows.bytes[of.rows.addressOffset(slot) + 15]!);
  t.same(addresses(copy), addresses(table), 'the order too');
  t.equal(addresses(copy).at(-1), 4);
  const slot = find(copy, 41);
  t.same(
    [copy.rows.clttSec(slot), copy.rows.preferredLifetimeSec(slot), copy.rows.validLifetimeSec(slot)],
    [41, 42, 43],
  );
  t.equal(copy.rows.unsettledChange(slot), 123);
  const copies = new OfferQueue(other);
  t.same(
    [1, 2, 3, 4].map(() => rowOnOffer(copy.rows, copies.pop())),
    [find(copy, 10), find(copy, 30), find(copy, 50), NO_SLOT],
    'offers in their order, without the one that is gone and the one that is a lease now',
  );
  t.equal(copy.rows.offerMark(find(copy, 30)), 30);
  t.notOk(copyLeaseTable6(memory, allocateLeaseTable6(10)), 'a smaller one has no room');
});

t.test('fields of every kind come back as they were', async () => {
  const table = new LeaseTable6(allocateLeaseTable6(1));
  const back = emptyRecord6();
  fc.assert(
    fc.property(anyFields, (fields) => {
      const record = recordWith(fields);
      const slot = table.insert(record.address.bytes, 0);
      table.setClient(slot, record);
      table.rows.setTimes(
        slot,
        record.expireSec - record.validLifetimeSec,
        record.preferredLifetimeSec,
        record.validLifetimeSec,
      );
      readClient(table.rows, slot, back);
      table.rows.addressRange(slot, back.address);
      back.expireSec = table.rows.expireSec(slot);
      const same =
        JSON.stringify(Object.entries(valuesOf(back)).filter(([name]) => READ.has(name))) ===
        JSON.stringify(Object.entries(valuesOf(record)).filter(([name]) => READ.has(name)));
      table.remove(slot);
      return same;
    }),
  );
});

/** What `readClient` and the lines behind it fill in. */
const READ = new Set(
  'address type prefixLength duid iaid expireSec hostname hw hwType hwSource userContext'.split(' '),
);

t.test('a million leases take no more than 320 octets each', async (t) => {
  const { capacity, buckets, ...memory } = allocateLeaseTable6(MILLION);
  const bytes = Object.values(memory).reduce((sum, part) => sum + part.byteLength, 0);
  t.ok(bytes / capacity <= BYTES_A_LEASE_MAX, `${(bytes / capacity).toFixed(0)} octets`);
  t.ok(buckets >= capacity);
});
