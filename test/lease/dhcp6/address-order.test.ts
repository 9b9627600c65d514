import fc from 'fast-check';
import t from 'tap';
import { formatIpv6, parseIpv6 } from '../../../src/base/ipv6-text.ts';
import { AddressOrder6, firstAbove6 } from '../../../src/lease/dhcp6/address-order.ts';
import { allocateLeaseTable6 } from '../../../src/lease/dhcp6/layout.ts';
import { LeaseTable6 } from '../../../src/lease/dhcp6/table.ts';
import { addressNumber } from './support/leases.ts';

function texts(addresses: Uint8Array): string[] {
  return Array.from({ length: addresses.length / 16 }, (_, i) => formatIpv6(addresses, i * 16));
}

function tableOf(addresses: readonly Uint8Array[], capacity = 1000): LeaseTable6 {
  const table = new LeaseTable6(allocateLeaseTable6(capacity));
  for (const address of addresses) table.insert(address, 0);
  return table;
}

t.test('addresses come in ascending order of their octets', async (t) => {
  const sorted = ['::1', '1::', '7fff::', '8000::', '2001:db8::', '2001:db8::ff', '2001:db8::100', 'ffff::1'];
  const table = tableOf(
    ['ffff::1', '8000::', '2001:db8::100', '::1', '7fff::'].map((text) => parseIpv6(text)!),
  );
  for (const text of ['2001:db8::', '1::', '2001:db8::ff']) table.insert(parseIpv6(text)!, 0);
  const order = [...sorted].sort((a, b) => Buffer.compare(parseIpv6(a)!, parseIpv6(b)!));
  t.same(texts(new AddressOrder6({ table }).addresses()), order);
  t.same(texts(new AddressOrder6({ table: tableOf([]) }).addresses()), []);
});

t.test('any addresses are sorted as a comparison of their octets sorts them', async (t) => {
  const anyAddress = fc
    .array(fc.constantFrom(0, 1, 127, 128, 255), { minLength: 16, maxLength: 16 })
    .map((octets) => Uint8Array.from(octets))
    .filter((octets) => octets.some((octet) => octet !== 0));
  const anyAddresses = fc.uniqueArray(anyAddress, { selector: (octets) => `${octets}`, maxLength: 60 });
  fc.assert(
    fc.property(anyAddresses, (addresses) => {
      const found = new AddressOrder6({ table: tableOf(addresses) }).addresses();
      const wanted = Buffer.concat([...addresses].sort((a, b) => Buffer.compare(a, b)));
      return Buffer.compare(found, wanted) === 0;
    }),
    { seed: 1, numRuns: 200 },
  );
  t.pass('200 tables');
});

t.test('the order is built anew when a lease came or went, and only then', async (t) => {
  const table = tableOf([addressNumber(7)]);
  const order = new AddressOrder6({ table });
  const first = order.addresses();
  t.equal(order.addresses(), first);
  table.insert(addressNumber(3), 0);
  t.same(texts(order.addresses()), ['2001:db8::3', '2001:db8::7']);
  table.remove(table.findByAddress(addressNumber(7), 0));
  t.same(texts(order.addresses()), ['2001:db8::3']);
  t.same(texts(first), ['2001:db8::7'], 'what was handed out stays');
});

t.test('a lease that moves to a later row during the walk is listed once', async (t) => {
  const table = tableOf(
    Array.from({ length: 10_000 }, (_, i) => addressNumber(i + 1)),
    20_000,
  );
  const order = new AddressOrder6({ table });
  const unlock = table.unlock.bind(table);
  let steps = 0;
  // Between two stretches of the walk a shard gets the lock.
  table.unlock = () => {
    unlock();
    if (++steps !== 1) return;
    for (const number of [1, 9001]) table.remove(table.findByAddress(addressNumber(number), 0));
    table.insert(addressNumber(1), 0);
  };
  const addresses = texts(order.addresses());
  t.equal(new Set(addresses).size, addresses.length);
  t.ok(addresses.includes('2001:db8::1'));
});

t.test('a page begins above the address it is given', async (t) => {
  const addresses = Uint8Array.from([3, 7, 0xffff_ffff].flatMap((number) => [...addressNumber(number)]));
  t.equal(firstAbove6(addresses, null), 0);
  t.same(
    [0, 3, 4, 7, 8, 0xffff_ffff].map((number) => firstAbove6(addresses, addressNumber(number))),
    [0, 1, 1, 2, 2, 3],
  );
  t.equal(firstAbove6(new Uint8Array(0), null), 0);
  t.equal(firstAbove6(new Uint8Array(0), addressNumber(1)), 0);
});
