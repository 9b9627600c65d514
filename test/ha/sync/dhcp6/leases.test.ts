/** Pages of another server's DHCPv6 leases, merged with ours: addresses and prefixes, both ways. */
import t from 'tap';
import { encodeLease6Json } from '../../../../src/control/commands/lease6-json.ts';
import { haLeases6 } from '../../../../src/ha/sync/dhcp6/leases.ts';
import { isPrefixAddress6 } from '../../../../src/lease/dhcp6/lease-address.ts';
import { type Lease6, LeaseType } from '../../../../src/lease/dhcp6/model.ts';
import type { UpdateBytes } from '../../../../src/lease/update-family.ts';
import { ip6 } from '../../../engine/dhcp6/config.ts';
import { storeBench6 } from '../../../engine/dhcp6/leases/store-bench.ts';
import { lease6, prefix6 } from '../../../lease/dhcp6/support/plain.ts';
import { address6, prefixAddress6 } from '../../../peer/support/records6.ts';

const NOW_SEC = 1_800_000_000;

function setup() {
  const { engine, store } = storeBench6();
  return { store, leases: haLeases6(store, engine.clock) };
}

/** A lease whose client was seen so many seconds ago. */
const address = (host: number, agoSec: number, more: Partial<Lease6> = {}) =>
  lease6({ address: ip6(`2001:db8:1::${host.toString(16)}`), clttSec: NOW_SEC - agoSec, ...more });
const prefix = (number: number, agoSec: number, more: Partial<Lease6> = {}) =>
  prefix6({ address: ip6(`2001:db8:8000:${number.toString(16)}00::`), clttSec: NOW_SEC - agoSec, ...more });

const entryOf = (lease: Lease6) => JSON.parse(encodeLease6Json(lease, 'released'));

interface Told {
  readonly arguments: { readonly leases: object[]; readonly 'deleted-leases': object[] };
}

function told(leases: ReturnType<typeof haLeases6>, update: UpdateBytes | null): Told['arguments'] {
  return (JSON.parse(Buffer.from(leases.family.encodeRequest([update!])).toString()) as Told).arguments;
}

t.test('[scenario 49] what is newer stands, here and there, at addresses and at prefixes', async (t) => {
  const { store, leases } = setup();
  for (const make of [address, prefix]) {
    store.put(make(2, 100), 'synchronization');
    store.put(make(3, 10), 'synchronization');
    store.put(make(4, 10), 'synchronization');
  }
  const skipped: unknown[] = [];
  const merge = leases.merge({
    subnets: null,
    givesBack: true,
    nowSec: NOW_SEC,
    onSkipped: (...named) => void skipped.push(named),
  });
  const pages = [
    [address(1, 50), address(2, 50), address(3, 50)],
    [prefix(1, 50), prefix(2, 50)],
    [prefix(3, 50)],
  ];
  pages.forEach((page, at) => {
    for (const lease of page) merge.apply(entryOf(lease));
    merge.apply({ ...entryOf(address(99, 1)), type: 'constructor' });
    merge.endPage(at === pages.length - 1 ? null : leases.pageAddress(entryOf(page.at(-1)!)));
  });
  t.match(merge.counts, { created: 2, updated: 2, kept: 2, foreign: 0, skipped: 3 });
  t.match(skipped[0], [address6('2001:db8:1::63'), /type/]);
  t.equal(store.get(ip6('2001:db8:1::63')), null);
  for (const make of [address, prefix]) {
    t.equal(store.get(make(1, 0).address)?.clttSec, NOW_SEC - 50);
    t.equal(store.get(make(2, 0).address)?.clttSec, NOW_SEC - 50);
    t.equal(store.get(make(3, 0).address)?.clttSec, NOW_SEC - 10);
  }
  const given = [...merge.lacking()].map((update) => [update.address, update.isUpdate]);
  t.same(
    new Map(given as [string, boolean][]),
    new Map([
      [address6('2001:db8:1::4'), true],
      [prefixAddress6('2001:db8:8000:400::'), true],
      [address6('2001:db8:1::3'), true],
      [prefixAddress6('2001:db8:8000:300::'), true],
    ]),
  );
});

t.test('[scenario 50] leases of other subnets are left alone', async (t) => {
  const { store, leases } = setup();
  const merge = leases.merge({
    subnets: new Set([2]),
    givesBack: true,
    nowSec: NOW_SEC,
    onSkipped: () => {},
  });
  store.put(address(2, 10), 'synchronization');
  for (const lease of [address(1, 50), prefix(1, 50)]) merge.apply(entryOf(lease));
  merge.endPage(null);
  t.match(merge.counts, { created: 0, foreign: 2 });
  t.same([...merge.lacking()], []);
});

t.test('what stands at an address now is told; what is gone, as of what it was', async (t) => {
  const { store, leases } = setup();
  store.put(address(1, 10), 'synchronization');
  store.put(prefix(1, 10), 'synchronization');
  const there = [address6('2001:db8:1::1'), prefixAddress6('2001:db8:8000:100::')];
  for (const key of there) {
    const update = leases.standing(key)!;
    t.match([update.address, update.isUpdate], [key, true]);
    t.match(told(leases, update), { 'deleted-leases': [], leases: [{ state: 0, 'subnet-id': 1 }] });
  }
  for (const key of [address6('2001:db8:1::9'), prefixAddress6('2001:db8:8000:900::')]) {
    const update = leases.standing(key)!;
    t.match([update.address, update.isUpdate], [key, false]);
    t.match(told(leases, update), {
      leases: [],
      'deleted-leases': [{ type: isPrefixAddress6(key) ? 'IA_PD' : 'IA_NA' }],
    });
  }
});

t.test(
  'the order of pages is that of addresses, a prefix behind the address that it begins with',
  async (t) => {
    const { leases } = setup();
    const page = ['2001:db8:1::9', '2001:db8:1::10', '2001:db8:8000:100::', '3fff::'].map((text) =>
      leases.pageAddress(entryOf(lease6({ address: ip6(text) }))),
    ) as string[];
    t.same([...page].sort(), page);
    const both = lease6({ address: prefix6().address });
    const [plain, begins] = [both, prefix6()].map((lease) => leases.pageAddress(entryOf(lease)) as string);
    t.ok(plain! < begins!);
    t.equal(prefix6().type, LeaseType.pd);
  },
);
