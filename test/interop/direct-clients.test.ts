/**
 * Real clients, directly on the server's segment and behind ISC's relay: each gets an address, renews it, keeps it over a
 * restart of the server, rebinds, gives it back and gets it again; and keeps it when the server of a pair dies.
 */
import t, { type Test } from 'tap';
import { needRootAnd } from '../support/need.ts';
import {
  ADDRESS,
  CLIENTS,
  CLIENTS_SEGMENT,
  SERVERS_PREFIX_LENGTH,
  SERVERS_SEGMENT,
} from './configuration.ts';
import {
  CLIENT_PROGRAMS,
  type ClientKind,
  createDirectClient,
  type DirectClient,
  hasNetworkd,
} from './direct-clients.ts';
import type { FiledLease } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type NetworkPlan, type Teardown } from './network.ts';
import { startPair } from './pair.ts';
import { BEGIN_MS } from './programs.ts';
import { startRelay } from './relay.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';
import { until } from './waiting.ts';

/** Renewal after 3 s, rebinding after 6 s. */
const LIFETIME_SEC = 12;
const KINDS: readonly ClientKind[] = [
  'dhclient',
  'udhcpc',
  'dhcpcd',
  ...(hasNetworkd ? (['systemd-networkd'] as const) : []),
];
const PATIENCE_MS = 30_000;

/** Where the clients are. */
type Place = 'direct' | 'relayed';
const PLACES: readonly Place[] = ['direct', 'relayed'];
const SEGMENT_OF = { direct: SERVERS_SEGMENT, relayed: CLIENTS_SEGMENT } as const;
const PROGRAMS = ['ip', 'sysctl', 'dhcrelay', ...CLIENT_PROGRAMS];

/** The hosts beside the servers. */
function surroundings(place: Place): NetworkPlan {
  if (place === 'direct') return { [SERVERS_SEGMENT]: hostsOf() };
  return {
    [SERVERS_SEGMENT]: { relay: { address: `${CLIENTS.relayOnServers}/${SERVERS_PREFIX_LENGTH}` } },
    [CLIENTS_SEGMENT]: { relay: { address: `${CLIENTS.relay}/24` }, ...hostsOf() },
  };
}

interface Subject {
  readonly kind: ClientKind;
  readonly host: string;
  readonly mac: string;
  readonly client: DirectClient;
}

const macOf = (index: number): string => `0a:00:00:00:01:0${index}`;
const hostsOf = (): Record<string, { mac: string }> =>
  Object.fromEntries(KINDS.map((_, index) => [`client${index}`, { mac: macOf(index) }]));

function subjectsOf(network: Network, interfaceName: string, directory: string): Subject[] {
  return KINDS.map((kind, index) => {
    const host = `client${index}`;
    const client = createDirectClient(kind, network, host, interfaceName, directory);
    return { kind, host, mac: macOf(index), client };
  });
}

function leaseOf({ mac }: Subject, server: DhcpServer): FiledLease | null {
  const all = [...server.leases().leases.values()];
  return all.find((lease) => lease.mac === mac && lease.state === 0) ?? null;
}

/** Resolves with the client's lease when it ends later than `afterSec`. */
function extended(subject: Subject, server: DhcpServer, afterSec: number): Promise<FiledLease> {
  const what = `${subject.kind} has a lease that ends after ${afterSec}`;
  const known = (): FiledLease | null => {
    const lease = leaseOf(subject, server);
    return lease !== null && lease.expireSec > afterSec ? lease : null;
  };
  return until({ what, timeoutMs: PATIENCE_MS }, known).catch((error: Error) => {
    throw Object.assign(error, {
      log: server.log().slice(-3000),
      leases: [...server.leases().leases.values()],
      client: subject.client.output(),
    });
  });
}

/**
 * Resolves when each client has its address on its interface. Until then it may have a lease without knowing of it: the
 * server's file has it before the answer leaves, and a dhcpcd whose request is never answered asks that one server for ever.
 */
async function configured(
  network: Network,
  segment: string,
  subjects: readonly Subject[],
  leases: readonly FiledLease[],
): Promise<void> {
  for (const [i, { kind, host }] of subjects.entries()) {
    const { address } = leases[i]!;
    const shown = () => mustRun(network, host, `ip -4 address show dev ${segment}`);
    await until({ what: `${kind} configures ${address}`, timeoutMs: PATIENCE_MS }, async () =>
      (await shown()).includes(`inet ${address}/`) ? true : null,
    );
  }
}

async function mustRun(network: Network, host: string, command: string): Promise<string> {
  const [program = '', ...args] = command.split(' ');
  const { code, output } = await network.run(host, program, args);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${output}`);
  return output;
}

async function createScene(
  t: Teardown,
  place: Place,
): Promise<{ network: Network; server: DhcpServer; directory: string }> {
  const directory = temporaryDirectory(t);
  const around = surroundings(place);
  // The relay asks both; nobody is at the second.
  const servers = Object.fromEntries(
    (['server1', 'server2'] as const).map((name) => [
      name,
      { address: `${ADDRESS[name]}/${SERVERS_PREFIX_LENGTH}` },
    ]),
  );
  const network = createNetwork(t, {
    ...around,
    [SERVERS_SEGMENT]: { ...servers, ...around[SERVERS_SEGMENT] },
  });
  if (place === 'relayed') await startRelay(network);
  const server = createServer(network, SUBJECT, {
    name: 'server1',
    directory,
    mode: null,
    validLifetimeSec: LIFETIME_SEC,
    dhcp4: { 'interfaces-config': { interfaces: [SERVERS_SEGMENT] } },
  });
  return { network, server, directory };
}

async function tellLife(t: Test, place: Place): Promise<void> {
  const { network, server, directory } = await createScene(t, place);
  const segment = SEGMENT_OF[place];
  await server.start();
  const dump = ['-i', SERVERS_SEGMENT, '-n', '-l', '-U', '-Z', 'root', 'udp'];
  const wire = network.start('server1', 'tcpdump', dump);
  await wire.waitForOutput(/listening on/, BEGIN_MS);
  const subjects = subjectsOf(network, segment, directory);
  for (const { client } of subjects) client.start();
  const first = await Promise.all(subjects.map((each) => extended(each, server, 0)));
  await configured(network, segment, subjects, first);
  for (const [i, { kind }] of subjects.entries()) t.pass(`${kind} has ${first[i]!.address}`);

  const renewed = await extendAll(subjects, server, first);
  for (const [i, { kind }] of subjects.entries()) {
    t.equal(renewed[i]!.address, first[i]!.address, `${kind} renews its address`);
    const unicast = `${first[i]!.address}.68 > ${ADDRESS.server1}.67`;
    await wire.waitForOutput(new RegExp(unicast.replaceAll('.', '\\.')), PATIENCE_MS);
    t.pass(`${kind} has sent ${unicast}`);
  }

  await server.stop();
  await server.start();
  const kept = await extendAll(subjects, server, renewed);
  for (const [i, { kind }] of subjects.entries())
    t.equal(kept[i]!.address, first[i]!.address, `${kind} keeps its address over a restart of the server`);

  // Unicast queries get nowhere: only the broadcast of a rebinding client arrives.
  for (const { host } of subjects) await mustRun(network, host, `ip route add blackhole ${ADDRESS.server1}`);
  const rebound = await extendAll(subjects, server, kept);
  for (const [i, { kind }] of subjects.entries())
    t.equal(rebound[i]!.address, first[i]!.address, `${kind} rebinds its address`);
  for (const { host } of subjects) await mustRun(network, host, `ip route del blackhole ${ADDRESS.server1}`);

  for (const subject of subjects) {
    await subject.client.release();
    await until({ what: `${subject.kind} gives its address back`, timeoutMs: PATIENCE_MS }, () =>
      leaseOf(subject, server) === null ? true : null,
    );
    t.pass(`${subject.kind} has given its address back`);
  }
  for (const { client } of subjects) client.start();
  const again = await Promise.all(subjects.map((each) => extended(each, server, 0)));
  for (const [i, { kind }] of subjects.entries())
    t.equal(again[i]!.address, first[i]!.address, `${kind} gets the same address again`);
}

async function tellFailover(t: Test, place: Place): Promise<void> {
  const pair = await startPair(t, {
    mode: 'hot-standby',
    server1: SUBJECT,
    server2: SUBJECT,
    validLifetimeSec: LIFETIME_SEC,
    extraNetwork: surroundings(place),
    dhcp4: { 'interfaces-config': { interfaces: [SERVERS_SEGMENT] } },
  });
  if (place === 'relayed') await startRelay(pair.network);
  const segment = SEGMENT_OF[place];
  const subjects = subjectsOf(pair.network, segment, pair.directory);
  for (const { client } of subjects) client.start();
  const bound = await Promise.all(subjects.map((each) => extended(each, pair.server1, 0)));
  await configured(pair.network, segment, subjects, bound);
  await pair.server1.crash();
  await pair.server2.reaches(['partner-down'], PATIENCE_MS);
  const kept = await extendAll(subjects, pair.server2, bound);
  for (const [i, { kind }] of subjects.entries())
    t.equal(kept[i]!.address, bound[i]!.address, `${kind} is kept by the survivor`);
}

async function extendAll(
  subjects: readonly Subject[],
  server: DhcpServer,
  before: readonly FiledLease[],
): Promise<FiledLease[]> {
  for (const { client } of subjects) client.renew();
  return Promise.all(subjects.map((each, i) => extended(each, server, before[i]!.expireSec)));
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 4;

for (const place of PLACES) {
  t.test(`each client gets, renews, keeps, rebinds, releases and gets again, ${place}`, async (t) => {
    if (needRootAnd(t, PROGRAMS)) await tellLife(t, place);
  });

  t.test(
    `each client keeps its address when the server of a pair that serves it dies, ${place}`,
    async (t) => {
      if (needRootAnd(t, PROGRAMS)) await tellFailover(t, place);
    },
  );
}
