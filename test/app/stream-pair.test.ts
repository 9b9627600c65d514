/** Pairs of servers whose leases go by a stream, in the life of servers: load, pauses, kills, other subnets, TLS. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { NAMES, type Name, Pair, SUBNET } from './hot-standby-pair.ts';
import { scratch } from './process.ts';
import { endWithoutLoss, LOST_MS, startLoad } from './reloading.ts';
import { isSame, leaseFileOf, served, tlsOf, until } from './synchronizing.ts';

t.setTimeout(240_000);
// They wait for most of the time.
t.jobs = 2;

const WAIT_MS = 60_000;
/** Exchanges: as much as a busy machine does in its time, enough to fill many frames. */
const SERVED = 600;
const CUTS = 4;
/** More than two portions. */
const GIVEN = 5_000;
const CUT_EVERY_MS = 700;
/** Without a cut. */
const POOR_MS = 4_000;
/** A reply that was lost with the stream is asked for again after so long. */
const RETRY_MS = 1_000;
const buffered = { buffered: true };

function leaseFile(pair: Pair, name: Name): Map<string, string> {
  return leaseFileOf(pair.get(name).directory);
}

/** Both have said hello, so many times by now. */
function up(pair: Pair, times = 1): Promise<void> {
  const isUp = (name: Name) => pair.get(name).logged('TDM_STREAM_UP').length >= times;
  return until('up', () => isUp('a') && isUp('b'));
}

/** Breaks the stream in the middle of whatever is on its way, each time as soon as it has been up for a while. */
async function cutAgainAndAgain(pair: Pair): Promise<void> {
  for (let cuts = 1; cuts <= CUTS; cuts++) {
    await sleep(CUT_EVERY_MS);
    pair.relays.get('b')!.sever();
    await up(pair, cuts + 1);
  }
}

/** The sentence of ha-why about the stream. */
async function fact(pair: Pair, name: Name): Promise<string> {
  const { arguments: why } = await pair.get(name).ask('ha-why');
  return (why!['facts'] as string[]).find((sentence) => sentence.includes('lease stream'))!;
}

t.test('under load every lease goes by the stream, and both tables are equal', buffered, async (t) => {
  const pair = await Pair.start(t);
  await up(pair);
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 400);
  await served(client, SERVED);
  const counts = await endWithoutLoss(t, client);
  t.equal(counts['address-conflicts'], 0);
  const [a, b] = [await pair.leases('a'), await pair.leases('b')];
  t.ok(a.size >= SERVED);
  t.same(b, a, 'both hold the same leases');
  const sent = Number(/(\d+) records sent/.exec(await fact(pair, 'a'))![1]);
  t.ok(sent >= counts['exchanges-completed'], `${sent} records`);
  t.match(await fact(pair, 'a'), /is up, lease updates go by it/);
  t.match(await fact(pair, 'b'), /is up/);
  for (const name of ['a', 'b'] as const) t.same(pair.get(name).logged('TDM_STREAM_DOWN'), []);
});

/** The names of a server's threads that serve. */
function threadsOf({ server }: ReturnType<Pair['get']>): string[] {
  const tasks = `/proc/${server.child.pid}/task`;
  const names = readdirSync(tasks).map((thread) => readFileSync(join(tasks, thread, 'comm'), 'utf8').trim());
  return names.filter((name) => /^(shard|link|journal)/.test(name)).sort();
}

for (const [size, threads] of [
  [1, ['journal', 'shard+link']],
  [2, ['journal', 'link', 'shard', 'shard']],
] as const)
  t.test(`with ${size} for thread-pool-size: the same leases, through reloads`, buffered, async (t) => {
    const dhcp4 = { 'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': size } };
    const pair = await Pair.start(t, { dhcp4 });
    await up(pair);
    for (const name of ['a', 'b'] as const) t.same(threadsOf(pair.get(name)), threads);
    const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 400);
    for (const name of ['a', 'b', 'a', 'b'] as const) {
      await sleep(300);
      t.match(await pair.reload(name, { dhcp4: { ...dhcp4, 'renew-timer': 900 } }), { result: 0 });
    }
    await sleep(300);
    const counts = await endWithoutLoss(t, client);
    t.equal(counts['address-conflicts'], 0);
    t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
    for (const name of ['a', 'b'] as const) {
      t.same(pair.get(name).logged('TDM_STREAM_DOWN'), []);
      t.same(threadsOf(pair.get(name)), threads);
    }
  });

t.test(
  'a partner that stands still fails the updates on their way; it goes on when it does',
  buffered,
  async (t) => {
    const pair = await Pair.start(t);
    await up(pair);
    const client = await startLoad(
      [pair.get('a').port, pair.get('b').port],
      pair.relayPort,
      300,
      1,
      RETRY_MS,
    );
    await sleep(1000);
    const { child } = pair.get('b').server;
    child.kill('SIGSTOP');
    t.teardown(() => child.kill('SIGCONT'));
    await until('ended', () => pair.get('a').logged('TDM_STREAM_DOWN').length > 0);
    t.match(pair.get('a').logged('TDM_STREAM_DOWN'), [{ reason: 'no acknowledgement within 10000 ms' }]);
    t.ok((pair.get('a').logged('TDM_STREAM_DOWN')[0]!['unconfirmed'] as number) > 0);
    await sleep(500);
    child.kill('SIGCONT');
    await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
    await up(pair, 2);
    await sleep(1000);
    const counts = await client.stop(LOST_MS * 3);
    t.equal(counts['address-conflicts'], 0, 'no address was given twice');
    await until('equal', async () => isSame(await pair.leases('a'), await pair.leases('b')));
    t.pass('both hold the same leases');
  },
);

t.test('a partner that is killed is left at once, and streams again when it is back', buffered, async (t) => {
  const pair = await Pair.start(t);
  await up(pair);
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 300, 1, RETRY_MS);
  await sleep(1000);
  const { directory } = pair.get('b');
  pair.get('b').server.child.kill('SIGKILL');
  await until('ended', () => pair.get('a').logged('TDM_STREAM_DOWN').length > 0);
  await pair.begin(t, 'b', {}, directory);
  await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
  await until('up', () => pair.get('b').logged('TDM_STREAM_UP').length > 0);
  await sleep(500);
  const counts = await client.stop(LOST_MS * 3);
  t.equal(counts['address-conflicts'], 0);
  t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
});

t.test('a partner that does not know a subnet refuses its leases, and no others', buffered, async (t) => {
  // However many are refused before the load ends: a server that gives up its partner would answer by itself.
  const more = { 'max-rejected-lease-updates': 0 };
  const pair = await Pair.start(t, { more });
  await up(pair);
  const other = { ...SUBNET, subnet: '10.8.0.0/14', pools: [{ pool: '10.8.0.10 - 10.11.255.250' }] };
  t.match(await pair.reload('b', { more, dhcp4: { subnet4: [other] } }), { result: 0 });
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 20);
  await until('refused', () => pair.get('a').logged('TDM_HA_UPDATES_REJECTED').length > 20);
  const counts = await client.stop(0);
  t.equal(counts['exchanges-completed'], 0, 'nobody got an address that the partner does not have');
  t.match(pair.get('a').logged('TDM_PEER_CONFLICT')[0], { reason: /does not belong to subnet 10.8.0.0\/14/ });
  t.same(pair.get('a').logged('TDM_STREAM_DOWN'), [], 'the stream is none the worse');
});

for (const scheme of ['http', 'https'] as const)
  t.test(
    `${scheme}: cut under load again and again, it loses nothing and gives nothing twice`,
    buffered,
    async (t) => {
      const pair = await Pair.start(t, { more: scheme === 'http' ? {} : tlsOf(t), scheme, isRelayed: true });
      await up(pair);
      const ports = [pair.get('a').port, pair.get('b').port];
      const client = await startLoad(ports, pair.relayPort, 300, 1, RETRY_MS);
      await cutAgainAndAgain(pair);
      const counts = await client.stop(LOST_MS);
      t.equal(counts['address-conflicts'], 0, 'no address was given twice');
      t.equal(counts['in-flight'], 0, 'everybody has an answer in the end');
      await until('equal', async () => isSame(await pair.leases('a'), await pair.leases('b')));
      t.ok(pair.get('a').logged('TDM_STREAM_DOWN').length >= CUTS);
      t.same([await pair.state('a'), await pair.state('b')], ['hot-standby', 'hot-standby']);
    },
  );

t.test('a forensic log has a line for each lease that came by the stream', buffered, async (t) => {
  const path = scratch(t);
  const libraries = [{ library: 'libdhcp_legal_log.so', parameters: { path, 'base-name': 'legal' } }];
  const pair = await Pair.start(t);
  await up(pair);
  t.match(await pair.reload('b', { libraries }), { result: 0 });
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 400);
  await served(client, SERVED);
  await endWithoutLoss(t, client);
  t.match(await fact(pair, 'b'), /is up/);
  t.same(pair.get('b').logged('TDM_STREAM_DOWN'), [], 'the reload has not touched it');
  const leases = await pair.leases('b');
  t.ok(leases.size >= SERVED);
  t.match(await pair.reload('b'), { result: 0 }, 'who leaves hears of all that was done before');
  const [file] = readdirSync(path);
  const lines = readFileSync(join(path, file!), 'utf8').split('\n');
  const told = new Set(
    lines.flatMap(
      (line) => /HA partner updated information on the lease of address: (\S+)/.exec(line)?.[1] ?? [],
    ),
  );
  t.same(
    [...leases.keys()].filter((address) => !told.has(address)),
    [],
    'each has its line',
  );
});

t.test('with TLS and certificates of clients it is the same', buffered, async (t) => {
  const pair = await Pair.start(t, { more: tlsOf(t), scheme: 'https' });
  await up(pair);
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 400);
  await served(client, SERVED);
  const counts = await endWithoutLoss(t, client);
  t.equal(counts['address-conflicts'], 0);
  t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
  t.same(pair.get('a').logged('TDM_STREAM_DOWN'), []);
  t.equal(await pair.get('b').server.stop(), 0, 'it stops in order');
  await until('ended', () => pair.get('a').logged('TDM_STREAM_DOWN').length > 0);
  t.match(pair.get('a').logged('TDM_STREAM_DOWN'), [{ reason: /this server stops/ }]);
});

t.test('who was let in by another rule is let in anew', buffered, async (t) => {
  // A heartbeat that meets the port between two rules would end the stream by itself.
  const rare = { ...tlsOf(t), 'heartbeat-delay': 10 * WAIT_MS, 'max-response-delay': 20 * WAIT_MS };
  const wish = { more: { ...rare, 'heartbeat-delay': 300 }, scheme: 'https' } as const;
  const pair = await Pair.start(t, wish);
  await up(pair);
  for (const name of NAMES) t.match(await pair.reload(name, { ...wish, more: rare }), { result: 0 });
  const readmitting = { ...wish, more: { ...rare, 'require-client-certs': false } };
  t.match(await pair.reload('b', readmitting), { result: 0 });
  await up(pair, 2);
  t.match(pair.get('a').logged('TDM_STREAM_DOWN'), [{ reason: 'the partner sends no more records' }]);
});

t.test('a stream that was cut is there again long before the next heartbeat', buffered, async (t) => {
  const pair = await Pair.start(t, { isRelayed: true });
  await up(pair);
  // Whoever waited for a heartbeat would wait until the test is over.
  for (const name of ['a', 'b'] as const)
    t.match(
      await pair.reload(name, {
        more: { 'heartbeat-delay': 10 * WAIT_MS, 'max-response-delay': 20 * WAIT_MS },
      }),
      {
        result: 0,
      },
    );
  pair.relays.get('b')!.sever();
  await up(pair, 2);
  t.match(await fact(pair, 'a'), /is up/);
});

t.test(
  'what a synchronization takes or gives goes by the stream, and so does what comes after it',
  buffered,
  async (t) => {
    const pair = await Pair.start(t, { leases: GIVEN });
    await up(pair);
    t.equal((await pair.leases('b')).size, GIVEN);
    t.match(await fact(pair, 'a'), 'is up, lease updates go by it');
    const synced = NAMES.flatMap((name) => pair.get(name).logged('TDM_HA_SYNC_SUCCEEDED'));
    t.same(
      synced.filter((line) => line['given'] === GIVEN || line['created'] === GIVEN).map((line) => line['by']),
      ['stream'],
    );
    const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 300);
    await sleep(1000);
    await endWithoutLoss(t, client);
    t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
  },
);

t.test(
  'over a poor network, and cut now and then, both lease files come to the same',
  buffered,
  async (t) => {
    const pair = await Pair.start(t, { isRelayed: true, isPoor: true });
    await up(pair);
    const ports = [pair.get('a').port, pair.get('b').port];
    const client = await startLoad(ports, pair.relayPort, 300, 1, RETRY_MS);
    await sleep(POOR_MS);
    t.same(pair.get('a').logged('TDM_STREAM_DOWN'), [], 'what is late breaks nothing');
    await cutAgainAndAgain(pair);
    await served(client, SERVED);
    const counts = await client.stop(LOST_MS);
    t.equal(counts['address-conflicts'], 0, 'no address was given twice');
    t.equal(counts['in-flight'], 0, 'everybody has an answer in the end');
    await until('equal', () => isSame(leaseFile(pair, 'a'), leaseFile(pair, 'b')));
    const leases = leaseFile(pair, 'a');
    t.ok(leases.size >= counts['exchanges-completed']);
    t.match(await fact(pair, 'a'), /is up, lease updates go by it/);
    t.same([await pair.state('a'), await pair.state('b')], ['hot-standby', 'hot-standby']);
  },
);
