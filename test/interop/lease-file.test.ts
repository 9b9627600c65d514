/** A lease file moves from Kea to Tandem and back: the same leases, address for address and second for second. */
import { copyFileSync } from 'node:fs';
import t from 'tap';
import { ADDRESS } from './configuration.ts';
import { KEAS, needServers } from './kea.ts';
import { type FiledLease, readLeaseFile } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment } from './pair.ts';
import { perfdhcp } from './perfdhcp.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';

const LOAD = { local: ADDRESS.load, rate: 200, seconds: 2, clients: 300 };
/** More than one page of lease4-get-page, so that paging is exercised too. */
const PAGE_LEASES = 100;

const JOURNEYS = KEAS.flatMap((kea) => [
  { from: kea, to: SUBJECT },
  { from: SUBJECT, to: kea },
]);

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
