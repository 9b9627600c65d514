/** Reloads of the servers of a pair: what goes on, what begins anew, and that no lease is lost between the two. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { until as awaited } from '../interop/waiting.ts';
import { NAMES, Pair, SUBNET } from './hot-standby-pair.ts';
import { endWithoutLoss, LOST_MS, SERVER, startLoad } from './reloading.ts';

t.setTimeout(180_000);

const STATE_MS = 60_000;
/** Where a server does not answer for a while, and clients ask again. */
const RETRY_MS = 5_000;
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id';

function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<true> {
  return awaited({ what, timeoutMs: STATE_MS }, async () => ((await isSo()) ? true : null));
}
t.test('timers, limits, pauses and threads change in the state, under load', async (t) => {
  const pair = await Pair.start(t);
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 600);
  await sleep(500);
  const wishes: Record<string, unknown>[] = [
    { 'heartbeat-delay': 200 },
    { 'max-response-delay': 40_000, 'max-ack-delay': 2000, 'max-unacked-clients': 20_000 },
    { 'max-rejected-lease-updates': 3 },
    { 'sync-timeout': 20_000, 'sync-page-limit': 50 },
    { 'multi-threading': { 'http-client-threads': 8 } },
    { 'restrict-commands': false },
    { 'state-machine': { states: [{ state: 'partner-down', pause: 'once' }] } },
    {},
  ];
  for (const more of wishes) {
    for (const name of NAMES)
      t.match(await pair.reload(name, { more }), { result: 0 }, Object.keys(more).join());
    await sleep(200);
  }
  const counts = await endWithoutLoss(t, client);
  t.equal(counts['address-conflicts'], 0);
  t.equal(counts['nak-received'], 0);
  t.same([pair.starts('a'), pair.starts('b')], [1, 1], 'neither machine began anew');
  t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
  t.same(pair.get('a').logged('TDM_HA_UPDATE_FAILED'), []);
  t.match(await pair.get('a').server.logged('TDM_HA_SETTINGS_CHANGED'), { changed: ['heartbeatDelayMs'] });
  for (const name of NAMES) t.equal(await pair.get(name).server.stop(), 0);
});

t.test('the primary finds its partner at another address, under load', async (t) => {
  const everywhere = { 'user-context': { tandem: { 'peer-listen-address': '0.0.0.0' } } };
  const pair = await Pair.start(t, { dhcp4: everywhere });
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 600);
  await sleep(500);
  for (const host of ['127.0.0.7', '127.0.0.8', SERVER]) {
    t.match(await pair.reload('a', { dhcp4: everywhere, hosts: { b: host } }), { result: 0 });
    await sleep(300);
  }
  const counts = await endWithoutLoss(t, client);
  t.equal(counts['address-conflicts'], 0);
  t.equal(pair.starts('a'), 1);
  t.same(pair.get('a').logged('TDM_HA_UPDATE_FAILED'), []);
  t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
});

t.test('a server moves its own port: who is not told in time asks again, nothing is lost', async (t) => {
  const pair = await Pair.start(t);
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 500, 1, RETRY_MS);
  await sleep(500);
  const ports = { ...pair.ports, b: await findFreeTcpPort(SERVER) };
  t.match(await pair.reload('b', { ports }), { result: 0 });
  t.match(await pair.reload('a', { ports }), { result: 0 });
  await sleep(1000);
  const counts = await client.stop(RETRY_MS * 3);
  t.equal(counts['in-flight'], 0, 'every exchange ended with its answer');
  t.equal(counts['abandoned'], 0);
  t.equal(counts['address-conflicts'], 0);
  t.same([pair.starts('a'), pair.starts('b')], [1, 1]);
  await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
  t.same(await pair.leases('b'), await pair.leases('a'), 'both hold the same leases');
});

t.test(
  'another lease file, under load: both end with the same leases, the promised ones among them',
  async (t) => {
    const pair = await Pair.start(t);
    const client = await startLoad(
      [pair.get('a').port, pair.get('b').port],
      pair.relayPort,
      500,
      1,
      RETRY_MS,
    );
    await sleep(1000);
    const far = Math.floor(Date.now() / 1000) + 3600;
    const file = join(pair.get('a').directory, 'moved.csv');
    writeFileSync(file, `${HEADER}\n10.3.0.1,02:00:00:00:00:77,,3600,${far},1,0,0,,0,,0\n`);
    const dhcp4 = { 'lease-database': { type: 'memfile', name: file } };
    t.match(await pair.reload('a', { dhcp4 }), { result: 0 });
    await until('a lease of the new file at b', async () => (await pair.leases('b')).has('10.3.0.1'));
    await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
    await sleep(500);
    const counts = await client.stop(RETRY_MS * 4);
    t.equal(counts['in-flight'], 0);
    t.equal(counts['address-conflicts'], 0, 'no address was given twice');
    const [a, b] = [await pair.leases('a'), await pair.leases('b')];
    t.same(b, a, 'both hold the same leases');
    t.equal(a.get('10.3.0.1'), '02:00:00:00:00:77', 'that of the new file');
    t.ok(a.size > counts['exchanges-completed'], `${a.size} leases`);
    await until('the machine began anew', () => pair.starts('a') === 2);
  },
);

t.test('reloads in the middle of a synchronization', async (t) => {
  const more = { 'sync-page-limit': 20 };
  const pair = await Pair.start(t, { more });
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, 400);
  await until('3,000 exchanges', () => client.counts()['exchanges-completed'] > 3000);
  await client.stop(LOST_MS);
  const { server, directory } = pair.get('b');
  await server.stop('SIGKILL');
  rmSync(join(directory, 'leases.csv'));
  await pair.begin(t, 'b', { more }, directory);
  await pair.get('b').server.logged('TDM_HA_SYNC_STARTED');
  t.match(await pair.reload('b', { more: { ...more, 'heartbeat-delay': 250 } }), { result: 0 });
  t.match(await pair.reload('a', { more: { ...more, 'heartbeat-delay': 250 } }), { result: 0 });
  const dhcp4 = { 'lease-database': { type: 'memfile', name: join(directory, 'empty.csv') } };
  t.match(await pair.reload('b', { more, dhcp4 }), { result: 0 });
  await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
  const [a, b] = [await pair.leases('a'), await pair.leases('b')];
  t.ok(a.size > 2000, `${a.size} leases`);
  t.same(b, a);
  t.match(await pair.get('a').ask('status-get'), {
    arguments: { 'dhcp-state': { 'globally-disabled': false } },
  });
});

t.test('another mode begins anew, in both', async (t) => {
  const pair = await Pair.start(t);
  const more = {
    mode: 'load-balancing',
    'delayed-updates-limit': 100,
    peers: NAMES.map((each) => ({
      name: each,
      role: each === 'a' ? 'primary' : 'secondary',
      url: `http://${SERVER}:${pair.ports[each]}/`,
    })),
  };
  for (const name of NAMES) t.match(await pair.reload(name, { more }), { result: 0 });
  await pair.reach({ a: 'load-balancing', b: 'load-balancing' });
  await until('both machines began anew', () => pair.starts('a') === 2 && pair.starts('b') === 2);
  for (const name of NAMES) t.match(await pair.get(name).ask('status-get'), { result: 0 });
});

t.test('high availability comes and goes', async (t) => {
  const pair = await Pair.start(t);
  const a = pair.get('a');
  const alone = { subnet4: [SUBNET], 'hooks-libraries': [] };
  t.match(await a.reload(alone), { result: 0 });
  t.match(await a.ask('ha-heartbeat'), { result: 2 }, 'the command is gone');
  t.match(await a.ask('lease4-get-all'), { result: 2 });
  t.match(await a.ask('status-get'), { arguments: { 'dhcp-state': { 'globally-disabled': false } } });
  const client = await startLoad([a.port], pair.relayPort, 500, 3);
  await sleep(500);
  await endWithoutLoss(t, client);
  t.match(await pair.reload('a'), { result: 0 });
  await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
  await until('the machine began anew', () => pair.starts('a') === 2);
});
