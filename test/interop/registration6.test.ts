/**
 * Addresses that clients have made themselves, registered with Kea 3.0 and with Tandem: the same replies, leases, statistics and
 * name change requests. Kea 2.2 does not know the message.
 */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { ip6 } from '../engine/dhcp6/config.ts';
import { SERVERS_SEGMENT } from './configuration.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import { treeOf } from './differential6/tree.ts';
import { isKea, needServers, type ServerKind } from './kea.ts';
import { readRows } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import type { RunningProgram } from './programs.ts';
import { LAST_NAME, REGISTRATION_CASES, type RegistrationCase } from './registration6/cases.ts';
import { ADDRESS6, addressesUsable } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6 } from './server6.ts';
import { until } from './waiting.ts';

const SINK = fileURLToPath(new URL('./request-sink.js', import.meta.url));
const SINK_MS = 10_000;
const KEA = 'kea 3.0';
const USUAL = {
  // What is put behind a message must not be answered before it, out of a fresh lease.
  'cache-max-age': 0,
  'server-id': SERVER_ID,
  'preferred-lifetime': 3000,
  'valid-lifetime': 4000,
};
const STATISTICS = [
  'registered-nas',
  'cumulative-registered-nas',
  'assigned-nas',
  'reclaimed-leases',
].flatMap((name) => [`subnet[1].${name}`, `subnet[2].${name}`]);
const GLOBAL_STATISTICS = [
  'cumulative-registered-nas',
  'pkt6-addr-reg-inform-received',
  'pkt6-addr-reg-reply-received',
  'pkt6-addr-reg-reply-sent',
];

/** Those that are the same in all versions of the protocol, but for times. */
const REQUEST_MEMBERS = ['change-type', 'forward-change', 'reverse-change', 'fqdn', 'ip-address', 'dhcid'];

interface Outcome {
  readonly replies: readonly string[][];
  readonly leases: readonly string[];
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly requests: readonly string[];
}

type Side = readonly [Network, RunningProgram];

/** A network for each server, with what takes the place of kea-dhcp-ddns on the server's host. */
async function createSide(t: Teardown): Promise<Side> {
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: {
      server1: { address: ADDRESS6.server1, mac: '02:00:00:00:0a:01' },
      load: { address: ADDRESS6.load, mac: '02:00:00:00:0a:02' },
    },
  });
  const sink = network.start('server1', process.execPath, [SINK]);
  await Promise.all([
    sink.waitForOutput(/listening/, SINK_MS),
    addressesUsable(network, [
      ['server1', SERVERS_SEGMENT],
      ['load', SERVERS_SEGMENT],
    ]),
  ]);
  return [network, sink];
}

async function play(
  t: Teardown,
  [network, sink]: Side,
  kind: ServerKind,
  { settings, steps, from, restMs = 0 }: RegistrationCase,
): Promise<Outcome> {
  const quick = isKea(kind) ? {} : { 'user-context': { tandem: { fdatasync: false } } };
  const server = createServer6(network, kind, {
    name: 'server1',
    directory: temporaryDirectory(t),
    dhcp6: { ...USUAL, ...quick, ...settings },
  });
  const said = (): string => sink.output().slice(start);
  const start = sink.output().length;
  await server.start();
  const replies = await playSteps(network, steps, from === undefined ? undefined : ip6(from));
  if ('dhcp-ddns' in settings)
    await until({ what: `the last request of ${kind}`, timeoutMs: SINK_MS }, () =>
      said().includes(LAST_NAME) ? true : null,
    );
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const statistics = await server.command('statistic-get-all');
  await server.stop();
  return {
    replies: replies.map(treeOf),
    leases: leasesIn(server.leaseFile),
    statistics: chosen(statistics.arguments as Readonly<Record<string, [[unknown]]>>),
    requests: requestsIn(said()),
  };
}

function chosen(all: Readonly<Record<string, [[unknown]]>>): Record<string, unknown> {
  return Object.fromEntries([...STATISTICS, ...GLOBAL_STATISTICS].map((name) => [name, all[name]![0][0]]));
}

function requestsIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const request = JSON.parse(line) as Record<string, unknown>;
      return REQUEST_MEMBERS.map((member) => request[member]).join();
    });
}

/** Addresses of what is put behind each message. */
const BEHIND = '2001:db8:1::1000';
const DECLINED = '1';

/** The leases at the end. */
function leasesIn(leaseFile: string): string[] {
  const leases = new Map<string, string>();
  const columns = ['address', 'duid', 'valid_lifetime', 'subnet_id', 'pref_lifetime', 'lease_type', 'iaid'];
  const more = [
    'prefix_len',
    'fqdn_fwd',
    'fqdn_rev',
    'hostname',
    'hwaddr',
    'state',
    'hwtype',
    'hwaddr_source',
  ];
  for (const field of readRows(leaseFile).rows) {
    if (field('address').startsWith(BEHIND) || field('state') === DECLINED) continue;
    if (Number(field('valid_lifetime')) === 0) leases.delete(field('address'));
    else leases.set(field('address'), [...columns, ...more].map(field).join());
  }
  return [...leases.values()].sort();
}

t.test('addresses are registered as with Kea', async (t) => {
  if (!needServers(t, [KEA], ['ip'], 'kea-dhcp6')) return;
  const [beside, own] = await Promise.all([createSide(t), createSide(t)]);
  for (const each of REGISTRATION_CASES) {
    const [kea, tandem] = await Promise.all([play(t, beside, KEA, each), play(t, own, SUBJECT, each)]);
    for (const [at, reply] of tandem.replies.entries())
      if (reply.join() !== kea.replies[at]!.join())
        t.same(reply, kea.replies[at], `${each.name}, step ${at}: ${JSON.stringify(each.steps[at])}`);
    t.same(tandem.leases, kea.leases, `${each.name}: leases`);
    t.same(tandem.statistics, kea.statistics, `${each.name}: statistics`);
    t.same(tandem.requests, kea.requests, `${each.name}: ${kea.requests.length} requests`);
  }
});
