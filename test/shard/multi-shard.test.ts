/** Several shards and a journal at work on one memory: nobody gets another's address, and every ACK is in the file. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { leaseOfRecord } from '../../src/lease/dhcp4/csv-lease.ts';
import type { Lease4 } from '../../src/lease/dhcp4/model.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { configOf } from '../engine/bench-server.ts';
import { ip, type Reply } from '../engine/packets.ts';
import { loadLeaseFiles } from '../journal/support/dhcp4.ts';
import { scratchDirectory } from '../journal/support/scratch.ts';
import { ServerThreads } from './server-threads.ts';
import { discoverOf, Exchange, queryOf, Swarm, type SwarmClient } from './swarm.ts';

const SERVER = ip('127.0.0.1');
const SHARDS = 3;
const WINDOW = 200;

function benchFor(t: Test, steered: boolean, pool: string) {
  const config = configOf({
    'valid-lifetime': 3600,
    'user-context': { tandem: { 'offer-hold-time': 60 } },
    subnet4: [
      { id: 1, subnet: '192.168.0.0/16', pools: [{ pool }], relay: { 'ip-addresses': ['127.0.0.1'] } },
    ],
  });
  const leaseFile = join(scratchDirectory(t), 'leases.csv');
  const swarm = new Swarm();
  const server = new ServerThreads({ config, shards: SHARDS, steered, leaseFile, clientPort: swarm.port });
  t.teardown(() => swarm.close());
  return { config, swarm, server, leaseFile };
}

const requestOf = (client: number, address: string): Uint8Array =>
  queryOf(client, MessageType.request, [
    [50, ip(address)],
    [54, SERVER],
  ]);

/** The leases that a server would find that starts on the file now. */
function leasesIn(path: string): Map<number, Lease4> {
  const leases = new Map<number, Lease4>();
  const sink = {
    put: (record: Parameters<typeof leaseOfRecord>[0]) => {
      leases.set(record.address, leaseOfRecord(record));
      return 'kept' as const;
    },
    remove: (address: number) => void leases.delete(address),
  };
  const outcome = loadLeaseFiles({ path, maxRowErrors: 1 }, sink, systemClock);
  if (outcome.kind !== 'loaded' || outcome.report.rowErrorCount > 0)
    throw new Error('the lease file is damaged');
  return leases;
}

/** What main does beside the shards, all the time: looks through the table, and shows pages of it. */
function mainAtWork(server: ServerThreads, config: ReturnType<typeof configOf>): () => Promise<void> {
  let turn = 0;
  return async () => {
    turn++;
    if (turn % 20 === 0) await server.reclaimer.cycle(config.expiredLeases, true, () => nextTurn());
    if (turn % 50 === 0) server.store.page(-1, 100);
    await nextTurn();
  };
}

/** Table, pools, counters and file tell the same. */
async function requireSound(t: Test, server: ServerThreads, leaseFile: string): Promise<void> {
  const report = await server.stop();
  t.ok(report.drained);
  const inFile = leasesIn(leaseFile);
  const inMemory = new Map(server.store.all(null).map((lease) => [lease.address, lease]));
  const kept = [...inMemory].filter(([, { validLifetimeSec }]) => validLifetimeSec > 0);
  t.strictSame(sortedLeases(new Map(kept)), sortedLeases(inFile), 'the file is the table');
  const assigned = [...inMemory.values()].filter(({ state }) => state === LeaseState.assigned).length;
  t.equal(server.statistics.global('assigned-addresses'), assigned);
  const { book, statistics } = server;
  const offers = book.table.count() - inMemory.size;
  t.equal(book.pools.size(0) - book.pools.freeCount(0), assigned + offers, 'taken addresses');
  const all = statistics.all();
  const fates = [...all].filter(([name]) =>
    /^(pkt4-sent|tandem-(drop|done|ignored)-.*|tandem-repeated-parked)$/.test(name),
  );
  t.equal(
    statistics.global('pkt4-received'),
    fates.reduce((sum, [, value]) => sum + value, 0),
  );
}

/** As text: to compare thousands of objects member by member takes tap minutes. */
function sortedLeases(leases: ReadonlyMap<number, Lease4>): string {
  const lines = [...leases.values()].map((lease) => {
    const { address, hwAddress, clttSec, validLifetimeSec, state } = lease;
    return `${formatIpv4(address)} ${Buffer.from(hwAddress).toString('hex')} ${clttSec} ${validLifetimeSec} ${state}`;
  });
  return lines.sort().join('\n');
}

/** Runs whole exchanges of many clients; each ACK must stand in the file when it arrives. */
async function leaseToAll(
  t: Test,
  bench: ReturnType<typeof benchFor>,
  clients: number,
  portsOf: (client: number) => readonly number[],
): Promise<void> {
  const { swarm, server, leaseFile, config } = bench;
  const owners = new Map<string, number>();
  let unwritten = 0;
  let fileText = '';
  const onReply = (client: SwarmClient, reply: Reply): Uint8Array | null => {
    if (reply.type === MessageType.offer)
      return client.address === null ? requestOf(client.number, reply.yiaddr) : null;
    if (reply.type === MessageType.nak) return discoverOf(client.number);
    const owner = owners.get(reply.yiaddr) ?? client.number;
    if (owner !== client.number) t.fail(`${reply.yiaddr} is client ${owner}’s and client ${client.number}’s`);
    owners.set(reply.yiaddr, client.number);
    client.address = reply.yiaddr;
    const row = `\n${reply.yiaddr},${reply.mac.replace(/..(?=.)/g, '$&:')},`;
    if (!fileText.includes(row)) fileText = readFileSync(leaseFile, 'latin1');
    if (!fileText.includes(row)) unwritten++;
    return null;
  };
  const exchange = new Exchange(swarm, clients, portsOf, onReply);
  t.equal(await exchange.run(discoverOf, WINDOW, mainAtWork(server, config)), 0, 'every client has a lease');
  t.equal(owners.size, clients, 'each another address');
  t.equal(unwritten, 0, 'every ACK stood in the file when it arrived');
}

t.test('clients that the kernel steers to their shard', async (t) => {
  const bench = benchFor(t, true, '192.168.0.0 - 192.168.15.255');
  const [port] = bench.server.ports;
  await leaseToAll(t, bench, 3000, () => [port!]);
  t.ok(
    bench.server.turns().every((turns) => turns > 50),
    'every shard was at work',
  );
  await requireSound(t, bench.server, bench.leaseFile);
});

t.test('clients whose every datagram goes to another shard, some to two at once', async (t) => {
  const bench = benchFor(t, false, '192.168.0.0 - 192.168.15.255');
  const { ports } = bench.server;
  let turn = 0;
  const portsOf = (client: number): number[] => {
    turn++;
    const port = ports[turn % SHARDS]!;
    return client % 3 === 0 ? [port, ports[(turn + 1) % SHARDS]!] : [port];
  };
  await leaseToAll(t, bench, 3000, portsOf);
  await requireSound(t, bench.server, bench.leaseFile);
});

t.test('as many clients as addresses: the last one finds the last address', async (t) => {
  const bench = benchFor(t, false, '192.168.0.1 - 192.168.4.0');
  const { ports } = bench.server;
  let turn = 0;
  await leaseToAll(t, bench, 1024, () => [ports[turn++ % SHARDS]!]);
  t.equal(bench.server.book.pools.freeCount(0), 0);
  await requireSound(t, bench.server, bench.leaseFile);
});

t.test('of several clients that ask different shards for one address at once, one gets it', async (t) => {
  const { server, swarm, leaseFile, config } = benchFor(t, false, '192.168.0.0 - 192.168.15.255');
  const addresses = 500;
  const first = parseIpv4('192.168.0.0')!;
  const addressOf = (client: number): string => formatIpv4(first + Math.floor(client / SHARDS) + 1);
  const outcomes = Array.from({ length: addresses }, () => ({ acks: 0, naks: 0 }));
  const onReply = (client: SwarmClient, reply: Reply): null => {
    const outcome = outcomes[Math.floor(client.number / SHARDS)]!;
    if (reply.type === MessageType.ack && reply.yiaddr === addressOf(client.number)) outcome.acks++;
    if (reply.type === MessageType.nak) outcome.naks++;
    return null;
  };
  const exchange = new Exchange(
    swarm,
    addresses * SHARDS,
    (client) => [server.ports[client % SHARDS]!],
    onReply,
  );
  const left = await exchange.run(
    (client) => requestOf(client, addressOf(client)),
    WINDOW,
    mainAtWork(server, config),
  );
  t.equal(left, 0);
  t.ok(outcomes.every(({ acks, naks }) => acks === 1 && naks === SHARDS - 1));
  await requireSound(t, server, leaseFile);
});

t.test('clients that come and go: an address that was given back has one owner at a time', async (t) => {
  const bench = benchFor(t, false, '192.168.0.1 - 192.168.0.200');
  const { server, swarm, leaseFile, config } = bench;
  const owners = new Map<string, number>();
  let conflicts = 0;
  let turn = 0;
  let leases = 0;
  const ports = (): number[] => [server.ports[turn++ % SHARDS]!];
  const onReply = (client: SwarmClient, reply: Reply): Uint8Array | null => {
    if (reply.type === MessageType.offer) return requestOf(client.number, reply.yiaddr);
    if (reply.type === MessageType.nak) return discoverOf(client.number);
    leases++;
    if (owners.has(reply.yiaddr)) conflicts++;
    owners.set(reply.yiaddr, client.number);
    client.address = reply.yiaddr;
    return null;
  };
  // More clients than addresses; each gives its own back when the next but some hundred comes.
  const exchange = new Exchange(swarm, 3000, ports, onReply);
  const working = mainAtWork(server, config);
  const onTurn = async (): Promise<void> => {
    for (const [address, number] of [...owners].slice(0, Math.max(0, owners.size - 100))) {
      owners.delete(address);
      const octets = [...ip(address)];
      const datagram = queryOf(number, MessageType.release, []);
      datagram.set(octets, 12);
      swarm.send(ports()[0]!, datagram);
    }
    swarm.flush();
    await working();
  };
  t.equal(await exchange.run(discoverOf, 60, onTurn), 0, 'everybody had a lease');
  t.equal(conflicts, 0);
  t.equal(leases, 3000);
  await requireSound(t, server, leaseFile);
});
