/**
 * The limits library: the real Kea 3.0 and Tandem get the same queries of many clients, and offer, acknowledge, refuse and are
 * silent alike, also where templates make the classes; the classes that their leases name are the same, and the leases that they have in the end.
 */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet } from '../engine/packets.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS } from './configuration.ts';
import { type ClassedLease, countedClasses } from './counted-classes.ts';
import { needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { serversSegment } from './pair.ts';
import { createServer } from './server.ts';

const SUBNET_LIMIT = 12;
const CLIENTS = 24;
const QUERIES = 500;

const limits = (value: Readonly<Record<string, unknown>>) => ({ 'user-context': { limits: value } });

const DHCP4 = {
  ...ORDERLY,
  // A lease that was given back is gone: to its former client Kea would give it again whatever the limits.
  'expired-leases-processing': { 'flush-reclaimed-timer-wait-time': 0, 'hold-reclaimed-time': 0 },
  'hooks-libraries': [{ library: 'libdhcp_lease_cmds.so' }, { library: 'libdhcp_limits.so' }],
  'client-classes': [
    { name: 'phones', test: "option[77].hex == 'p'", ...limits({ 'address-limit': 4 }) },
    { name: 'cameras', test: "option[77].hex == 'c'", ...limits({ 'address-limit': 0 }) },
    // Of a month, so that none of it is over while the servers are asked.
    { name: 'rated', test: "option[77].hex == 'r'", ...limits({ 'rate-limit': '40 packets per month' }) },
    { name: 'others', test: "not member('phones')" },
  ],
  subnet4: [
    {
      id: 1,
      subnet: '10.64.0.0/14',
      pools: [{ pool: '10.65.0.0 - 10.65.255.255' }],
      ...limits({ 'address-limit': SUBNET_LIMIT }),
    },
  ],
};

/** The same with templates: what a client sends in option 77 makes its classes. */
const TEMPLATES = {
  ...DHCP4,
  'client-classes': [
    { name: 'kind', 'template-test': 'option[77].hex', ...limits({ 'address-limit': 3 }) },
    {
      name: 'rated',
      'template-test': "ifelse(substring(option[77].hex,0,1) == 'r', option[77].hex, '')",
      ...limits({ 'rate-limit': '25 packets per month' }),
    },
    { name: 'own', 'template-test': "hexstring(pkt4.mac,':')", ...limits({ 'address-limit': 1 }) },
    { name: 'SPAWN_kind_c', ...limits({ 'address-limit': 1 }) },
    {
      name: 'none',
      'template-test': "ifelse(option[77].hex == 'z', 'z', '')",
      ...limits({ 'rate-limit': '0 packets per day' }),
    },
    { name: 'others', test: "not member('SPAWN_kind_c')" },
  ],
};

/** What a client is: of every third class, and most of none. */
const KINDS = ['', 'p', '', 'c', '', 'r'];
const SPAWNING = ['p', 'c', 'r1', 'p', 'r2', '', 'q/1', 'z'];

/** The same queries for both servers: each client always asks for its own address. */
function queries(kinds: readonly string[]) {
  let seed = 4711;
  const below = (bound: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % bound;
  };
  return Array.from({ length: QUERIES }, (_, index) => {
    const client = below(CLIENTS);
    const kind = kinds[client % kinds.length]!;
    const address = `10.65.1.${client + 10}`;
    const mac = `02:00:00:00:01:${(client + 16).toString(16)}`;
    const own = kind === '' ? [] : [[77, [...Buffer.from(kind)]] as const];
    const fields = { xid: index + 1, mac, giaddr: ADDRESS.load };
    const wanted = [50, ip(address)] as const;
    const what = ['discover', 'request', 'request', 'renew', 'release'][below(5)]!;
    const datagram = {
      discover: () => packet({ ...fields, options: [wanted, ...own] }),
      request: () =>
        packet({
          ...fields,
          type: MessageType.request,
          options: [wanted, [54, ip(ADDRESS.server1)], ...own],
        }),
      renew: () => packet({ ...fields, type: MessageType.request, ciaddr: address, options: own }),
      release: () => packet({ ...fields, type: MessageType.release, ciaddr: address }),
    }[what]!();
    return { what: `${what} of client ${client} ${kind}`, datagram };
  });
}

async function lifeOf(
  network: Network,
  kind: ServerKind,
  directory: string,
  dhcp4: Record<string, unknown>,
  kinds: readonly string[],
) {
  const server = createServer(network, kind, { name: 'server1', directory, mode: null, dhcp4 });
  await server.start();
  const answered = await askAsRelay(network, 'server1', queries(kinds));
  const { arguments: all } = await server.command('lease4-get-all');
  await server.stop();
  const answers = answered.map(
    ({ what, reply }) => `${what}: ${reply?.type ?? 'silence'} ${reply?.yiaddr ?? ''}`,
  );
  const leases = (all as { leases: ClassedLease[] }).leases
    .filter(({ state }) => state === 0)
    .map((lease) => `${lease['ip-address']} ${countedClasses(lease)}`);
  return { answers, leases: leases.sort() };
}

for (const [what, dhcp4, kinds] of [
  ['the same leases within the same limits', DHCP4, KINDS],
  ['each class that a template makes has limits of its own', TEMPLATES, SPAWNING],
] as const) {
  t.test(what, async (t) => {
    if (!needServers(t, ['kea 3.0'], ['ip'])) return;
    const network = createNetwork(t, serversSegment());
    const kea = await lifeOf(network, 'kea 3.0', temporaryDirectory(t), dhcp4, kinds);
    const tandem = await lifeOf(network, 'tandem', temporaryDirectory(t), dhcp4, kinds);
    const differences = kea.answers.filter((answer, index) => answer !== tandem.answers[index]);
    t.same(tandem.answers, kea.answers, `${differences.length} of ${QUERIES} differ`);
    t.same(tandem.leases, kea.leases);
    const seen = (pattern: RegExp): number => kea.answers.filter((answer) => pattern.test(answer)).length;
    t.ok(seen(/^discover.*silence/) > 10 && seen(/^request.*: 6/) > 10, 'limits were reached');
    t.ok(seen(/^(discover|request).* r\d?: silence/) > 10, 'the rate was reached');
  });
}
