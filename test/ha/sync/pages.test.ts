/** Conformance scenarios 49 to 56, for each family: synchronization, here through ha-sync and the syncing state. */
import t from 'tap';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import { forLeasesOfEach, type LeaseFamily, respondBy, type Told } from '../support/lease-families.ts';
import { lease, MemoryStore } from '../support/memory-store.ts';
import { answered, type Respond, refused, ScriptedPeer, wireLease } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server, type TestLeases } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

const BASE = 0x0a000000;

/** A hot-standby primary whose partner serves `remote` page by page; `respond` may answer differently. */
function setup<Leases extends TestLeases, Remote extends TestLeases>(
  store: Leases,
  remote: Remote,
  options: { config?: Partial<HaRelationshipConfig>; respond?: Partial<Record<string, Respond>> } = {},
) {
  const byLeases = respondBy(remote);
  const respond: Respond = (command, args) =>
    options.respond?.[command]?.(command, args) ?? byLeases(command, args);
  const partner = new ScriptedPeer('server2', 'standby', respond);
  const backup = new ScriptedPeer('server3', 'backup', respond);
  const time = new VirtualTime();
  const config = relationship('hot-standby', 'server1', options.config);
  const server = new Server(config, time, [partner, backup], store).start();
  return { server, partner, backup, remote, time, respond };
}

type Options = NonNullable<Parameters<typeof setup>[2]> & { readonly store?: MemoryStore };

/** Of DHCPv4, without table and file. */
function setup4({ store = new MemoryStore(), ...options }: Options = {}) {
  return setup(store, new MemoryStore(), options);
}

function setupOf<Lease extends Told>(family: LeaseFamily<Lease>, options: Options = {}, diskWorks = true) {
  return setup(family.open(diskWorks), family.open(), options);
}

forLeasesOfEach(
  '[scenario 49] ten leases in pages of three, the partner held off before each',
  async (t, family) => {
    const { server, partner, remote } = setupOf(family, { config: { syncPageLimit: 3 } });
    for (let host = 1; host <= 10; host++) remote.put(family.lease(host, 1000 + host));
    server.store.put(family.lease(3, 500, { hostname: 'older-here' }));
    server.store.put(family.lease(4, 2500, { hostname: 'newer-here' }));
    server.store.put(family.lease(5, 1005, { hostname: 'same-age' }));
    server.store.put(family.lease(99, 1, { hostname: 'only-here' }));
    const answer = await server.command('ha-sync', { 'server-name': 'server2', 'max-period': 45 });
    t.equal(answer.result, 0);
    t.same(partner.commands, [
      ...Array(4).fill(['dhcp-disable', family.pageCommand]).flat(),
      'ha-sync-complete-notify',
    ]);
    t.same(partner.sent[0]?.args, { 'origin-id': 2000, origin: 'ha-partner', 'max-period': 45 });
    t.same(
      partner.sent.filter(({ command }) => command === family.pageCommand).map(({ args }) => args),
      ['start', ...[3, 6, 9].map(family.addressOf)].map((from) => ({ from, limit: 3 })),
    );
    t.same(partner.sent.at(-1)?.args, { 'server-name': 'server1', 'origin-id': 2000, origin: 2000 });
    t.equal(server.store.count(), 11);
    t.equal(server.store.at(3)?.hostname, '');
    t.equal(server.store.at(4)?.hostname, 'newer-here');
    t.equal(server.store.at(5)?.hostname, 'same-age');
    t.equal(server.store.at(99)?.hostname, 'only-here', 'nothing is deleted');
  },
);

forLeasesOfEach(
  '[scenario 49] a bad lease is skipped alone, even as the last one of a full page',
  async (t, family) => {
    const hosts = [4, 5, 6, 7, 8];
    const all = hosts.map((host) => family.wire(family.lease(host, 1000)));
    all[1]!['subnet-id'] = 0;
    all[2]!['hw-address'] = 'nonsense';
    const pages: Respond = (_command, args) => {
      const after = all.findIndex((entry) => entry['ip-address'] === args?.['from']);
      const leases = all.slice(after + 1, after + 4);
      return answered(0, { leases, count: leases.length });
    };
    const options = { config: { syncPageLimit: 3 }, respond: { [family.pageCommand]: pages } };
    const { server } = setupOf(family, options);
    t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
    t.same(
      hosts.filter((host) => server.store.at(host) !== null),
      [4, 7, 8],
    );
    t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_LEASE_SKIPPED')?.fields, {
      address: family.addressOf(5),
      reason: /subnet-id/,
    });
    t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_SUCCEEDED')?.fields, {
      pages: 2,
      created: 3,
      skipped: 2,
    });
  },
);

t.test('a source that repeats its pages does not keep us for ever', async (t) => {
  const leases = [wireLease(lease(BASE, 1000))];
  const { server, partner } = setup4({
    config: { syncPageLimit: 1 },
    respond: { 'lease4-get-page': () => answered(0, { leases, count: 1 }) },
  });
  t.match(await server.command('ha-sync', { 'server-name': 'server2' }), { result: 1, text: /ascend/ });
  t.equal(partner.commands.at(-1), 'dhcp-enable');
});

forLeasesOfEach('[scenario 51] a backup is a source as well, and an empty one is fine', async (t, family) => {
  const { server, backup, partner } = setupOf(family);
  t.equal((await server.command('ha-sync', { 'server-name': 'server3' })).result, 0);
  t.same(backup.commands, ['dhcp-disable', family.pageCommand, 'ha-sync-complete-notify']);
  t.same(partner.commands, []);
  t.equal(
    backup.sent[0]?.args?.['max-period'],
    60,
    'without max-period the time of one page: never without an end',
  );
});

forLeasesOfEach('[scenario 52] a refused dhcp-disable ends it, nothing more is sent', async (t, family) => {
  for (const answer of [refused, answered(1, undefined, 'no')]) {
    const { server, partner } = setupOf(family, { respond: { 'dhcp-disable': () => answer } });
    t.match(await server.command('ha-sync', { 'server-name': 'server2' }), {
      result: 1,
      text: /^dhcp-disable: /,
    });
    t.same(partner.commands, ['dhcp-disable']);
    t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': 'unavailable' } } });
  }
});

forLeasesOfEach(
  '[scenario 53] a failed page releases the partner and does not notify it',
  async (t, family) => {
    for (const answer of [refused, answered(1), answered(0), answered(0, { leases: 7 }), answered(0, [])]) {
      const { server, partner } = setupOf(family, { respond: { [family.pageCommand]: () => answer } });
      t.match(await server.command('ha-sync', { 'server-name': 'server2' }), {
        result: 1,
        text: new RegExp(`^${family.pageCommand}: `),
      });
      t.same(partner.commands, ['dhcp-disable', family.pageCommand, 'dhcp-enable']);
    }
  },
);

forLeasesOfEach('[scenario 53] a backup that fails says nothing of the partner', async (t, family) => {
  const { server } = setupOf(family, { respond: { [family.pageCommand]: () => refused } });
  t.equal((await server.command('ha-sync', { 'server-name': 'server3' })).result, 1);
  t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': '' } } });
});

forLeasesOfEach('[scenario 54] an old partner that knows no notify gets dhcp-enable', async (t, family) => {
  const old = setupOf(family, { respond: { 'ha-sync-complete-notify': () => answered(2) } });
  t.equal((await old.server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(old.partner.commands.at(-1), 'dhcp-enable');
  t.same(old.partner.sent.at(-1)?.args, { 'origin-id': 2000, origin: 'ha-partner' });
  const failing = setupOf(family, {
    respond: { 'ha-sync-complete-notify': () => answered(2), 'dhcp-enable': () => refused },
  });
  t.match(await failing.server.command('ha-sync', { 'server-name': 'server2' }), {
    result: 1,
    text: /^dhcp-enable: /,
  });
});

forLeasesOfEach(
  '[scenario 55] a failed notify fails the synchronization, without dhcp-enable',
  async (t, family) => {
    const { server, partner } = setupOf(family, {
      respond: { 'ha-sync-complete-notify': () => answered(1) },
    });
    t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 1);
    t.equal(partner.commands.at(-1), 'ha-sync-complete-notify');
  },
);

forLeasesOfEach('[scenario 56] unknown or own names and bad arguments send nothing', async (t, family) => {
  const { server, partner, backup } = setupOf(family);
  for (const args of [
    undefined,
    null,
    [],
    {},
    { 'server-name': 'server1' },
    { 'server-name': 'server9' },
    { 'server-name': '__proto__' },
    { 'server-name': 5 },
    { 'server-name': 'server2', 'max-period': 0 },
    { 'server-name': 'server2', 'max-period': 'x' },
    { 'server-name': 'server2', 'max-period': 2 ** 40 },
  ])
    t.match(await server.command('ha-sync', args), { result: 1, text: String });
  t.same([...partner.commands, ...backup.commands], []);
});

forLeasesOfEach(
  'leases that cannot be made durable fail the synchronization before the partner is told',
  async (t, family) => {
    const { server, partner, remote } = setupOf(family, {}, false);
    remote.put(family.lease(1, 1000));
    t.match(await server.command('ha-sync', { 'server-name': 'server2' }), {
      result: 1,
      text: /stable storage/,
    });
    t.same(partner.commands, ['dhcp-disable', family.pageCommand, 'dhcp-enable']);
  },
);

t.test('leases without a place are counted and skipped', async (t) => {
  const { server, remote } = setup4({ store: new MemoryStore(3) });
  for (let host = 0; host < 20; host++) remote.put(lease(BASE + host, 1000));
  t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(server.store.count(), 3);
  t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_SUCCEEDED')?.fields, { skipped: 17 });
  t.equal(server.logged.filter(({ id }) => id === 'TDM_HA_SYNC_LEASE_SKIPPED').length, 5);
});

t.test('a second synchronization is refused while one is under way', async (t) => {
  let release: () => void = () => {};
  const { server, partner } = setup4({
    respond: { 'dhcp-disable': () => new Promise((resolve) => (release = () => resolve(answered(0)))) },
  });
  const running = server.command('ha-sync', { 'server-name': 'server2' });
  await settle();
  t.match(await server.command('ha-sync', { 'server-name': 'server2' }), { result: 1, text: /under way/ });
  release();
  t.equal((await running).result, 0);
  t.equal(partner.commands.filter((command) => command === 'dhcp-disable').length, 1);
});

t.test('syncing that is left in the middle is abandoned and releases the partner', async (t) => {
  let release: () => void = () => {};
  const heartbeat = { state: 'partner-down', 'date-time': new VirtualTime().wallMs() };
  const { server, partner, time, remote } = setup4({
    respond: {
      'ha-heartbeat': () => answered(0, { ...heartbeat, 'date-time': new Date(time.wallMs()).toUTCString() }),
      'lease4-get-page': () =>
        new Promise(
          (resolve) => (release = () => resolve(answered(0, { leases: remote.all().map(wireLease) }))),
        ),
    },
  });
  for (let host = 0; host < 20; host++) remote.put(lease(BASE + host, 1000));
  await time.advance(10_000);
  t.equal(server.state, 'syncing');
  t.equal((await server.command('ha-maintenance-notify', { cancel: false })).result, 0);
  release();
  await settle();
  t.equal(server.state, 'in-maintenance');
  t.equal(partner.commands.at(-1), 'dhcp-enable');
  t.equal(server.store.count(), 0);
});

t.test('while syncing no heartbeats are sent; they go on afterwards', async (t) => {
  let release: () => void = () => {};
  const { server, partner, time } = setup4({
    respond: {
      'ha-heartbeat': () =>
        answered(0, { state: 'ready', 'date-time': new Date(time.wallMs()).toUTCString() }),
      'lease4-get-page': () =>
        new Promise((resolve) => (release = () => resolve(answered(3, { leases: [] })))),
    },
  });
  const heartbeats = () => partner.commands.filter((command) => command === 'ha-heartbeat').length;
  await time.advance(10_000);
  t.equal(server.state, 'syncing');
  await time.advance(50_000);
  t.equal(heartbeats(), 1);
  release();
  await settle();
  t.equal(server.state, 'hot-standby', 'ready, and the partner was ready');
  await time.advance(10_000);
  t.equal(heartbeats(), 2);
});

t.test(
  'a source that still works off what it has taken is given time, once, before its first page',
  async (t) => {
    const sync = async (disabled: object | undefined) => {
      const { server, remote } = setup4({
        config: { syncPageLimit: 1 },
        respond: { 'dhcp-disable': () => answered(0, disabled) },
      });
      for (let host = 0; host < 3; host++) remote.put(lease(BASE + host, 1000));
      t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
      return server.waitedMs;
    };
    t.same(await sync(undefined), [200], 'a Kea says nothing of the queries that are under way');
    t.same(await sync({ silent: true }), [], 'a Tandem answers when there are none');
  },
);

t.test('this server answers dhcp-disable when it is silent, and says so', async (t) => {
  const { server } = setup4();
  t.match(await server.command('dhcp-disable', { 'max-period': 5 }), {
    result: 0,
    arguments: { silent: true },
  });
});
