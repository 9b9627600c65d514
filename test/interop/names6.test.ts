/**
 * Names of DHCPv6 clients, put to Kea and to Tandem with the same settings: the same option 39 in the replies, the same
 * names of leases, the same name change requests in the same order.
 */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { SERVERS_SEGMENT } from './configuration.ts';
import { playSteps, SERVER_ID } from './differential6/player.ts';
import type { Step } from './differential6/steps.ts';
import { treeOf } from './differential6/tree.ts';
import { isKea, KEAS, needServers, type ServerKind } from './kea.ts';
import { readRows } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { LAST_NAME, NAMES_CASES, type NamesCase } from './names6/cases.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import type { RunningProgram } from './programs.ts';
import { ADDRESS6, addressesUsable, nearSubnet6 } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6 } from './server6.ts';
import { until } from './waiting.ts';

const SINK = fileURLToPath(new URL('./request-sink.js', import.meta.url));
const SINK_MS = 10_000;
const USUAL_KEA = 'kea 2.2';
const USUAL = {
  // What is put behind a message must not be answered before it, out of a fresh lease.
  'cache-max-age': 0,
  'server-id': SERVER_ID,
  'preferred-lifetime': 3000,
  'valid-lifetime': 4000,
  subnet6: [nearSubnet6()],
};

interface Outcome {
  readonly replies: readonly string[][];
  readonly leases: readonly string[];
  readonly requests: readonly string[];
}

/** A network for each server, with what takes the place of kea-dhcp-ddns on the server's host. */
async function createSide(t: Teardown): Promise<readonly [Network, RunningProgram]> {
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
  [network, sink]: readonly [Network, RunningProgram],
  kind: ServerKind,
  { settings, steps }: NamesCase,
): Promise<Outcome> {
  const directory = temporaryDirectory(t);
  const quick = isKea(kind) ? {} : { 'user-context': { tandem: { fdatasync: false } } };
  const server = createServer6(network, kind, {
    name: 'server1',
    directory,
    dhcp6: { ...USUAL, ...quick, ...settings },
  });
  const from = sink.output().length;
  await server.start();
  const replies = await playSteps(network, steps);
  const said = (): string => sink.output().slice(from);
  const hasLast = (): true | null => (said().includes(`"${LAST_NAME}`) ? true : null);
  if (tellsDns(settings)) await until({ what: `the last request of ${kind}`, timeoutMs: SINK_MS }, hasLast);
  await server.stop();
  return { replies: replies.map(treeOf), leases: namesIn(server.leaseFile), requests: requestsIn(said()) };
}

function tellsDns(settings: NamesCase['settings']): boolean {
  const { 'enable-updates': isEnabled = false } = (settings['dhcp-ddns'] ?? {}) as Record<string, unknown>;
  return isEnabled === true;
}

/** Without the time at which the records are over: Kea 2.2 says 1970. Conflicts are resolved by a mode in Kea 3.0. */
function requestsIn(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const request = JSON.parse(line) as Record<string, unknown>;
      const { 'lease-expires-on': _, 'conflict-resolution-mode': mode, ...rest } = request;
      if (mode !== undefined) rest['use-conflict-resolution'] = mode === 'check-with-dhcid';
      return JSON.stringify(rest);
    });
}

/** The names of the leases at the end, by address. */
function namesIn(leaseFile: string): string[] {
  const names = new Map<string, string>();
  for (const field of readRows(leaseFile).rows) {
    const [address, hostname] = [field('address'), field('hostname').toLowerCase()];
    const name = `${address} ${hostname} ${field('fqdn_fwd')}${field('fqdn_rev')} ${field('state')}`;
    if (Number(field('valid_lifetime')) === 0) names.delete(address);
    else names.set(address, name);
  }
  return [...names.values()].sort();
}

t.test('names of DHCPv6 clients are those of Kea', async (t) => {
  if (!needServers(t, KEAS, ['ip'], 'kea-dhcp6')) return;
  const [beside, own] = await Promise.all([createSide(t), createSide(t)]);
  for (const each of NAMES_CASES) {
    const [kea, tandem] = await Promise.all([
      play(t, beside, each.kea ?? USUAL_KEA, each),
      play(t, own, SUBJECT, each),
    ]);
    for (const [at, reply] of tandem.replies.entries())
      if (reply.join() !== kea.replies[at]!.join()) t.same(reply, kea.replies[at], told(each, at));
    t.same(tandem.leases, kea.leases, `${each.name}: leases`);
    t.same(tandem.requests, kea.requests, `${each.name}: ${kea.requests.length} requests`);
  }
});

function told({ name, steps }: NamesCase, at: number): string {
  const { type, ias, options } = steps[at] as Step;
  return `${name}: type ${type} ${JSON.stringify(ias)} ${JSON.stringify(options)}`;
}
