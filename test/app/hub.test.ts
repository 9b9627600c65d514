/** A hub and two branches in processes of their own: each branch's clients are the hub's when the branch dies. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { runCtl } from '../../src/cli/ctl.ts';
import { findFreeTcpPort, findFreeUdpPort } from '../../src/demo/ports.ts';
import { LoadClient } from '../../src/load/client.ts';
import { type ServerUnderTest, scratch, serve, writeConfig } from './process.ts';

t.setTimeout(170_000);

const SERVER = '127.0.0.1';
const RELAYS = { a: '127.0.0.3', b: '127.0.0.4' } as const;
const BRANCHES = ['a', 'b'] as const;
const STATE_MS = 30_000;
const CLIENTS = 150;
type Branch = (typeof BRANCHES)[number];

interface Place {
  readonly directory: string;
  readonly port: number;
  readonly httpPort: number;
}

function relationshipOf(branch: Branch, thisServer: 'branch' | 'hub', ports: Record<string, number>): object {
  return {
    'this-server-name': `${thisServer}-${branch}`,
    mode: 'hot-standby',
    'heartbeat-delay': 300,
    'max-response-delay': 1500,
    'max-unacked-clients': 0,
    peers: ['branch', 'hub'].map((kind) => ({
      name: `${kind}-${branch}`,
      role: kind === 'branch' ? 'primary' : 'standby',
      url: `http://${SERVER}:${ports[`${kind}-${branch}`]}/`,
    })),
  };
}

function subnetOf(branch: Branch): object {
  const n = BRANCHES.indexOf(branch) + 1;
  return {
    id: n,
    subnet: `10.${n}.0.0/16`,
    pools: [{ pool: `10.${n}.0.0/17` }],
    relay: { 'ip-addresses': [RELAYS[branch]] },
    'user-context': { 'ha-server-name': `branch-${branch}` },
  };
}

function configOf(
  { directory, httpPort }: Place,
  branches: readonly Branch[],
  relationships: object[],
): string {
  return writeConfig(directory, {
    'control-socket': undefined,
    'control-sockets': [
      { 'socket-type': 'unix', 'socket-name': join(directory, 'ctl') },
      { 'socket-type': 'http', 'socket-address': SERVER, 'socket-port': httpPort },
    ],
    subnet4: branches.map(subnetOf),
    'hooks-libraries': [
      { library: 'libdhcp_lease_cmds.so' },
      { library: 'libdhcp_ha.so', parameters: { 'high-availability': relationships } },
    ],
  });
}

async function command(place: Place, name: string): Promise<Record<string, unknown>> {
  const { output } = await runCtl({ socket: join(place.directory, 'ctl'), command: name });
  return (JSON.parse(output) as { arguments: Record<string, unknown> }).arguments;
}

async function statesOf(place: Place): Promise<string[]> {
  const status = (await command(place, 'status-get'))['high-availability'] as {
    'ha-servers': { local: { state: string } };
  }[];
  return status.map((each) => each['ha-servers'].local.state);
}

async function reach(place: Place, states: readonly string[]): Promise<void> {
  let seen: readonly string[] = [];
  for (const end = performance.now() + STATE_MS; performance.now() < end; await sleep(50)) {
    seen = await statesOf(place);
    if (seen.join() === states.join()) return;
  }
  throw new Error(`${seen.join()} instead of ${states.join()}`);
}

/** `CLIENTS` new clients of a branch get an address. */
async function lease(
  branch: Branch,
  relayPort: number,
  places: readonly Place[],
  seed: number,
): Promise<void> {
  const client = await LoadClient.start({
    relay: { address: parseIpv4(RELAYS[branch])!, port: relayPort },
    servers: places.map(({ port }) => ({ address: parseIpv4(SERVER)!, port })),
    inFlightMax: 16,
    exchangesMax: CLIENTS,
    seed,
    retryAfterMs: 300,
  });
  while (client.counts()['exchanges-completed'] < CLIENTS) await sleep(20);
  const counts = await client.stop(1000);
  t.equal(counts['address-conflicts'], 0);
  t.equal(counts['duplicate-received'], 0);
}

async function addressesOf(place: Place, subnet: number): Promise<number> {
  const { leases } = (await command(place, 'lease4-get-all')) as { leases: { 'subnet-id': number }[] };
  return leases.filter((each) => each['subnet-id'] === subnet).length;
}

t.test('[scenario 50] the hub takes over one branch and leaves the other alone', async (t) => {
  const names = BRANCHES.flatMap((branch) => [`branch-${branch}`, `hub-${branch}`]);
  const ports: Record<string, number> = {};
  for (const name of names) ports[name] = await findFreeTcpPort(SERVER);
  const relayPort = await findFreeUdpPort(RELAYS.a);
  const start = async (
    branches: readonly Branch[],
    kind: 'branch' | 'hub',
    again?: Place,
  ): Promise<{ place: Place; server: ServerUnderTest }> => {
    const place = again ?? {
      directory: scratch(t),
      port: await findFreeUdpPort(SERVER),
      httpPort: await findFreeTcpPort(SERVER),
    };
    const relationships = branches.map((branch) => relationshipOf(branch, kind, ports));
    const file = configOf(place, branches, relationships);
    const server = await serve(t, file, place.port, ['-P', `${relayPort}`]);
    return { place, server };
  };
  const a = await start(['a'], 'branch');
  const b = await start(['b'], 'branch');
  const hub = await start(BRANCHES, 'hub');
  await reach(hub.place, ['hot-standby', 'hot-standby']);
  await reach(a.place, ['hot-standby']);
  await reach(b.place, ['hot-standby']);

  await lease('a', relayPort, [a.place, hub.place], 1);
  await lease('b', relayPort, [b.place, hub.place], 2);
  t.equal(await addressesOf(hub.place, 1), CLIENTS, 'the hub has the leases of both branches');
  t.equal(await addressesOf(hub.place, 2), CLIENTS);
  t.equal(await addressesOf(a.place, 2), 0, 'a branch has its own');

  await a.server.stop('SIGKILL');
  await reach(hub.place, ['partner-down', 'hot-standby']);
  const why = await (await fetch(`http://${SERVER}:${hub.place.httpPort}/why`)).text();
  t.match(why, /^hub-a: partner-down for .*\n\nhub-b: hot-standby for /s);
  await lease('a', relayPort, [a.place, hub.place], 3);
  await lease('b', relayPort, [b.place, hub.place], 4);
  t.equal(await addressesOf(hub.place, 1), 2 * CLIENTS);
  t.equal(await addressesOf(b.place, 2), 2 * CLIENTS);

  const back = await start(['a'], 'branch', a.place);
  await reach(hub.place, ['hot-standby', 'hot-standby']);
  await reach(back.place, ['hot-standby']);
  t.equal(await addressesOf(back.place, 1), 2 * CLIENTS, 'the branch has what the hub leased meanwhile');
  t.equal(await addressesOf(back.place, 2), 0, 'and nothing of the other branch');
  for (const { server } of [back, b, hub]) t.equal(await server.stop(), 0);
});
