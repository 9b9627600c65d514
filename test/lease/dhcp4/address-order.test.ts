import t from 'tap';
import { AddressOrder, firstAbove } from '../../../src/lease/dhcp4/address-order.ts';
import { allocateLeaseTable } from '../../../src/lease/dhcp4/layout.ts';
import { LeaseTable } from '../../../src/lease/dhcp4/table.ts';

t.test('addresses come in ascending order, as unsigned numbers', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(10));
  const order = new AddressOrder({ table });
  for (const address of [0xc0a80001, 5, 0x80000000, 0x7fffffff, 0xffffffff]) table.insert(address);
  t.same([...order.addresses()], [5, 0x7fffffff, 0x80000000, 0xc0a80001, 0xffffffff]);
});

t.test('the order is built anew when a lease came or went, and only then', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(10));
  const order = new AddressOrder({ table });
  const slot = table.insert(7);
  const first = order.addresses();
  t.equal(order.addresses(), first);
  table.insert(3);
  t.same([...order.addresses()], [3, 7]);
  table.remove(slot);
  t.same([...order.addresses()], [3]);
  t.same([...first], [7], 'what was handed out stays');
});

t.test('a lease that moves to a later row during the walk is listed once', async (t) => {
  const table = new LeaseTable(allocateLeaseTable(20_000));
  const slots = Array.from({ length: 10_000 }, (_, i) => table.insert(i + 1));
  const order = new AddressOrder({ table });
  const unlock = table.unlock.bind(table);
  let steps = 0;
  // Between two stretches of the walk a shard gets the lock.
  table.unlock = () => {
    unlock();
    if (++steps !== 1) return;
    table.remove(slots[0]!);
    table.remove(slots[9_000]!);
    table.insert(1);
  };
  const addresses = [...order.addresses()];
  t.equal(new Set(addresses).size, addresses.length);
  t.same(
    addresses,
    [...addresses].sort((a, b) => a - b),
  );
  t.ok(addresses.includes(1));
});

t.test('a page begins above the address it is given', async (t) => {
  const addresses = Uint32Array.of(3, 7, 0xffffffff);
  t.same(
    [-1, 0, 3, 4, 7, 8, 0xffffffff].map((from) => firstAbove(addresses, from)),
    [0, 0, 1, 1, 2, 2, 3],
  );
  t.equal(firstAbove(new Uint32Array(0), -1), 0);
});
