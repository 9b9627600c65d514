/** Interfaces that come, go and change under a running server: each is served again by itself, the others all the time. */
import t, { type Test } from 'tap';
import { needRootAnd } from '../support/need.ts';
import { createDhclient } from './dhclient.ts';
import { createScene, type InterfaceScene, LAN0, serveThrough, unansweredOf } from './interface-scene.ts';
import { temporaryDirectory } from './leftovers.ts';
import { TURN } from './pair-steps.ts';
import { until } from './waiting.ts';

// Both kinds of sockets in turn: the stories take a minute and a half.
serveThrough(TURN === '1' ? 'udp' : 'raw');

const PROGRAMS = ['ip', 'dhclient', 'perfdhcp'];
const LATE = { 'service-sockets-max-retries': 30, 'service-sockets-retry-wait-time': 500 };
const MISSING = "interface 'lan0' doesn't exist in the system";

t.test(
  'an interface is deleted and made again: its clients are served, no other query is lost',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['lan0', 'lan1'] } });
    await scene.server.start();
    t.equal(await scene.exchange(), '10.1.0.1');
    const load = scene.load(500, 12);
    for (let i = 0; i < 2; i++) {
      await scene.ip('link delete lan0');
      await scene.awaitErrors([MISSING]);
      scene.network.attach('server1', 'lan0', LAN0);
      await scene.awaitErrors([]);
      t.equal(await scene.exchange(), '10.1.0.1');
    }
    const { sent, unanswered } = await unansweredOf(load);
    t.comment(`${sent} queries on the other interface, ${unanswered} without an answer`);
    t.equal(unanswered, 0);
    t.same(await scene.server.stop(), { code: 0, signal: null });
  },
);

t.test('a reload while an interface is away, and after it came back', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const scene = createScene(t, { interfaces: { interfaces: ['lan0', 'lan1'] } });
  await scene.server.start();
  await scene.ip('link delete lan0');
  t.match(await scene.server.command('config-reload'), { result: 0 });
  t.same(await scene.sockets(), { status: 'failed', errors: [MISSING] });
  scene.network.attach('server1', 'lan0', LAN0);
  await scene.awaitCarrier('lan0');
  t.match(await scene.server.command('config-reload'), { result: 0 });
  t.same(await scene.sockets(), { status: 'ready' }, 'the reload looks by itself');
  t.equal(await scene.exchange(), '10.1.0.1');
  await scene.server.stop();
});

t.test('"*": an interface that appears later is served', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const scene = createScene(t, { interfaces: { interfaces: ['*'] } });
  await scene.ip('link delete lan0');
  await scene.server.start();
  scene.network.attach('server1', 'lan0', LAN0);
  t.equal(await scene.exchange(), '10.1.0.1');
  await scene.server.stop();
});

t.test('down, without address or without carrier at the start: served when it comes', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const rows: readonly (readonly [before: string, host: string, reason: string, after: string])[] = [
    ['link set lan0 down', 'server1', 'the interface lan0 is down', 'link set lan0 up'],
    [
      'address flush dev lan0',
      'server1',
      'the interface lan0 has no usable IPv4 addresses configured',
      'address add 10.1.0.1/24 dev lan0',
    ],
    ['link set port0 down', 'switch', 'the interface lan0 is not running', 'link set port0 up'],
  ];
  for (const [before, host, reason, after] of rows) {
    const scene = createScene(t, { interfaces: { interfaces: ['lan0', 'lan1'] } });
    await scene.ip(before, host);
    await scene.server.start();
    t.same(await scene.sockets(), { status: 'failed', errors: [reason] });
    t.equal(await scene.exchange('client2', 'lan1'), '10.2.0.1', 'the other interface is served meanwhile');
    await scene.ip(after, host);
    await scene.awaitErrors([]);
    t.equal(await scene.exchange(), '10.1.0.1', after);
    await scene.server.stop();
    scene.network.remove();
  }
});

t.test('an interface goes down and up: the sockets stay', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const scene = createScene(t, { interfaces: { interfaces: ['lan0'] } });
  await scene.server.start();
  await scene.ip('link set lan0 down');
  await scene.awaitErrors(['the interface lan0 is down']);
  await scene.ip('link set lan0 up');
  await scene.awaitErrors([]);
  t.equal(await scene.exchange(), '10.1.0.1');
  t.notMatch(scene.server.log(), /TDM_ENGINE_SOCKET_CLOSED/);
  await scene.server.stop();
});

t.test(
  'the address of the server is replaced while a lease is live: the client keeps its address',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['lan0'] }, validLifetimeSec: 12 });
    await scene.server.start();
    const client = createDhclient(scene.network, 'client1', 'lan0', temporaryDirectory(t));
    const bound = await client.bind(10_000);
    t.equal(bound.server, '10.1.0.1');
    // In this order: the second address of a subnet goes with the first.
    await scene.ip('address delete 10.1.0.1/24 dev lan0');
    await scene.ip('address add 10.1.0.2/24 dev lan0');
    const kept = await client.next('is kept', 20_000, ({ server }) => server === '10.1.0.2');
    t.equal(kept.address, bound.address);
    t.notOk(client.events().some(({ reason }) => reason === 'EXPIRE' || reason === 'FAIL'));
    await client.release();
    await scene.server.stop();
  },
);

t.test('one address of an interface that is not there yet is waited for', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const scene = createScene(t, { interfaces: { interfaces: ['lan0/10.1.0.7'], ...LATE } });
  await scene.server.start();
  t.same(await scene.sockets(), {
    status: 'retrying',
    errors: ["interface 'lan0' doesn't have address '10.1.0.7' assigned"],
  });
  await scene.ip('address add 10.1.0.7/24 dev lan0');
  await scene.awaitErrors([]);
  t.equal(await scene.exchange(), '10.1.0.7');
  await scene.server.stop();
});

t.test('an interface on top of another is made after the start, removed, and made again', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const bridge = ['link add br0 type bridge', 'link set lan0 master br0'];
  await comesAndGoes(
    t,
    createScene(t, { interfaces: { interfaces: ['br0'], ...LATE } }),
    'br0',
    bridge,
    'lan0',
  );
  const scene = createScene(t, { interfaces: { interfaces: ['lan0.10'], ...LATE } });
  const addVlan = 'link add link lan0 name lan0.10 type vlan id 10';
  const { output } = await scene.network.run('client1', 'ip', addVlan.split(' '));
  if (/Unknown device type/.test(output)) return t.comment('a bridge only: this kernel has no VLANs');
  await scene.ip('link set lan0.10 up', 'client1');
  await comesAndGoes(t, scene, 'lan0.10', [addVlan], 'lan0.10');
});

t.test('an interface is renamed and renamed back', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const scene = createScene(t, { interfaces: { interfaces: ['lan0'] } });
  await scene.server.start();
  await rename(scene, 'lan0', 'lan7');
  await scene.awaitErrors([MISSING]);
  await rename(scene, 'lan7', 'lan0');
  await scene.awaitErrors([]);
  t.equal(await scene.exchange(), '10.1.0.1');
  await scene.server.stop();
});

t.test('two interfaces with the same address: the clients of both are served', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const pools = (from: number) => [{ pool: `10.1.0.${from} - 10.1.0.${from + 20}` }];
  const scene = createScene(t, {
    interfaces: { interfaces: ['lan0', 'lan1'] },
    dhcp4: { subnet4: [{ id: 1, subnet: '10.1.0.0/24', pools: pools(100) }] },
  });
  await scene.ip('address flush dev lan1');
  await scene.ip('address add 10.1.0.1/24 dev lan1');
  await scene.server.start();
  t.same(await scene.sockets(), { status: 'ready' });
  t.equal(await scene.exchange('client1', 'lan0'), '10.1.0.1');
  t.equal(await scene.exchange('client2', 'lan1'), '10.1.0.1');
  await scene.server.stop();
});

t.test(
  'twenty interfaces flap under load: no query on a healthy one is lost, and all are served in the end',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['*'] } });
    await scene.server.start();
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    // Nobody else has UDP sockets in the server's namespace.
    const openSockets = async (): Promise<number> =>
      (await scene.network.run('server1', 'cat', ['/proc/net/udp'])).output.split('\n').length;
    const make = async (i: number): Promise<void> => {
      await scene.ip(`link add flap${i} type veth peer name peer${i}`);
      await scene.ip(`address add 10.3.${i}.1/24 dev flap${i}`);
      await scene.ip(`link set flap${i} up`);
    };
    await Promise.all(numbers.map(make));
    const load = scene.load(500, 15);
    let flaps = 0;
    for (const untilMs = performance.now() + 12_000; performance.now() < untilMs; flaps++) {
      const i = flaps % numbers.length;
      await scene.ip(`link delete flap${i}`);
      await make(i);
    }
    const { sent, unanswered } = await unansweredOf(load);
    t.comment(`${flaps} flaps; ${sent} queries on a healthy interface, ${unanswered} without an answer`);
    t.equal(unanswered, 0);
    // The far ends are down and without an address: each near end is without carrier.
    const reasons = numbers.flatMap((i) => [
      `the interface flap${i} is not running`,
      `the interface peer${i} is down`,
    ]);
    const areKnown = (): Promise<true> =>
      until({ what: 'every end is known', timeoutMs: 10_000 }, async () => {
        const faults = new Set((await scene.sockets()).errors);
        return reasons.every((reason) => faults.has(reason)) ? true : null;
      });
    await areKnown();
    for (const i of numbers) await scene.ip(`link delete flap${i}`);
    await scene.awaitErrors([]);
    const before = await openSockets();
    await Promise.all(numbers.map(make));
    // The sockets are open when the reasons are told, and closed when they are told no more.
    await areKnown();
    t.ok((await openSockets()) > before, 'all sockets are open again');
    for (const i of numbers) await scene.ip(`link delete flap${i}`);
    await scene.awaitErrors([]);
    t.equal(await openSockets(), before, 'no socket is left behind');
    t.equal(await scene.exchange(), '10.1.0.1');
    t.same(await scene.server.stop(), { code: 0, signal: null });
  },
);

t.test(
  'reloads while an interface comes and goes under load: none is refused, no query elsewhere is lost',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['lan0', 'lan1'] } });
    await scene.server.start();
    const load = scene.load(500, 12);
    const results: number[] = [];
    const reload = async (): Promise<void> => {
      results.push((await scene.server.command('config-reload')).result);
    };
    for (let i = 0; i < 10; i++) {
      await Promise.all([scene.ip('link delete lan0'), reload()]);
      scene.network.attach('server1', 'lan0', LAN0);
      await reload();
    }
    const { sent, unanswered } = await unansweredOf(load);
    t.comment(`${results.length} reloads; ${sent} queries, ${unanswered} without an answer`);
    t.ok(results.every((result) => result === 0));
    t.equal(unanswered, 0);
    await scene.awaitErrors([]);
    t.equal(await scene.exchange(), '10.1.0.1');
    t.same(await scene.server.stop(), { code: 0, signal: null });
  },
);

t.test('an address moves from one interface to another', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const scene = createScene(t, { interfaces: { interfaces: ['*'] } });
  await scene.ip('address flush dev lan1');
  await scene.server.start();
  t.equal(await scene.exchange('client1', 'lan0'), '10.1.0.1');
  await scene.ip('address delete 10.1.0.1/24 dev lan0');
  await scene.ip('address add 10.1.0.1/24 dev lan1');
  await scene.awaitErrors(['the interface lan0 has no usable IPv4 addresses configured']);
  t.equal(await scene.exchange('client2', 'lan1'), '10.1.0.1');
  await scene.server.stop();
});

/** The interface `name` is made by `commands`; client1 reaches it through `clientInterface`. */
async function comesAndGoes(
  t: Pick<Test, 'equal'>,
  scene: InterfaceScene,
  name: string,
  commands: readonly string[],
  clientInterface: string,
): Promise<void> {
  await scene.ip('address flush dev lan0');
  await scene.server.start();
  for (let i = 0; i < 2; i++) {
    await scene.awaitErrors([`interface '${name}' doesn't exist in the system`]);
    for (const command of commands) await scene.ip(command);
    await scene.ip(`address add 10.1.0.1/24 dev ${name}`);
    await scene.ip(`link set ${name} up`);
    await scene.awaitErrors([]);
    t.equal(await scene.exchange('client1', clientInterface), '10.1.0.1');
    await scene.ip(`link delete ${name}`);
  }
  await scene.server.stop();
}

async function rename(scene: InterfaceScene, from: string, to: string): Promise<void> {
  await scene.ip(`link set ${from} down`);
  await scene.ip(`link set ${from} name ${to}`);
  await scene.ip(`link set ${to} up`);
}
