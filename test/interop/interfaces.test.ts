/** Interfaces that come, go and change under a running server: each is served again by itself. */
import t, { type Test } from 'tap';
import { needRootAnd } from '../support/need.ts';
import { createDhclient } from './dhclient.ts';
import { createScene, type InterfaceScene, LAN0, MISSING, serveThrough } from './interface-scene.ts';
import { temporaryDirectory } from './leftovers.ts';
import { TURN } from './turn.ts';

// Both kinds of sockets in turn: the stories take long.
serveThrough(TURN === 1 ? 'udp' : 'raw');

const PROGRAMS = ['ip', 'dhclient', 'perfdhcp'];
const LATE = { 'service-sockets-max-retries': 30, 'service-sockets-retry-wait-time': 500 };

// Each in networks of its own; they wait for most of the time.
t.jobs = 3;

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
