/** Conformance scenarios 49 to 56: synchronization, here through ha-sync and the syncing state. */
import t from 'tap';
import { formatIpv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import type { HaRelationshipConfig } from '../../../src/config/ha-model.ts';
import { lease, MemoryStore } from '../support/memory-store.ts';
import { answered, pageHandler, type Respond, refused, ScriptedPeer, wireLease } from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { settle, VirtualTime } from '../support/virtual-time.ts';

const BASE = 0x0a000000;

/** A hot-standby primary whose partner serves `remote` page by page; `respond` may answer differently. */
function setup(
  options: {
    config?: Partial<HaRelationshipConfig>;
    store?: MemoryStore;
    respond?: Partial<Record<string, Respond>>;
  } = {},
) {
  const remote = new MemoryStore();
  const page = pageHandler(remote);
  const respond: Respond = async (command, args) => {
    const special = options.respond?.[command]?.(command, args);
    if (special !== undefined) return special;
    if (command !== 'lease4-get-page') return answered(0);
    const answer = await page(args);
    return answered(answer.result, answer.arguments);
  };
  const partner = new ScriptedPeer('server2', 'standby', respond);
  const backup = new ScriptedPeer('server3', 'backup', respond);
  const time = new VirtualTime();
  const server = new Server(
    relationship('hot-standby', 'server1', options.config),
    time,
    [partner, backup],
    options.store,
  ).start();
  return { server, partner, backup, remote, time, respond };
}

t.test('[scenario 49] ten leases in pages of three, the partner held off before each', async (t) => {
  const { server, partner, remote } = setup({ config: { syncPageLimit: 3 } });
  for (let host = 0; host < 10; host++) remote.put(lease(BASE + host, 1000 + host));
  server.store.put(lease(BASE + 2, 500, { hostname: 'older-here' }));
  server.store.put(lease(BASE + 3, 5000, { hostname: 'newer-here' }));
  server.store.put(lease(BASE + 4, 1004, { hostname: 'same-age' }));
  server.store.put(lease(BASE + 99, 1, { hostname: 'only-here' }));
  const answer = await server.command('ha-sync', { 'server-name': 'server2', 'max-period': 45 });
  t.equal(answer.result, 0);
  t.same(partner.commands, [
    ...Array(4).fill(['dhcp-disable', 'lease4-get-page']).flat(),
    'ha-sync-complete-notify',
  ]);
  t.same(partner.sent[0]?.args, { 'origin-id': 2000, origin: 'ha-partner', 'max-period': 45 });
  t.same(
    partner.sent.filter(({ command }) => command === 'lease4-get-page').map(({ args }) => args),
    ['start', '10.0.0.2', '10.0.0.5', '10.0.0.8'].map((from) => ({ from, limit: 3 })),
  );
  t.same(partner.sent.at(-1)?.args, { 'server-name': 'server1', 'origin-id': 2000, origin: 2000 });
  t.equal(server.store.count(), 11);
  t.equal(server.store.get(BASE + 2)?.hostname, '');
  t.equal(server.store.get(BASE + 3)?.hostname, 'newer-here');
  t.equal(server.store.get(BASE + 4)?.hostname, 'same-age');
  t.equal(server.store.get(BASE + 99)?.hostname, 'only-here', 'nothing is deleted');
});

t.test('[scenario 49] a bad lease is skipped alone, even as the last one of a full page', async (t) => {
  const good = Array.from({ length: 5 }, (_, host) => wireLease(lease(BASE + host, 1000)));
  good[1]!['subnet-id'] = 0;
  good[2]!['hw-address'] = 'nonsense';
  const pages: Respond = (_command, args) => {
    const from = args?.['from'] === 'start' ? -1 : parseIpv4(String(args?.['from']))!;
    const leases = good.filter((entry) => parseIpv4(String(entry['ip-address']))! > from).slice(0, 3);
    return answered(0, { leases, count: leases.length });
  };
  const { server } = setup({ config: { syncPageLimit: 3 }, respond: { 'lease4-get-page': pages } });
  t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.same(
    server.store.all().map(({ address }) => formatIpv4(address)),
    ['10.0.0.0', '10.0.0.3', '10.0.0.4'],
  );
  t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_LEASE_SKIPPED')?.fields, {
    address: '10.0.0.1',
    reason: /subnet-id/,
  });
  t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_SUCCEEDED')?.fields, {
    pages: 2,
    created: 3,
    skipped: 2,
  });
});

t.test('a source that repeats its pages does not keep us for ever', async (t) => {
  const leases = [wireLease(lease(BASE, 1000))];
  const { server, partner } = setup({
    config: { syncPageLimit: 1 },
    respond: { 'lease4-get-page': () => answered(0, { leases, count: 1 }) },
  });
  t.match(await server.command('ha-sync', { 'server-name': 'server2' }), { result: 1, text: /ascend/ });
  t.equal(partner.commands.at(-1), 'dhcp-enable');
});

t.test('[scenario 51] a backup is a source as well, and an empty one is fine', async (t) => {
  const { server, backup, partner } = setup();
  t.equal((await server.command('ha-sync', { 'server-name': 'server3' })).result, 0);
  t.same(backup.commands, ['dhcp-disable', 'lease4-get-page', 'ha-sync-complete-notify']);
  t.same(partner.commands, []);
  t.equal(
    backup.sent[0]?.args?.['max-period'],
    60,
    'without max-period the time of one page: never without an end',
  );
});

t.test('[scenario 52] a refused dhcp-disable ends it, nothing more is sent', async (t) => {
  for (const answer of [refused, answered(1, undefined, 'no')]) {
    const { server, partner } = setup({ respond: { 'dhcp-disable': () => answer } });
    t.match(await server.command('ha-sync', { 'server-name': 'server2' }), {
      result: 1,
      text: /^dhcp-disable: /,
    });
    t.same(partner.commands, ['dhcp-disable']);
    t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': 'unavailable' } } });
  }
});

t.test('[scenario 53] a failed page releases the partner and does not notify it', async (t) => {
  for (const answer of [refused, answered(1), answered(0), answered(0, { leases: 7 }), answered(0, [])]) {
    const { server, partner } = setup({ respond: { 'lease4-get-page': () => answer } });
    t.match(await server.command('ha-sync', { 'server-name': 'server2' }), {
      result: 1,
      text: /^lease4-get-page: /,
    });
    t.same(partner.commands, ['dhcp-disable', 'lease4-get-page', 'dhcp-enable']);
  }
});

t.test('[scenario 53] a backup that fails says nothing of the partner', async (t) => {
  const { server } = setup({ respond: { 'lease4-get-page': () => refused } });
  t.equal((await server.command('ha-sync', { 'server-name': 'server3' })).result, 1);
  t.match(server.service.status(), { 'ha-servers': { remote: { 'last-state': '' } } });
});

t.test('[scenario 54] an old partner that knows no notify gets dhcp-enable', async (t) => {
  const old = setup({ respond: { 'ha-sync-complete-notify': () => answered(2) } });
  t.equal((await old.server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(old.partner.commands.at(-1), 'dhcp-enable');
  t.same(old.partner.sent.at(-1)?.args, { 'origin-id': 2000, origin: 'ha-partner' });
  const failing = setup({
    respond: { 'ha-sync-complete-notify': () => answered(2), 'dhcp-enable': () => refused },
  });
  t.match(await failing.server.command('ha-sync', { 'server-name': 'server2' }), {
    result: 1,
    text: /^dhcp-enable: /,
  });
});

t.test('[scenario 55] a failed notify fails the synchronization, without dhcp-enable', async (t) => {
  const { server, partner } = setup({ respond: { 'ha-sync-complete-notify': () => answered(1) } });
  t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 1);
  t.equal(partner.commands.at(-1), 'ha-sync-complete-notify');
});

t.test('[scenario 56] unknown or own names and bad arguments send nothing', async (t) => {
  const { server, partner, backup } = setup();
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

t.test(
  'leases that cannot be made durable fail the synchronization before the partner is told',
  async (t) => {
    const store = new MemoryStore();
    store.diskWorks = false;
    const { server, partner, remote } = setup({ store });
    remote.put(lease(BASE, 1000));
    t.match(await server.command('ha-sync', { 'server-name': 'server2' }), {
      result: 1,
      text: /stable storage/,
    });
    t.same(partner.commands, ['dhcp-disable', 'lease4-get-page', 'dhcp-enable']);
  },
);

t.test('leases without a place are counted and skipped', async (t) => {
  const { server, remote } = setup({ store: new MemoryStore(3) });
  for (let host = 0; host < 20; host++) remote.put(lease(BASE + host, 1000));
  t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(server.store.count(), 3);
  t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_SUCCEEDED')?.fields, { skipped: 17 });
  t.equal(server.logged.filter(({ id }) => id === 'TDM_HA_SYNC_LEASE_SKIPPED').length, 5);
});

t.test('a second synchronization is refused while one is under way', async (t) => {
  let release: () => void = () => {};
  const { server, partner } = setup({
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
  const { server, partner, time, remote } = setup({
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
  const { server, partner, time } = setup({
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
      const { server, remote } = setup({
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
  const { server } = setup();
  t.match(await server.command('dhcp-disable', { 'max-period': 5 }), {
    result: 0,
    arguments: { silent: true },
  });
});
