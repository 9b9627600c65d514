import t from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import { StatisticsWriter } from '../../../src/engine/figures/statistics.ts';
import { LeaseAccounting } from '../../../src/engine/leases/lease-accounting.ts';
import { MainLeaseStore } from '../../../src/engine/leases/main-lease-store.ts';
import { Verdict } from '../../../src/engine/parked/verdicts.ts';
import { UpdateMode } from '../../../src/engine/policy.ts';
import { ChangeWord } from '../../../src/lease/change-log.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import type { BenchServer } from '../bench-server.ts';
import { leaseOf } from '../leases.ts';
import { ModelDisk } from '../model-disk.ts';
import { countAssigned, discover, lease, request, serverFor } from '../queries.ts';
import { TestClock } from '../test-clock.ts';

const address = (text: string): number => parseIpv4(text)!;
const TWO_SUBNETS = {
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/24',
      pools: [{ pool: '10.0.0.10 - 10.0.0.20' }],
      relay: { 'ip-addresses': ['127.0.0.1'] },
    },
    { id: 2, subnet: '192.168.0.0/16', pools: [{ pool: '192.168.0.0/24' }] },
  ],
};

interface Bench {
  readonly server: BenchServer;
  readonly store: MainLeaseStore;
  readonly disk: ModelDisk;
  /** Change numbers that somebody waited for. */
  readonly awaited: number[];
  readonly clock: TestClock;
}

function benchFor(t: { teardown: (done: () => void) => void }, capacity = 4096): Bench {
  const clock = new TestClock();
  const server = serverFor(t, TWO_SUBNETS, { clock, capacity });
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1, 2]);
  const awaited: number[] = [];
  const durability = { durable: async (change: number) => void awaited.push(change) };
  const store = new MainLeaseStore({ book: server.book, accounting: () => accounting, durability, clock });
  return { server, store, disk: new ModelDisk(server), awaited, clock };
}

t.test('a lease that is put is found by address, hardware address and client identifier', async (t) => {
  const { store } = benchFor(t);
  const full = leaseOf(address('192.168.0.7'), {
    hwAddress: Uint8Array.of(1, 2, 3),
    clientId: new Uint8Array(255).fill(7),
    subnetId: 2,
    poolId: 3,
    fqdnFwd: true,
    hostname: 'näme.example',
    userContext: '{"a":[1]}',
  });
  t.equal(store.put(full), 'created');
  t.same(store.get(full.address), full);
  t.same(store.findByHwAddress(full.hwAddress, 2), [full]);
  t.same(store.findByHwAddress(full.hwAddress, null), [full]);
  t.same(store.findByHwAddress(full.hwAddress, 1), []);
  t.same(store.findByClientId(full.clientId!, null), [full]);
  t.same(store.findByClientId(full.clientId!, 2), [full]);
  t.equal(store.put({ ...full, hostname: '' }), 'updated');
  t.equal(store.get(full.address)?.hostname, '');
  t.equal(store.get(address('192.168.0.8')), null);
});

t.test('what it has changed stands in the change log, the counters and the pools', async (t) => {
  const { server, store, disk, clock } = benchFor(t);
  const free = (): number => server.book.pools.freeCount(0);
  const states = [
    LeaseState.assigned,
    LeaseState.declined,
    LeaseState.released,
    LeaseState.assigned,
    LeaseState.expiredReclaimed,
  ];
  for (const state of states) {
    const change = leaseOf(address('10.0.0.10'), { state, clttSec: clock.wallSec() });
    store.put(change);
    disk.read();
    t.same(disk.written.get('10.0.0.10'), change);
    t.equal(server.statistic('assigned-addresses'), countAssigned(server));
    t.equal(server.statistic('declined-addresses'), state === LeaseState.declined ? 1 : 0);
    t.equal(free(), state === LeaseState.assigned || state === LeaseState.declined ? 10 : 11);
  }
  t.ok(store.remove(address('10.0.0.10')));
  disk.read();
  t.equal(disk.written.size, 0);
  t.notOk(store.remove(address('10.0.0.10')));
  t.equal(server.statistic('assigned-addresses'), 0);
  t.equal(server.statistic('cumulative-assigned-addresses'), 2);
});

t.test('a lease that goes to another subnet is counted there', async (t) => {
  const { server, store } = benchFor(t);
  store.put(leaseOf(address('10.0.0.10'), { subnetId: 1 }));
  store.put(leaseOf(address('10.0.0.10'), { subnetId: 2 }));
  for (const id of [1, 2]) {
    t.equal(server.subnetStatistic(`subnet[${id}].assigned-addresses`), countAssigned(server, id));
  }
  store.put(leaseOf(address('10.0.0.11'), { subnetId: 99 }));
  t.equal(server.statistic('assigned-addresses'), 2, 'a subnet that is not configured counts in the whole');
});

t.test(
  'an address that is being given to a client is not taken from it by an update that crossed',
  async (t) => {
    const { server, store, clock } = benchFor(t);
    server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
    server.send(request(1, '10.0.0.10'));
    const given = store.get(address('10.0.0.10'))!;
    const other = { ...given, hwAddress: Uint8Array.of(9, 9, 9, 9, 9, 9), clientId: Uint8Array.of(9) };
    t.equal(store.put(other), 'busy');
    t.equal(store.put({ ...other, clientId: null }), 'busy');
    server.makeDurable();
    t.equal(store.put(other), 'busy', 'it waits for the partner');
    t.same(store.get(given.address), given, 'nothing is changed');
    t.equal(store.changes(), 0);
    server.verdict(1, 1, Verdict.rejected);
    t.equal(store.put(other), 'updated', 'the partner has refused, the client hears nothing');

    server.send(request(2, '10.0.0.11'));
    const parked = store.get(address('10.0.0.11'))!;
    clock.pass(11);
    const later = { ...other, address: parked.address, clttSec: clock.wallSec() };
    t.equal(store.put(later), 'updated', 'its ACK is too old to leave');
    t.equal(store.put(parked), 'updated', 'among the leases of others the last one stays');

    server.send(request(3, '10.0.0.12'));
    server.makeDurable();
    server.verdict(3, 1, Verdict.confirmed);
    const sent = { ...other, address: address('10.0.0.12'), clttSec: clock.wallSec() };
    t.equal(store.put(sent), 'busy', 'an update that was under way when the ACK was sent');
    t.equal(store.put({ ...sent, clttSec: sent.clttSec + 1 }), 'updated', 'a client that came later');
    t.equal(store.changes(), 4);

    server.send(request(4, '10.0.0.13'));
    const plain = store.get(address('10.0.0.13'))!;
    t.equal(plain.clientId, null);
    t.equal(
      store.put({ ...plain, clientId: Uint8Array.of(9) }),
      'updated',
      'the same client, by its hardware',
    );
  },
);

t.test('a lease takes the place of an offer, which nobody else sees', async (t) => {
  const { server, store } = benchFor(t);
  server.ask(discover(1));
  t.equal(server.lease('10.0.0.10')?.state, LeaseState.offered);
  t.equal(store.get(address('10.0.0.10')), null);
  t.same(store.findByHwAddress(Uint8Array.of(2, 0, 0, 0, 0, 1), null), []);
  t.same(store.page(-1, 10), []);
  t.notOk(store.remove(address('10.0.0.10')));
  t.equal(store.put(leaseOf(address('10.0.0.10'))), 'created');
  t.equal(server.ask(request(1, '10.0.0.10'))?.type, 6, 'its client gets a NAK');
});

t.test('pages go up by address, above 128.0.0.0 too, and begin behind the one they are given', async (t) => {
  const { store } = benchFor(t);
  const addresses = ['10.0.0.1', '127.255.255.255', '128.0.0.0', '192.168.0.1', '255.255.255.255'].map(
    address,
  );
  for (const each of addresses.toReversed()) store.put(leaseOf(each, { subnetId: (each & 1) + 1 }));
  const pageOf = (from: number, limit: number): number[] =>
    store.page(from, limit).map((each) => each.address);
  t.same(pageOf(-1, 2), addresses.slice(0, 2));
  t.same(pageOf(addresses[1]!, 2), addresses.slice(2, 4));
  t.same(pageOf(addresses[3]!, 2), addresses.slice(4));
  t.same(pageOf(addresses[4]!, 2), []);
  t.same(pageOf(address('128.0.0.1'), 10), addresses.slice(3), 'an address without lease');
  t.same(
    store.all(null).map((each) => each.address),
    addresses,
  );
  t.ok(store.all([1]).every((each) => each.subnetId === 1));
  t.equal(store.all([1]).length + store.all([2]).length, 5);
  t.equal(store.all([]).length, 0);
});

t.test('long pages hold what is there, also when leases come and go in between', async (t) => {
  const { store } = benchFor(t);
  for (let i = 0; i < 500; i++)
    store.put(leaseOf(address('10.1.0.0') + i, { hwAddress: Uint8Array.of(i & 255, i >>> 8) }));
  const seen: number[] = [];
  for (let from = -1; ; ) {
    const page = store.page(from, 70);
    if (page.length === 0) break;
    seen.push(...page.map((each) => each.address));
    from = seen.at(-1)!;
    store.remove(from + 1);
    store.put(leaseOf(address('10.0.0.1') + seen.length));
  }
  t.same(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  t.equal(seen.length, 500 - 7, 'seven were removed before their page came');
});

t.test('a full table takes no lease and loses none', async (t) => {
  const { store, server } = benchFor(t, 2);
  t.equal(store.put(leaseOf(1)), 'created');
  t.equal(store.put(leaseOf(2)), 'created');
  t.equal(store.put(leaseOf(3)), 'full');
  t.equal(store.put(leaseOf(2, { hostname: 'new' })), 'updated', 'what is there can be changed');
  t.equal(server.statistic('assigned-addresses'), 2);
});

t.test('a lease that no lease file can hold is refused, and nothing is changed', async (t) => {
  const { store, server, disk } = benchFor(t);
  const bad = [
    leaseOf(0),
    leaseOf(5, { hwAddress: new Uint8Array(0) }),
    leaseOf(5, { hwAddress: new Uint8Array(17) }),
    leaseOf(5, { clientId: new Uint8Array(256) }),
    leaseOf(5, { hostname: 'x'.repeat(256) }),
    leaseOf(5, { userContext: `{"a":"${'x'.repeat(12_288)}"}` }),
  ];
  for (const each of bad) t.equal(store.put(each), 'full');
  t.equal(server.book.table.count(), 0);
  disk.read();
  t.equal(disk.written.size, 0);
  t.equal(store.put(leaseOf(5, { userContext: `{"a":"${'x'.repeat(12_280)}"}` })), 'created');
});

t.test('while the lease file is not written nothing is changed', async (t) => {
  const { store, server } = benchFor(t);
  store.put(leaseOf(1));
  const filler = new Uint8Array(60_000);
  while (server.book.changes.free() > 2 * 65_536) server.book.changes.append(filler, filler.length);
  t.equal(store.put(leaseOf(2)), 'full');
  t.throws(() => store.remove(1), /lease file is not being written/);
  t.ok(store.get(1));
  t.equal(server.statistic('assigned-addresses'), 1);
  server.book.table.lock();
  server.book.table.unlock();
  t.pass('and the lock is free');
});

t.test('it waits for its own last change, once, and for none when it made none', async (t) => {
  const { store, awaited, server } = benchFor(t);
  await store.durable(1);
  t.same(awaited, [], 'nothing was changed');
  lease(server, 1);
  store.put(leaseOf(address('10.0.0.19')));
  await store.durable(1);
  t.same(awaited, [2]);
  t.ok(new Int32Array(server.bookMemory.changes.words)[ChangeWord.pending]! > 0, 'the journal was woken');
  await store.durable(1);
  t.same(awaited, [2], 'a change that was seen on disk is not asked for again, be it 2^31 changes later');
  store.remove(address('10.0.0.19'));
  await store.durable(1);
  t.same(awaited, [2, 3]);
});

t.test('a change that does not reach the disk is waited for again', async (t) => {
  const { server, clock } = benchFor(t);
  let tries = 0;
  const accounting = new LeaseAccounting(new StatisticsWriter(server.statistics, 0), [1]);
  const durability = {
    durable: async () => {
      tries++;
      if (tries === 1) throw new Error('the disk is slow');
    },
  };
  const store = new MainLeaseStore({ book: server.book, accounting: () => accounting, durability, clock });
  store.put(leaseOf(1));
  await t.rejects(store.durable(1), /disk is slow/);
  await store.durable(1);
  await store.durable(1);
  t.equal(tries, 2);
});

t.test('an administrator changes a lease as soon as its ACK has left, and not before', async (t) => {
  const { server, store, clock } = benchFor(t);
  server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
  const given = (n: number, at: string) => {
    server.send(request(n, at));
    const lease = store.get(address(at))!;
    // Seen long before, as when an `expire` is given: who seems to be the newer client is of no importance.
    const clttSec = clock.wallSec() - 1000;
    return { ...lease, hwAddress: Uint8Array.of(9, 9, 9, 9, 9, 9), clientId: Uint8Array.of(9, n), clttSec };
  };
  const other = given(1, '10.0.0.10');
  t.equal(store.put(other, 'administrator'), 'busy', 'the ACK may leave any moment');
  t.equal(store.remove(other.address, 'administrator'), 'busy', 'the address would be given again');
  server.makeDurable();
  t.equal(store.put(other, 'administrator'), 'busy', 'it waits for the partner');
  server.verdict(1, 1, Verdict.confirmed);
  t.equal(store.put(other, 'peer'), 'busy', 'this one may have crossed ours');
  t.equal(store.put(other, 'administrator'), 'updated', 'in the same moment');
  t.same(store.get(other.address)?.hwAddress, other.hwAddress);

  const deleted = given(2, '10.0.0.11');
  server.makeDurable();
  t.equal(store.remove(deleted.address, 'administrator'), 'busy');
  server.verdict(2, 1, Verdict.confirmed);
  t.equal(store.remove(deleted.address, 'administrator'), true);

  const refused = given(3, '10.0.0.12');
  server.makeDurable();
  server.verdict(3, 1, Verdict.rejected);
  t.equal(store.put(refused, 'administrator'), 'updated', 'its client hears nothing');
});

t.test(
  'of two clients that two servers gave one address in one second, a synchronization has chosen',
  async (t) => {
    const { server, store } = benchFor(t);
    server.policy({ activeServers: 1, scopes: 1, updateMode: UpdateMode.await });
    server.send(request(1, '10.0.0.10'));
    const ours = store.get(address('10.0.0.10'))!;
    const theirs = { ...ours, hwAddress: Uint8Array.of(9, 9, 9, 9, 9, 9), clientId: Uint8Array.of(9) };
    t.equal(store.put(theirs, 'synchronization'), 'busy', 'the ACK may leave any moment');
    server.makeDurable();
    server.verdict(1, 1, Verdict.confirmed);
    t.equal(store.put(theirs, 'peer'), 'busy', 'an update may have crossed ours');
    t.equal(store.put(theirs, 'synchronization'), 'updated');
    t.same(store.get(ours.address)?.hwAddress, theirs.hwAddress);
  },
);
