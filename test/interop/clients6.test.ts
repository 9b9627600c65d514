/**
 * Real DHCPv6 clients, on the server's segment and behind ISC's relay: each gets what it asks for, an address, a prefix or both,
 * renews it, keeps it when another server has taken over, and gives it back.
 */
import t, { type Test } from 'tap';
import { needRootAnd } from '../support/need.ts';
import { CLIENT_KINDS_6, CLIENT_PROGRAMS_6, type Client6, createClient6, type Wish } from './clients6.ts';
import { CLIENTS_SEGMENT, SERVERS_SEGMENT } from './configuration.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { BEGIN_MS } from './programs.ts';
import { ADDRESS6, addressesUsable, farSubnet6, nearSubnet6 } from './scene6.ts';
import { createServer6, type DhcpServer6, type FiledLease6, serverId6 } from './server6.ts';
import { statisticOf } from './statistic.ts';
import { until } from './waiting.ts';

/** Short, so that a client renews while somebody waits. */
const LIFETIMES = {
  'renew-timer': 3,
  'rebind-timer': 8,
  'preferred-lifetime': 12,
  'valid-lifetime': 15,
  // A lease that ends was released: none is taken back because it expired.
  'expired-leases-processing': { 'reclaim-timer-wait-time': 0 },
};
const PATIENCE_MS = 30_000;
const LEASE_TYPE: Readonly<Record<Wish, number>> = { address: 0, prefix: 2 };
const STATE_ASSIGNED = 0;

/** Where the clients are. */
type Place = 'direct' | 'relayed';
const SEGMENT_OF = { direct: SERVERS_SEGMENT, relayed: CLIENTS_SEGMENT } as const;
const SUBNET_OF = {
  direct: { id: 1, given: [/^2001:db8:1::1/, /^2001:db8:80..:.*\/56$/] },
  relayed: { id: 2, given: [/^2001:db8:2::1/, /^2001:db8:90..:.*\/56$/] },
} as const;

/** One of the things that a client asks for. */
interface Subject {
  readonly what: string;
  readonly wish: Wish;
  readonly mac: string;
  readonly isReleased: boolean;
}

interface Scene {
  readonly server: DhcpServer6;
  /** With the leases of `server`, and another DUID: a RENEW is not for it, a REBIND is. */
  readonly successor: DhcpServer6;
  readonly clients: readonly Client6[];
  readonly subjects: readonly Subject[];
}

const macOf = (index: number): string => `0a:00:00:00:06:0${index}`;
const hostOf = (index: number): string => `client${index}`;
const SUBJECTS = CLIENT_KINDS_6.flatMap(({ program, wishes }, index) =>
  wishes.map((wish) => ({
    what: `${wish} of ${program} for ${wishes.join(' and ')}`,
    wish,
    mac: macOf(index),
    // Before its version 255 it gives nothing back.
    isReleased: program !== 'systemd-networkd',
  })),
);

async function createScene(t: Teardown, place: Place): Promise<Scene> {
  const directory = temporaryDirectory(t);
  const segment = SEGMENT_OF[place];
  const clientHosts = Object.fromEntries(CLIENT_KINDS_6.map((_, i) => [hostOf(i), { mac: macOf(i) }]));
  const servers = { server1: { address: ADDRESS6.server1 }, relay: { address: ADDRESS6.relayOnServers } };
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: place === 'direct' ? { ...servers, ...clientHosts } : servers,
    [CLIENTS_SEGMENT]: { relay: { address: ADDRESS6.relay }, ...(place === 'relayed' ? clientHosts : {}) },
  });
  await addressesUsable(network, [
    ['server1', SERVERS_SEGMENT],
    ['relay', SERVERS_SEGMENT],
    ['relay', CLIENTS_SEGMENT],
    ...Object.keys(clientHosts).map((host) => [host, segment] as const),
  ]);
  if (place === 'relayed') await startRelay6(network);
  const dhcp6 = { ...LIFETIMES, subnet6: [nearSubnet6(), farSubnet6()] };
  const [server, successor] = (['server1', 'server2'] as const).map((identity) =>
    createServer6(network, 'tandem', {
      name: 'server1',
      directory,
      dhcp6: { ...dhcp6, 'server-id': serverId6(identity) },
    }),
  ) as [DhcpServer6, DhcpServer6];
  const clients = CLIENT_KINDS_6.map((kind, i) =>
    createClient6(kind, network, hostOf(i), segment, directory),
  );
  return { server, successor, clients, subjects: SUBJECTS };
}

async function startRelay6(network: Network): Promise<void> {
  const relay = network.start('relay', 'dhcrelay', [
    '-6',
    '-d',
    '--no-pid',
    '-l',
    CLIENTS_SEGMENT,
    '-u',
    `ff02::1:2%${SERVERS_SEGMENT}`,
  ]);
  await relay.waitForOutput(/Sending on +Socket/, BEGIN_MS);
}

/** The client's lease of this kind, null when it has none. @throws Error when it has two */
function leaseOf({ wish, mac, what }: Subject, server: DhcpServer6): FiledLease6 | null {
  const own = server
    .leases()
    .filter(
      ({ type, duid, state }) => type === LEASE_TYPE[wish] && duid.endsWith(mac) && state === STATE_ASSIGNED,
    );
  if (own.length > 1) throw new Error(`two leases: ${what}`);
  return own[0] ?? null;
}

/** Resolves with the leases when each ends later than the one before. */
function extended({ server, subjects }: Scene, before: readonly FiledLease6[]): Promise<FiledLease6[]> {
  return Promise.all(
    subjects.map((subject, i) =>
      until({ what: `${subject.what} lasts longer`, timeoutMs: PATIENCE_MS }, () => {
        const lease = leaseOf(subject, server);
        return lease !== null && lease.expireSec > (before[i]?.expireSec ?? 0) ? lease : null;
      }),
    ),
  );
}

async function released({ server, subjects }: Scene): Promise<void> {
  for (const subject of subjects.filter(({ isReleased }) => isReleased))
    await until({ what: `${subject.what} is given back`, timeoutMs: PATIENCE_MS }, () =>
      leaseOf(subject, server) === null ? true : null,
    );
}

/** How many messages of a kind have come. */
function received(server: DhcpServer6, kind: string): Promise<number> {
  return statisticOf(server, `pkt6-${kind}-received`);
}

/** Adds what everybody has said to an error of the story. */
async function told(scene: Scene, story: () => Promise<void>): Promise<void> {
  const { server, successor, clients } = scene;
  await story().catch((error: Error) => {
    throw Object.assign(error, {
      log: (successor.isRunning() ? successor : server).log().slice(-3000),
      leases: server.leases(),
      clients: clients.map((client) => client.output()),
    });
  });
}

async function tellLife(t: Test, place: Place, scene: Scene): Promise<void> {
  const { server, successor, clients, subjects } = scene;
  await server.start();
  for (const client of clients) client.start();
  const first = await extended(scene, []);
  const { id, given } = SUBNET_OF[place];
  for (const [i, { what, wish }] of subjects.entries()) {
    t.match(first[i]!.address, given[wish === 'address' ? 0 : 1], what);
    t.equal(first[i]!.subnetId, id);
  }
  const addressesOf = (leases: readonly FiledLease6[]): string[] => leases.map(({ address }) => address);

  const renewed = await extended(scene, first);
  t.same(addressesOf(renewed), addressesOf(first), 'what is renewed stays the same');

  await server.stop();
  // Some have renewed once more meanwhile.
  const left = subjects.map((subject) => leaseOf(subject, server)!);
  await successor.start();
  const rebound = await extended(scene, left);
  t.same(addressesOf(rebound), addressesOf(first), 'what is rebound stays the same');
  t.ok((await received(successor, 'rebind')) >= clients.length, 'by a REBIND of each client');

  await Promise.all(clients.map((client) => client.release()));
  await released(scene);
  t.pass('everything is given back');
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const place of ['direct', 'relayed'] as const)
  t.test(`each client gets what it asks for, renews and releases it, ${place}`, async (t) => {
    if (!needRootAnd(t, ['ip', 'dhcrelay', ...CLIENT_PROGRAMS_6])) return;
    const scene = await createScene(t, place);
    await told(scene, () => tellLife(t, place, scene));
  });
