/** What the server that comes back has alone is not lost: it gives it to its partner, or a Kea partner is asked for it. */
import t from 'tap';
import { type Ipv4, parseIpv4 } from '../../../src/base/ipv4.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { lease, MemoryStore } from '../support/memory-store.ts';
import {
  answered,
  pageHandler,
  type Respond,
  refused,
  ScriptedPeer,
  updateHandlers,
} from '../support/peers.ts';
import { relationship } from '../support/relationship.ts';
import { Server } from '../support/server.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const BASE = parseIpv4('10.0.0.0')!;
const time0 = new VirtualTime();
const NOW = time0.wallSec();

/** A lease of client `client` at host `host`, seen `ago` seconds before the tests begin. */
function held(host: number, client: number, ago: number, changes: Partial<Lease4> = {}): Lease4 {
  const hwAddress = Uint8Array.of(2, 0, 0, 0, 9, client);
  return lease(BASE + host, NOW - ago, { hwAddress, validLifetimeSec: 40_000, ...changes });
}

/** A partner in the state that `state` gives, whose leases stand in `remote`; a Kea, or a Tandem that gives back. */
class Partner extends ScriptedPeer {
  state = 'partner-down';
  readonly remote: MemoryStore;
  /** Commands that change or hold something there. */
  readonly story: string[] = [];

  constructor(
    time: VirtualTime,
    remote: MemoryStore,
    tandem: object | null = null,
    special: Respond = () => NOTHING,
  ) {
    const handlers = new Map([['lease4-get-page', pageHandler(remote)], ...updateHandlers(remote)]);
    super('server2', 'standby', async (command, args) => {
      if (command !== 'ha-heartbeat') this.story.push(command);
      const answer = await special(command, args);
      if (answer !== NOTHING) return answer;
      if (command === 'ha-heartbeat') {
        const heartbeat = { state: this.state, 'date-time': new Date(time.wallMs()).toUTCString() };
        return this.state === 'away'
          ? refused
          : answered(0, tandem === null ? heartbeat : { ...heartbeat, tandem });
      }
      const handler = handlers.get(command);
      if (handler === undefined) return answered(0);
      const given = await handler(args);
      return answered(given.result, given.arguments, given.text);
    });
    this.remote = remote;
  }
}

const NOTHING = answered(-1);

/** A hot-standby primary that comes back to a partner-down partner, run until it is in its normal state or `limitMs`. */
async function comeBack(
  ours: readonly Lease4[],
  theirs: readonly Lease4[],
  special: Respond = () => NOTHING,
  fresh: ReadonlySet<Ipv4> = new Set(),
) {
  const time = new VirtualTime();
  const [store, remote] = [new MemoryStore(), new MemoryStore()];
  for (const own of ours) store.put(own);
  for (const address of fresh) store.fresh.add(address);
  for (const other of theirs) remote.put(other);
  const partner = new Partner(time, remote, null, special);
  const server = new Server(
    relationship('hot-standby', 'server1', { syncPageLimit: 2 }),
    time,
    [partner],
    store,
  );
  server.start();
  await time.advance(10_000);
  return { server, partner, store, remote, time };
}

t.test('leases that no page holds are given to the partner before it is released', async (t) => {
  const ours = [1, 3, 5, 7, 9].map((host) => held(host, host, 100));
  const { server, partner, store, remote } = await comeBack(
    ours,
    [2, 4, 6].map((host) => held(host, host, 50)),
  );
  t.equal(server.state, 'ready');
  t.same(remote.all(), store.all());
  t.equal(remote.count(), 8);
  t.equal(partner.story.at(-1), 'ha-sync-complete-notify', 'what is given is there before the notification');
  t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_SUCCEEDED')?.fields, { given: 5, created: 3 });
});

t.test('of two leases at one address the later one stands on both sides', async (t) => {
  const rows: [string, Lease4, Lease4, Lease4][] = [
    ['ours is later', held(1, 1, 10), held(1, 2, 20), held(1, 1, 10)],
    ['theirs is later', held(1, 1, 20), held(1, 2, 10), held(1, 2, 10)],
    ['as late: who was there decides', held(1, 1, 10), held(1, 2, 10), held(1, 2, 10)],
    [
      'as late, but theirs is over',
      held(1, 1, 10),
      held(1, 1, 10, { state: LeaseState.released }),
      held(1, 1, 10),
    ],
    ['ours is of a clock that was set back', held(1, 1, -1_000), held(1, 2, 10), held(1, 2, 10)],
    [
      'declined here',
      held(1, 1, 10, { state: LeaseState.declined, hwAddress: new Uint8Array(0) }),
      held(1, 2, 20),
      held(1, 1, 10, { state: LeaseState.declined, hwAddress: new Uint8Array(0) }),
    ],
  ];
  for (const [name, ours, theirs, expected] of rows) {
    const { store, remote } = await comeBack([ours], [theirs]);
    t.same(store.all(), [expected], `${name}: here`);
    t.same(remote.all(), [expected], `${name}: there`);
  }
});

t.test(
  'a lease that was released here is deleted there; one that has run out is nobody’s business',
  async (t) => {
    const released = held(1, 1, 10, { state: LeaseState.released, validLifetimeSec: 0 });
    const over = held(2, 2, 100, { validLifetimeSec: 50 });
    const { partner, remote, store } = await comeBack([released, over], [held(1, 1, 20)]);
    t.same(remote.all(), []);
    t.equal(store.count(), 2, 'they stay here for their clients');
    t.notOk(partner.story.includes('lease4-update'));
  },
);

t.test('a client that moved to another address keeps the later one only', async (t) => {
  const id = Uint8Array.of(1, 2, 3);
  const moved = await comeBack([held(1, 1, 500)], [held(7, 1, 50)]);
  t.same(moved.store.all(), [held(7, 1, 50)], 'moved there');
  t.same(moved.remote.all(), [held(7, 1, 50)]);
  const back = await comeBack([held(1, 1, 10, { clientId: id })], [held(7, 1, 500, { clientId: id })]);
  t.same(back.store.all(), [held(1, 1, 10, { clientId: id })], 'moved here');
  t.same(back.remote.all(), back.store.all());
  const clones = [held(1, 1, 3_000, { clientId: id }), held(2, 2, 2_000, { clientId: id })];
  const cloned = await comeBack(clones, [held(3, 3, 1_000, { clientId: id })]);
  t.equal(
    cloned.store.count(),
    3,
    'one identifier on several machines: each has its lease (match-client-id)',
  );
  t.same(cloned.remote.all(), cloned.store.all());
  const others = await comeBack(
    [held(1, 1, 10, { clientId: id })],
    [held(7, 1, 50, { clientId: Uint8Array.of(9, 9) }), held(8, 1, 60, { subnetId: 2, clientId: id })],
  );
  t.equal(
    others.store.count(),
    3,
    'one hardware with two identifiers is two clients, and each subnet is its own',
  );
  t.same(others.remote.all(), others.store.all());
});

t.test('one lease that the partner does not take is named and costs only itself', async (t) => {
  for (const result of [1, 4]) {
    const { server, partner, remote } = await comeBack(
      [1, 2, 3].map((host) => held(host, host, 10)),
      [],
      (command, args) =>
        command === 'lease4-update' && args?.['ip-address'] === '10.0.0.2'
          ? answered(result, undefined, 'too long')
          : NOTHING,
    );
    t.equal(server.state, 'ready');
    t.equal(remote.count(), 2);
    t.equal(partner.story.at(-1), 'ha-sync-complete-notify');
    t.match(server.logged.find(({ id }) => id === 'TDM_HA_SYNC_LEASE_REFUSED')?.fields, {
      address: '10.0.0.2',
      reason: 'too long',
    });
  }
});

t.test('a partner that fails while it is given leases is given them anew', async (t) => {
  let isBroken = true;
  const { server, partner, remote, time } = await comeBack([held(1, 1, 10)], [], (command) =>
    command === 'lease4-update' && isBroken ? refused : NOTHING,
  );
  t.equal(server.state, 'syncing');
  t.equal(partner.story.at(-1), 'dhcp-enable', 'its service is not left off');
  isBroken = false;
  await time.advance(20_000);
  t.equal(server.state, 'ready');
  t.equal(remote.count(), 1);
});

t.test('ha-sync fetches and gives nothing: the service may be on', async (t) => {
  const { server, remote, partner } = await comeBack([], []);
  server.store.put(held(1, 1, 10));
  partner.story.length = 0;
  t.equal((await server.command('ha-sync', { 'server-name': 'server2' })).result, 0);
  t.equal(remote.count(), 0);
  t.notOk(partner.story.includes('lease4-update'));
});

/** A partner-down server to which a Kea comes back. */
async function keaComesBack(theirs: readonly Lease4[], ours: readonly Lease4[], special?: Respond) {
  const time = new VirtualTime();
  const [store, remote] = [new MemoryStore(), new MemoryStore()];
  for (const own of ours) store.put(own);
  for (const other of theirs) remote.put(other);
  const partner = new Partner(time, remote, null, special);
  partner.state = 'away';
  const config = relationship('hot-standby', 'server1', { syncPageLimit: 2 });
  const server = new Server(config, time, [partner], store).start();
  await time.advance(90_000);
  return { server, partner, store, remote, time };
}

t.test('a Kea that is ready is asked for what it gave alone; nobody is answered meanwhile', async (t) => {
  const theirs = [1, 2, 3].map((host) => held(host, host, 100));
  const ours = [held(2, 7, 50), held(9, 9, 50)];
  const { server, partner, store, remote, time } = await keaComesBack(theirs, ours);
  t.equal(server.state, 'partner-down');
  partner.state = 'ready';
  const before = server.policies.length;
  await time.advance(10_000);
  t.equal(server.state, 'hot-standby');
  t.same(store.all(), [held(1, 1, 100), held(2, 7, 50), held(3, 3, 100), held(9, 9, 50)]);
  t.same(remote.all(), store.all(), 'and the other way round');
  t.same(
    server.policies.slice(before).map(({ serviceEnabled }) => serviceEnabled),
    [false, true],
    'silent from the heartbeat to the normal state',
  );
  t.notOk(partner.story.includes('dhcp-disable'), 'a server in ready is silent by itself');
});

t.test(
  'an address that both gave in the same second, a moment ago, is the client’s of the partner',
  async (t) => {
    const kea = await keaComesBack([held(1, 1, 100)], [held(1, 7, 100)]);
    kea.store.fresh.add(BASE + 1);
    kea.partner.state = 'ready';
    await kea.time.advance(10_000);
    t.equal(kea.server.state, 'hot-standby');
    t.same(kea.store.all(), kea.remote.all(), 'a Kea keeps its own, and would never hear of ours');
    t.equal(kea.server.logged.filter(({ id }) => id === 'TDM_HA_SYNC_FAILED').length, 0);

    const back = await comeBack([held(1, 7, 100)], [held(1, 1, 100)], () => NOTHING, new Set([BASE + 1]));
    t.equal(back.server.state, 'ready');
    t.same(back.store.all(), back.remote.all());
    t.equal(back.server.logged.filter(({ id }) => id === 'TDM_HA_SYNC_FAILED').length, 0);
  },
);

t.test('the fetch fails: the pair goes on, and asks again while both serve', async (t) => {
  let isBroken = true;
  const { server, partner, store, time } = await keaComesBack([held(1, 1, 100)], [], (command) =>
    command === 'lease4-get-page' && isBroken ? answered(1, undefined, 'busy') : NOTHING,
  );
  partner.state = 'ready';
  await time.advance(20_000);
  t.equal(server.state, 'hot-standby', 'a Kea whose pages do not come keeps nobody apart');
  t.ok(server.policy.serviceEnabled);
  t.equal(store.count(), 0);
  partner.state = 'hot-standby';
  await time.advance(20_000);
  isBroken = false;
  await time.advance(20_000);
  t.equal(store.count(), 1);
});

t.test('a Kea that falls silent in the middle does not keep the service off', async (t) => {
  let release: () => void = () => {};
  const { server, partner, time } = await keaComesBack([held(1, 1, 100)], [], (command) =>
    command === 'lease4-get-page'
      ? new Promise((resolve) => {
          release = () => resolve(refused);
        })
      : NOTHING,
  );
  partner.state = 'ready';
  await time.advance(10_000);
  t.notOk(server.policy.serviceEnabled);
  t.match(server.service.why()['waits-for'][0], /leases that only server2 has are being fetched/);
  partner.state = 'away';
  await time.advance(10_000);
  t.equal(server.state, 'partner-down');
  t.ok(server.policy.serviceEnabled);
  release();
  await time.advance(10_000);
  t.ok(server.policy.serviceEnabled);
});

t.test('a Kea that was away for a moment is asked slowly, while both serve', async (t) => {
  const { server, partner, store, remote, time } = await keaComesBack([], []);
  partner.state = 'ready';
  await time.advance(20_000);
  partner.state = 'hot-standby';
  await time.advance(20_000);
  t.equal(server.state, 'hot-standby');
  for (const host of [1, 2, 3]) remote.put(held(host, host, 100));
  store.put(held(2, 7, 50));
  partner.state = 'away';
  await time.advance(10_000);
  partner.state = 'hot-standby';
  const before = server.policies.length;
  await time.advance(20_000);
  t.equal(store.count(), 3);
  t.same(store.get(BASE + 2), held(2, 7, 50), 'the later one stays');
  t.notOk(server.policies.slice(before).some(({ serviceEnabled }) => !serviceEnabled));
  t.same(remote.get(BASE + 2), held(2, 2, 100), 'nothing is given while both serve');
});

t.test('a Tandem that gives back is not asked', async (t) => {
  const time = new VirtualTime();
  const partner = new Partner(time, new MemoryStore(), { version: '1', 'gives-back': true });
  partner.state = 'away';
  const server = new Server(relationship('hot-standby', 'server1'), time, [partner]).start();
  await time.advance(90_000);
  partner.state = 'ready';
  await time.advance(10_000);
  t.equal(server.state, 'hot-standby');
  t.notOk(partner.story.includes('lease4-get-page'));
});

t.test('how long an identifier a Kea can hold is asked once each time it comes', async (t) => {
  let maximum: number | null = 128;
  const { server, partner, time } = await keaComesBack([], [], (command) =>
    command !== 'lease4-get-by-client-id'
      ? NOTHING
      : maximum === null
        ? answered(3)
        : answered(1, undefined, `uid length 255 exceeds maximum of ${maximum}`),
  );
  t.equal(server.policy.clientIdBytesMax, 255, 'nothing is known yet');
  partner.state = 'ready';
  await time.advance(20_000);
  t.equal(server.policy.clientIdBytesMax, 128);
  t.equal(partner.story.filter((command) => command === 'lease4-get-by-client-id').length, 1);
  partner.state = 'away';
  await time.advance(10_000);
  t.equal(server.policy.clientIdBytesMax, 128, 'what it could hold counts until it is back');
  maximum = null;
  partner.state = 'hot-standby';
  await time.advance(20_000);
  t.equal(server.policy.clientIdBytesMax, 255, 'a newer version came back');
});

t.test('a hold that ran out during the synchronization: the partner has to begin again', async (t) => {
  const { server, partner, time } = await keaComesBack([], []);
  const hold = { 'origin-id': 2000, origin: 'ha-partner' };
  await server.command('dhcp-disable', { ...hold, 'max-period': 1 });
  await time.advance(2_000);
  server.service.unsent(1);
  await server.command('dhcp-disable', { ...hold, 'max-period': 60 });
  partner.state = 'ready';
  await server.command('ha-sync-complete-notify', { 'server-name': 'server2', ...hold });
  await time.advance(10_000);
  t.ok(partner.story.includes('ha-reset'), 'a lease was given behind its back');
  t.equal(server.state, 'partner-down');
  partner.story.length = 0;
  await server.command('dhcp-disable', { ...hold, 'max-period': 60 });
  await server.command('ha-sync-complete-notify', { 'server-name': 'server2', ...hold });
  await time.advance(10_000);
  t.equal(server.state, 'hot-standby');
});
