/** Changes to DHCPv6 leases that no shard makes: row, pools, counters and change log change together. */
import t from 'tap';
import { parseIpv6 } from '../../../../src/base/ipv6-text.ts';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { LeaseType } from '../../../../src/lease/dhcp6/model.ts';
import { LeaseState } from '../../../../src/lease/state.ts';
import { addressNumber } from '../../../lease/dhcp6/support/leases.ts';
import { lease6, prefix6 } from '../../../lease/dhcp6/support/plain.ts';
import { duid, iaAddress, iaNa, iaPd, message, partsOf } from '../messages.ts';
import { storeBench6 } from './store-bench.ts';

const ip = (text: string): Uint8Array => parseIpv6(text)!;
const ADDRESS = ip('2001:db8:1::10');
const PREFIX = ip('2001:db8:8000::');

t.test('a lease that is put is found by address, by client and by identity association', async (t) => {
  const { store } = storeBench6();
  const full = lease6({
    address: ADDRESS,
    duid: new Uint8Array(130).fill(7),
    poolId: 3,
    fqdnFwd: true,
    hostname: 'näme.example',
    hwAddress: Uint8Array.of(2, 0, 0, 0, 0, 1),
    hwType: 6,
    hwSource: 2,
    userContext: '{"a":[1]}',
  });
  t.equal(store.put(full), 'created');
  t.same(store.get(ADDRESS), full);
  t.same(store.findByDuid(full.duid, null), [full]);
  t.same(store.findByDuid(full.duid, 1), [full]);
  t.same(store.findByDuid(full.duid, 2), []);
  t.same(store.findByIa(full.duid, full.iaid, LeaseType.na, null), [full]);
  t.same(store.findByIa(full.duid, full.iaid, LeaseType.pd, null), []);
  t.equal(store.put({ ...full, hostname: '' }), 'updated');
  t.equal(store.get(ADDRESS)?.hostname, '');
  t.equal(store.get(ip('2001:db8:1::11')), null);
  const elsewhere = { ...full, address: ip('2001:db8:2::10'), subnetId: 2 };
  const prefix = prefix6({ ...full, address: PREFIX, prefixLength: 56, type: LeaseType.pd });
  for (const each of [elsewhere, prefix]) store.put(each);
  t.same(
    store.findByDuid(full.duid, null).map(({ subnetId, type }) => [subnetId, type]),
    [
      [1, LeaseType.na],
      [1, LeaseType.pd],
      [2, LeaseType.na],
    ],
    'by subnet, and there in the order in which they came',
  );
  t.same(store.findByIa(full.duid, full.iaid, LeaseType.na, 2), [elsewhere]);
});

t.test('what it has changed stands in the change log, the counters and the pools', async (t) => {
  const { engine, store } = storeBench6();
  const states = [LeaseState.assigned, LeaseState.declined, LeaseState.released, LeaseState.assigned];
  const clttSec = engine.clock.wallSec();
  for (const state of states) {
    store.put(lease6({ address: ADDRESS, state, clttSec }));
    const isHeld = state === LeaseState.assigned || state === LeaseState.declined;
    t.match(engine.rows(), [new RegExp(`^2001:db8:1::10/128 .* ${state} 3600$`)]);
    t.equal(engine.statistic('assigned-nas'), isHeld ? 1 : 0);
    t.equal(engine.statistic('subnet[1].assigned-nas'), isHeld ? 1 : 0);
    t.equal(engine.statistic('declined-addresses'), state === LeaseState.declined ? 1 : 0);
  }
  t.equal(store.remove(ADDRESS), true);
  t.match(engine.rows(), [/^2001:db8:1::10\/128 .* 0 0$/]);
  t.equal(store.remove(ADDRESS), false);
  t.equal(engine.statistic('assigned-nas'), 0);
  t.equal(engine.statistic('cumulative-assigned-nas'), 2);
  t.equal(store.changes(), 5);
});

t.test('an address is free for clients again when its lease is gone, or holds it no more', async (t) => {
  const { engine, store } = storeBench6();
  const clttSec = engine.clock.wallSec();
  let client = 10;
  const offered = () =>
    partsOf(engine.ask(message(MessageType.solicit, client++, iaNa(1, iaAddress('2001:db8:1::10'))))!)[0];
  store.put(lease6({ address: ADDRESS, clttSec }));
  t.notMatch(offered(), '2001:db8:1::10 ');
  store.put(lease6({ address: ADDRESS, clttSec, state: LeaseState.released }));
  t.match(offered(), '2001:db8:1::10 ');
  store.put(lease6({ address: ADDRESS, clttSec }));
  t.equal(store.remove(ADDRESS), true);
  t.match(offered(), '2001:db8:1::10 ');
});

t.test('a lease is counted by its type and its subnet, also when it becomes another', async (t) => {
  const { engine, store } = storeBench6();
  const counts = () =>
    ['subnet[1].assigned-nas', 'subnet[1].assigned-pds', 'subnet[2].assigned-nas', 'assigned-nas'].map(
      (name) => engine.statistic(name),
    );
  store.put(prefix6({ address: PREFIX }));
  t.same(counts(), [0, 1, 0, 0]);
  store.put(lease6({ address: PREFIX }));
  t.same(counts(), [1, 0, 0, 1]);
  store.put(lease6({ address: PREFIX, subnetId: 2 }));
  t.same(counts(), [0, 0, 1, 1]);
  store.put(lease6({ subnetId: 99 }));
  t.same(counts(), [0, 0, 1, 2], 'a subnet that is not configured counts in the whole');
  t.equal(engine.statistic('cumulative-assigned-pds'), 1);
});

t.test(
  'an address that is being given to a client is not taken from it by an update that crossed',
  async (t) => {
    const { engine, store } = storeBench6();
    engine.ask(message(MessageType.solicit, 7, iaNa(3)));
    t.equal(store.get(ADDRESS), null, 'an offer is no lease');
    t.equal(store.remove(ADDRESS), false);
    engine.send(message(MessageType.request, 7, iaNa(3, iaAddress('2001:db8:1::10'))));
    const given = store.get(ADDRESS)!;
    const other = { ...given, duid: duid(8) };
    t.equal(store.put(other), 'busy');
    t.equal(store.put(other, 'administrator'), 'busy');
    t.equal(store.put({ ...given, iaid: 4 }), 'busy', 'another identity association is another holder');
    t.equal(store.remove(ADDRESS, 'administrator'), 'busy');
    t.same(store.get(ADDRESS), given, 'nothing is changed');
    t.equal(store.changes(), 0);
    engine.makeDurable();
    engine.clock.pass(11);
    t.equal(
      store.put({ ...other, clttSec: engine.clock.wallSec() }),
      'updated',
      'its REPLY is too old to leave',
    );
  },
);

t.test('a store without room says so and changes nothing', async (t) => {
  const { engine, store } = storeBench6({ capacity: 1 });
  t.equal(store.put(lease6()), 'created');
  t.equal(store.put(lease6({ address: ADDRESS })), 'full');
  t.equal(store.put(lease6({ hostname: 'x'.repeat(256) })), 'full', 'no row of the lease file can hold it');
  t.equal(store.put(lease6({ duid: new Uint8Array(0) })), 'full');
  t.equal(store.count(), 1);
  t.equal(engine.statistic('assigned-nas'), 1);
  const small = storeBench6({ changeLogBytes: 1 << 18 });
  const context = `{"a":"${'x'.repeat(12_000)}"}`;
  let outcome = 'created';
  while (outcome !== 'full' && small.store.count() < 100)
    outcome = small.store.put(
      lease6({ address: addressNumber(small.store.count() + 1), userContext: context }),
    );
  t.equal(outcome, 'full', 'the journal does not write');
  t.equal(small.engine.statistic('assigned-nas'), small.store.count());
  t.throws(() => small.store.remove(addressNumber(1)), /lease file is not being written/);
});

t.test('pages come ascending by address, of every type, without offers', async (t) => {
  const { engine, store } = storeBench6();
  engine.ask(message(MessageType.solicit, 7, iaNa(3), iaPd(4)));
  const leases = ['::2', '2001:db8::1', '2001:db8::1:0', '2001:db8:1::11', 'fd00::'].map((text) =>
    text === 'fd00::' ? prefix6({ address: ip(text) }) : lease6({ address: ip(text) }),
  );
  for (const each of [...leases].reverse()) store.put(each);
  t.same(store.page(null, 100), leases);
  t.same(store.page(null, 2), leases.slice(0, 2));
  t.same(store.page(leases[1]!.address, 2), leases.slice(2, 4));
  t.same(store.page(ip('2001:db8::2'), 100), leases.slice(2));
  t.same(store.page(ip('ffff::'), 100), []);
  t.same(store.all([1]), leases);
  t.same(store.all([2]), []);
  const walk = store.walk();
  t.equal(walk.length, 7, 'offers are in the walk');
  t.same(store.get(walk.at(0)), leases[0]);
});

t.test('it waits for the number of its last change, once', async (t) => {
  const { store, awaited } = storeBench6();
  await store.durable(1);
  t.same(awaited, []);
  store.put(lease6());
  store.put(prefix6());
  await store.durable(1);
  await store.durable(1);
  t.same(awaited, [2]);
});
