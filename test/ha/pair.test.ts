/** Two whole services that talk to each other through their command handlers, on a clock that the test moves. */
import t from 'tap';
import type { HaMode, HaRelationshipConfig } from '../../src/config/ha-model.ts';
import { UpdateMode } from '../../src/engine/policy.ts';
import { lease, MemoryStore } from './support/memory-store.ts';
import { wired } from './support/peers.ts';
import { relationship } from './support/relationship.ts';
import { Server } from './support/server.ts';
import { VirtualTime } from './support/virtual-time.ts';

const MODES = { 'load-balancing': 'secondary', 'hot-standby': 'standby' } as const;

/** A pair whose halves can be started, killed and started again with the leases they had. */
class Pair {
  readonly time = new VirtualTime();
  readonly #mode: keyof typeof MODES;
  readonly #changes: Partial<HaRelationshipConfig>;
  readonly #up = new Map<string, Server>();
  /** While true nothing passes between the servers. */
  cut = false;

  constructor(mode: keyof typeof MODES, changes: Partial<HaRelationshipConfig> = {}) {
    this.#mode = mode;
    this.#changes = {
      heartbeatDelayMs: 1000,
      maxResponseDelayMs: 3000,
      peers: relationship(mode as HaMode, 'server1').peers.filter((peer) => peer.role !== 'backup'),
      ...changes,
    };
  }

  start(name: 'server1' | 'server2', store = new MemoryStore()): Server {
    const other = name === 'server1' ? 'server2' : 'server1';
    const role = other === 'server1' ? 'primary' : MODES[this.#mode];
    const peer = wired(other, role, () => (this.cut ? null : (this.#up.get(other)?.handlers ?? null)));
    const server = new Server(relationship(this.#mode, name, this.#changes), this.time, [peer], store);
    this.#up.set(name, server);
    return server.start();
  }

  kill(name: 'server1' | 'server2'): void {
    this.#up.get(name)?.service.stop();
    this.#up.delete(name);
  }

  states(): (string | undefined)[] {
    return ['server1', 'server2'].map((name) => this.#up.get(name)?.state);
  }

  /** Runs until both servers are in the given states, at most `limitMs`. */
  async reach(states: readonly (string | undefined)[], limitMs = 30_000): Promise<boolean> {
    for (let ms = 0; ms < limitMs; ms += 100) {
      if (this.states().join() === states.join()) return true;
      await this.time.advance(100);
    }
    return false;
  }
}

t.test('a load-balancing pair comes up and shares the queries', async (t) => {
  const pair = new Pair('load-balancing');
  const [first, second] = [pair.start('server1'), pair.start('server2')];
  t.equal(first.policy.serviceEnabled, false);
  t.equal(first.state, 'waiting', 'the first heartbeat goes out one delay after the start');
  t.ok(await pair.reach(['load-balancing', 'load-balancing']));
  t.same(first.policy, {
    serviceEnabled: true,
    activeServers: 2,
    scopes: 1,
    updateMode: UpdateMode.await,
    reusesLeases: true,
    observeOutOfScope: false,
    clientIdBytesMax: 255,
  });
  t.equal(second.policy.scopes, 2);
  t.same([first.dispatcher.mode, second.dispatcher.mode], ['send', 'send']);
});

t.test('a partner dies, its clients are taken over, it returns and gets every lease', async (t) => {
  const pair = new Pair('load-balancing');
  const store = new MemoryStore();
  const first = pair.start('server1');
  const second = pair.start('server2', store);
  await pair.reach(['load-balancing', 'load-balancing']);
  pair.kill('server2');
  t.ok(await pair.reach(['communication-recovery', undefined]));
  t.equal(first.dispatcher.mode, 'queue');
  t.equal(first.policy.updateMode, UpdateMode.record);
  t.notOk(first.policy.observeOutOfScope);
  await pair.time.advance(4000);
  t.ok(first.policy.observeOutOfScope);
  t.equal(first.state, 'communication-recovery', 'no client has missed the partner yet');
  first.service.observed(
    Array.from({ length: 11 }, (_, index) => ({ hwAddress: `02:${index}`, clientId: '', waitedMs: 11_000 })),
  );
  t.ok(await pair.reach(['partner-down', undefined]));
  t.equal(first.policy.scopes, 3);
  t.equal(first.dispatcher.mode, 'withhold');
  t.equal(first.dispatcher.clears, 1);

  for (let host = 0; host < 700; host++) first.store.put(lease(0x0a000000 + host, 1000));
  store.put(lease(0x0a000001, 2000, { hostname: 'newer-here' }));
  const back = pair.start('server2', store);
  t.ok(await pair.reach(['load-balancing', 'load-balancing']));
  t.equal(back.store.count(), 700);
  t.equal(back.store.get(0x0a000001)?.hostname, 'newer-here', 'a lease that was seen later stays');
  t.equal(back.store.durableCount, 700, 'durable before the partner was told');
  t.ok(first.serviceSwitch.enabled);
  t.ok(second.wasLogged('TDM_HA_STATE_CHANGED'));
});

t.test('a cut that heals within communication-recovery loses nothing', async (t) => {
  const pair = new Pair('load-balancing');
  const first = pair.start('server1');
  pair.start('server2');
  await pair.reach(['load-balancing', 'load-balancing']);
  pair.cut = true;
  t.ok(await pair.reach(['communication-recovery', 'communication-recovery']));
  first.dispatcher.entries = 3;
  pair.cut = false;
  t.ok(await pair.reach(['load-balancing', 'load-balancing']));
  t.ok(first.wasLogged('TDM_HA_BACKLOG_SENT'));
});

t.test('an overflown backlog makes both servers synchronize', async (t) => {
  const pair = new Pair('load-balancing');
  const first = pair.start('server1');
  const second = pair.start('server2');
  await pair.reach(['load-balancing', 'load-balancing']);
  pair.cut = true;
  await pair.reach(['communication-recovery', 'communication-recovery']);
  first.store.put(lease(0x0a000001, 1000));
  first.dispatcher.overflown = true;
  pair.cut = false;
  t.ok(await pair.reach(['load-balancing', 'load-balancing']));
  t.ok(first.wasLogged('TDM_HA_RESET_SENT'));
  t.equal(second.store.count(), 1);
});

t.test('in hot-standby the standby takes over and gives back', async (t) => {
  const pair = new Pair('hot-standby', { maxUnackedClients: 0 });
  pair.start('server1');
  const standby = pair.start('server2');
  t.ok(await pair.reach(['hot-standby', 'hot-standby']));
  t.same([standby.policy.serviceEnabled, standby.policy.scopes, standby.policy.activeServers], [true, 0, 1]);
  pair.kill('server1');
  t.ok(await pair.reach([undefined, 'partner-down']));
  t.equal(standby.policy.scopes, 1);
  standby.store.put(lease(0x0a000001, 1000));
  const primary = pair.start('server1');
  t.ok(await pair.reach(['hot-standby', 'hot-standby']));
  t.equal(primary.store.count(), 1);
  t.equal(standby.policy.scopes, 0);
});

t.test(
  'maintenance: one server takes everything, the other falls silent first; cancelled, both go back',
  async (t) => {
    const pair = new Pair('load-balancing');
    const first = pair.start('server1');
    const second = pair.start('server2');
    await pair.reach(['load-balancing', 'load-balancing']);
    // The shards of the silenced server take their time; nobody else may serve its clients before.
    let release: () => void = () => {};
    second.takeOver = () => new Promise((resolve) => (release = resolve));
    const started = first.command('ha-maintenance-start');
    await pair.time.advance(10);
    t.equal(first.policy.scopes, 1, 'the partner has not answered yet');
    t.equal(second.policy.serviceEnabled, false);
    t.equal(second.dispatcher.mode, 'send', 'the last leases of its shards are still sent');
    second.takeOver = async () => {};
    release();
    t.equal((await started).result, 0);
    t.same(pair.states(), ['partner-in-maintenance', 'in-maintenance']);
    t.equal(first.policy.scopes, 3);
    t.equal(second.dispatcher.mode, 'withhold');
    t.ok(second.wasLogged('TDM_HA_SHUTDOWN_SAFE'));

    t.equal((await first.command('ha-maintenance-cancel')).result, 0);
    t.same(pair.states(), ['load-balancing', 'load-balancing']);
    t.same([first.policy.scopes, second.policy.scopes], [1, 2]);
    await pair.time.advance(5000);
    t.same(pair.states(), ['load-balancing', 'load-balancing']);
  },
);

t.test('maintenance: the partner is shut down and comes back', async (t) => {
  const pair = new Pair('load-balancing');
  const first = pair.start('server1');
  const second = pair.start('server2');
  await pair.reach(['load-balancing', 'load-balancing']);
  await first.command('ha-maintenance-start');
  pair.kill('server2');
  await pair.time.advance(1100);
  t.equal(first.state, 'partner-down', 'at the first failed heartbeat, without waiting');
  pair.start('server2', second.store);
  t.ok(await pair.reach(['load-balancing', 'load-balancing']));
});

t.test('while the partner synchronizes no lease can be given behind its back', async (t) => {
  const pair = new Pair('hot-standby', { maxUnackedClients: 0 });
  const standby = pair.start('server2');
  t.ok(await pair.reach([undefined, 'partner-down']));
  let release: () => void = () => {};
  const served: boolean[] = [];
  standby.takeOver = (policy) => {
    served.push(policy.serviceEnabled);
    return policy.serviceEnabled ? Promise.resolve() : new Promise((resolve) => (release = resolve));
  };
  const primary = pair.start('server1');
  await pair.time.advance(1100);
  t.equal(primary.state, 'syncing');
  t.equal(served.at(-1), false, 'the service is off');
  standby.store.put(lease(0x0a000001, 1000));
  await pair.time.advance(100);
  t.equal(primary.store.count(), 0, 'the page is fetched only when every shard has stopped');
  release();
  t.ok(await pair.reach(['hot-standby', 'hot-standby']));
  t.equal(primary.store.count(), 1);
});

t.test('a stopped service does nothing more', async (t) => {
  const pair = new Pair('load-balancing');
  const first = pair.start('server1');
  await pair.time.advance(1500);
  first.service.stop();
  const policies = first.policies.length;
  await pair.time.advance(60_000);
  first.service.completed();
  t.equal(first.policies.length, policies);
  t.equal(pair.time.armedCount, 0);
  t.ok(first.serviceSwitch.enabled, 'its own hold on the service is gone');
});
