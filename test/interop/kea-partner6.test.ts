/**
 * The life of a pair of DHCPv6 servers, of two Tandems or of one and a real Kea, in every role and mode: both files hold
 * what clients have, either server goes on alone, and the other one catches up.
 */
import t from 'tap';
import { HA_TIMING, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { type Binding, type LinkClients6, openLinkClients6 } from './link-clients6.ts';
import {
  cancelMaintenance,
  otherOf,
  PAIRINGS,
  type QuietScene,
  startBoth,
  startMaintenance,
  synchronizes,
  syncsOf,
} from './pair-steps.ts';
import { CLIENTS_HOST, createPair6 } from './pair6.ts';
import type { DhcpServer6, FiledLease6 } from './server6.ts';
import { FILE_TURN } from './turn.ts';

/** So many that in load balancing each server has some. */
const CLIENTS = 12;
/** A server that hangs is missed when a heartbeat is not answered in 10 s, a dead one at once; the rest is a busy machine's. */
const TAKEOVER_MS = 4 * (HA_TIMING.maxResponseDelayMs + HA_TIMING.heartbeatDelayMs) + 20_000;

interface Scene6 extends QuietScene<DhcpServer6> {
  readonly clients: LinkClients6;
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 3;

for (const { mode, server1, server2 } of PAIRINGS.filter(
  (_, at) => FILE_TURN === null || at % 2 === FILE_TURN,
))
  t.test(
    `${mode}, ${server1} and ${server2}: both hold every lease, whatever happens to one of them`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip'], 'kea-dhcp6')) return;
      const pair = await createPair6(t, { mode, server1, server2 });
      const clients = openLinkClients6(t, pair.network, CLIENTS_HOST);
      const scene: Scene6 = { t, mode, pair, clients };
      await startBoth(pair, mode);
      const bindings = await bindAll(scene);
      await giveBack(scene, bindings);
      await crashAndReturn(scene, 'server1', bindings);
      await maintenance(scene, 'server2', bindings);
      await resetAndReturn(scene, 'server2');
      // One that hung answers what has waited for it meanwhile.
      t.same(clients.doubleAnswers(), [], 'one answers');
      await pauseAndReturn(scene, 'server2', bindings);
      await pair.stop();
      holdTheSame(scene, bindings);
    },
  );

/** Who has what, by client. */
type Bindings = Map<number, Binding>;

async function bindAll(scene: Scene6): Promise<Bindings> {
  const { t, mode, clients } = scene;
  const bindings: Bindings = new Map();
  for (let client = 1; client <= CLIENTS; client++) bindings.set(client, await clients.bind(client));
  const servers = new Set([...bindings.values()].map(({ server }) => server));
  t.same([...servers].sort(), mode === 'hot-standby' ? ['server1'] : ['server1', 'server2']);
  holdTheSame(scene, bindings);
  return bindings;
}

/** One client releases what it has; another one finds that its address is in use, and releases its prefix alone. */
async function giveBack(scene: Scene6, bindings: Bindings): Promise<void> {
  const { t, clients } = scene;
  const [first, second] = [bindings.get(1)!, bindings.get(2)!];
  await clients.release(first);
  await clients.decline(second);
  const { client, server, address, prefix } = second;
  await clients.release({ client, server, prefix });
  bindings.delete(1);
  bindings.delete(2);
  holdTheSame(scene, bindings);
  for (const leases of filesOf(scene)) {
    const declined = leases.filter(({ state }) => state === DECLINED);
    t.same(
      declined.map((lease) => lease.address),
      [address],
    );
  }
}

/** kill -9 of `name`: the other one knows its clients and takes new ones. */
async function crashAndReturn(scene: Scene6, name: ServerName, bindings: Bindings): Promise<void> {
  const { t, pair } = scene;
  const [victim, survivor] = [pair[name], otherOf(scene, name)];
  await victim.crash();
  await survivor.reaches(['partner-down'], TAKEOVER_MS);
  await servesAll(scene, survivor.name as ServerName, bindings);
  await victim.start();
  await pair.normal();
  t.ok(syncsOf(victim) > 0, `${name} has synchronized`);
  holdTheSame(scene, bindings);
}

/** `name` serves everybody until the maintenance is cancelled. */
async function maintenance(scene: Scene6, name: ServerName, bindings: Bindings): Promise<void> {
  await startMaintenance(scene, name);
  await servesAll(scene, name, bindings);
  await cancelMaintenance(scene, name);
  holdTheSame(scene, bindings);
}

async function resetAndReturn({ t, pair }: Scene6, name: ServerName): Promise<void> {
  const server = pair[name];
  const syncs = syncsOf(server);
  const reset = await server.command('ha-reset');
  t.equal(reset.result, 0, reset.text ?? '');
  await synchronizes(server, syncs);
  await pair.normal();
}

/** `name` hangs, and goes on when its partner has taken over. */
async function pauseAndReturn(scene: Scene6, name: ServerName, bindings: Bindings): Promise<void> {
  const { pair } = scene;
  const [paused, survivor] = [pair[name], otherOf(scene, name)];
  paused.pause();
  await survivor.reaches(['partner-down'], TAKEOVER_MS);
  await servesAll(scene, survivor.name as ServerName, bindings);
  paused.resume();
  await pair.normal();
  holdTheSame(scene, bindings);
}

/** Every client keeps what it has, and a new one gets something. */
async function servesAll({ t, clients }: Scene6, name: ServerName, bindings: Bindings): Promise<void> {
  for (const [client, binding] of bindings) {
    const now = await clients.rebind(binding);
    t.same(now, { ...binding, server: name }, `client ${client} has what it had, of ${name}`);
    bindings.set(client, now);
  }
  const client = CLIENTS + bindings.size;
  bindings.set(client, await clients.bind(client));
}

const ASSIGNED = 0;
const DECLINED = 1;

function filesOf({ pair }: Scene6): FiledLease6[][] {
  return [pair.server1, pair.server2].map((server) => server.leases());
}

/** Both files have the same leases, and the assigned ones are those of the clients. */
function holdTheSame(scene: Scene6, bindings: Bindings): void {
  const { t } = scene;
  const [one, two] = filesOf(scene).map((leases) => leases.map((lease) => JSON.stringify(lease)).sort());
  t.same(one, two, 'both files have the same leases');
  const given = [...bindings.values()].flatMap(({ address, prefix }) => [address, prefix]);
  for (const leases of filesOf(scene)) {
    const assigned = leases.filter(({ state }) => state === ASSIGNED).map(({ address }) => address);
    t.same(assigned.sort(), given.sort(), 'what the clients have is assigned');
  }
}
