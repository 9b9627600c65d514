/** A lease file moves from Kea to Tandem and back: the same leases, address for address and second for second. */
import { copyFileSync } from 'node:fs';
import t from 'tap';
import { packet } from '../engine/packets.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS } from './configuration.ts';
import { KEAS, needServers } from './kea.ts';
import { type FiledLease, readLeaseFile } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { perfdhcp } from './perfdhcp.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';

/** Every client asks twice: one query that is lost on a busy machine leaves none without a lease. */
const LOAD = { local: ADDRESS.load, rate: 100, seconds: 6, clients: 300 };
/** More than one page of lease4-get-page, so that paging is exercised too. */
const PAGE_LEASES = 100;

const JOURNEYS = KEAS.flatMap((kea) => [
  { from: kea, to: SUBJECT },
  { from: SUBJECT, to: kea },
]);

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const { from, to } of JOURNEYS) {
  t.test(`${to} loads the lease file that ${from} wrote, and goes on with it`, async (t) => {
    if (!needServers(t, [from, to], ['ip', 'perfdhcp'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const writer = createServer(network, from, { name: 'server1', directory, mode: null });
    const reader = createServer(network, to, { name: 'server2', directory, mode: null });
    await writer.start();
    const written = await perfdhcp(network, 'load', { ...LOAD, target: ADDRESS.server1 });
    t.ok(written.requestAck.received >= LOAD.clients, 'every client has a lease');
    t.same(await writer.stop(), { code: 0, signal: null });
    const original = writer.leases();
    t.equal(original.leases.size, LOAD.clients);

    copyFileSync(writer.leaseFile, reader.leaseFile);
    await reader.start();
    t.same(await allLeases(reader), [...original.leases.values()].map(toCommandForm).sort(byAddress));

    const again = await perfdhcp(network, 'load', { ...LOAD, target: ADDRESS.server2 });
    t.ok(again.requestAck.received >= LOAD.clients, 'every client is served again');
    t.same(await reader.stop(), { code: 0, signal: null });
    const continued = readLeaseFile(reader.leaseFile);
    t.same(continued.badRows, []);
    t.same(
      [...continued.leases.values()].map(ownership).sort(),
      [...original.leases.values()].map(ownership).sort(),
      'every client kept its address',
    );
  });
}

const HOUR_SEC = 3600;
const NOW_SEC = Math.floor(Date.now() / 1000);
/** Nothing is reclaimed meanwhile. */
const STILL = { 'reclaim-timer-wait-time': 0, 'flush-reclaimed-timer-wait-time': 0 };

/** Leases of every kind, as arguments of lease4-add. */
const KINDS: readonly Kind[] = [
  { what: 'plain', args: {} },
  { what: 'with a short identifier', args: { 'client-id': '01:02' } },
  { what: 'with a long identifier', args: { 'client-id': new Array(128).fill('5a').join(':') } },
  {
    what: 'with a name in the DNS',
    args: { hostname: 'a-b.example.org', 'fqdn-fwd': true, 'fqdn-rev': true },
  },
  { what: 'with a name to be escaped', args: { hostname: 'x,y&z&#x2c;%\u007f \t' } },
  { what: 'with a user context', args: { 'user-context': { text: 'a, b & c "\\ \n', list: [1, {}, []] } } },
  {
    what: 'with what the relay said',
    args: { 'user-context': { ISC: { 'relay-agent-info': { 'sub-options': '0x0102' } } } },
  },
  { what: 'for ever', args: { 'valid-lft': 4_294_967_295 } },
  { what: 'over', args: { 'valid-lft': HOUR_SEC, expire: NOW_SEC - 60 }, isOver: true },
  { what: 'declined', args: { state: 1 }, isOver: true },
  { what: 'declined by nobody', args: { state: 1, 'hw-address': '' }, isOver: true },
  { what: 'reclaimed', args: { state: 2, expire: NOW_SEC - 60 }, isOver: true },
  { what: 'released', args: { state: 3 }, isOver: true, since3: true },
  { what: 'of a pool', args: { 'pool-id': 7 }, since3: true },
];

interface Kind {
  readonly what: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The address is not its client's for sure. */
  readonly isOver?: boolean;
  /** Kea 2.2 does not know it. */
  readonly since3?: boolean;
}

for (const { from, to } of JOURNEYS) {
  t.test(`${to} reads leases of every kind as ${from} has them, and serves their clients`, async (t) => {
    if (!needServers(t, [from, to], ['ip'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const dhcp4 = { ...ORDERLY, 'expired-leases-processing': STILL };
    const writer = createServer(network, from, { name: 'server1', directory, mode: null, dhcp4 });
    const reader = createServer(network, to, { name: 'server2', directory, mode: null, dhcp4 });
    const isOld = from === 'kea 2.2' || to === 'kea 2.2';
    const kinds = KINDS.filter(({ since3 }) => since3 !== true || !isOld);
    await writer.start();
    for (const [index, { what, args }] of kinds.entries()) {
      const added = await writer.command('lease4-add', { ...identityOf(index), 'subnet-id': 1, ...args });
      t.equal(added.result, 0, `${from} takes a lease ${what}: ${added.text}`);
    }
    const before = await wholeLeases(writer);
    t.equal(before.length, kinds.length);
    await writer.stop();

    copyFileSync(writer.leaseFile, reader.leaseFile);
    await reader.start();
    t.same(await wholeLeases(reader), before);
    const queries = kinds.map((_, index) => ({ datagram: discoverOf(index, kinds[index]!) }));
    const answers = await askAsRelay(network, 'server2', queries);
    for (const [index, { what, isOver }] of kinds.entries())
      if (isOver !== true)
        t.equal(
          answers[index]?.reply?.yiaddr,
          identityOf(index)['ip-address'],
          `the client of a lease ${what}`,
        );
    await reader.stop();
    t.same(reader.leases().badRows, []);
  });
}

function identityOf(index: number) {
  return {
    'ip-address': `10.65.1.${index + 1}`,
    'hw-address': `02:00:00:00:01:${(index + 16).toString(16)}`,
  };
}

function discoverOf(index: number, { args }: Kind): Uint8Array {
  const clientId = args['client-id'];
  const octets = typeof clientId === 'string' ? [...Buffer.from(clientId.replaceAll(':', ''), 'hex')] : null;
  const options = octets === null ? [] : [[61, octets] as const];
  return packet({ xid: index + 1, mac: identityOf(index)['hw-address'], giaddr: ADDRESS.load, options });
}

/** All that a server says of its leases. */
async function wholeLeases(server: DhcpServer): Promise<CommandLease[]> {
  const answer = await server.command('lease4-get-all');
  const { leases } = answer.arguments as { leases: CommandLease[] };
  return leases.sort(byAddress);
}

interface CommandLease {
  readonly 'ip-address': string;
  readonly 'hw-address': string;
  readonly 'client-id': string;
  readonly 'subnet-id': number;
  readonly 'valid-lft': number;
  readonly cltt: number;
  readonly state: number;
}

/** The lease as lease4-get-page tells it, reduced to the fields that both sides must agree on. */
function toCommandForm(lease: FiledLease): CommandLease {
  return {
    'ip-address': lease.address,
    'hw-address': lease.mac,
    'client-id': lease.clientId,
    'subnet-id': lease.subnetId,
    'valid-lft': lease.validLifetimeSec,
    cltt: lease.expireSec - lease.validLifetimeSec,
    state: lease.state,
  };
}

async function allLeases(server: DhcpServer): Promise<CommandLease[]> {
  const leases: CommandLease[] = [];
  let from = 'start';
  for (;;) {
    const answer = await server.command('lease4-get-page', { from, limit: PAGE_LEASES });
    const page = (answer.arguments as { leases?: CommandLease[] } | undefined)?.leases ?? [];
    leases.push(...page.map(reduceFields));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_LEASES) return leases.sort(byAddress);
    from = last['ip-address'];
  }
}

function reduceFields(lease: CommandLease): CommandLease {
  return {
    'ip-address': lease['ip-address'],
    'hw-address': lease['hw-address'],
    'client-id': lease['client-id'],
    'subnet-id': lease['subnet-id'],
    'valid-lft': lease['valid-lft'],
    cltt: lease.cltt,
    state: lease.state,
  };
}

function byAddress(a: CommandLease, b: CommandLease): number {
  return a['ip-address'] < b['ip-address'] ? -1 : 1;
}

function ownership(lease: FiledLease): string {
  return `${lease.address} ${lease.mac} ${lease.clientId}`;
}
