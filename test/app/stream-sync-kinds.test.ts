/** Synchronizations by the stream in every kind of pair: TLS, load-balancing, who returns, by command, over reloads and cuts. */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { LoadClient } from '../../src/load/client.ts';
import type { LoadCounts } from '../../src/load/counters.ts';
import { NAMES, type Name, Pair, SUBNET, type Wish } from './hot-standby-pair.ts';
import { freeUdpPort } from './process.ts';
import { endWithoutLoss, LOST_MS, startLoad } from './reloading.ts';
import {
  ALONE,
  directoryWith,
  FIRST,
  leaseRows,
  lostLeases,
  startAlone,
  tlsOf,
  until,
  untilEqual,
} from './synchronizing.ts';

t.setTimeout(240_000);

const LEASES = 20_000;
/** Those that last long enough to be met in the middle. */
const MANY = 100_000;
const OWN = 100;
const RATE = 300;
/** Clients of a server that hands its service over ask again. */
const RETRY_MS = 500;
const BALANCED = {
  ...SUBNET,
  pools: [
    { pool: '10.0.0.10 - 10.1.255.250', 'client-class': 'HA_a' },
    { pool: '10.2.0.0 - 10.3.255.250', 'client-class': 'HA_b' },
  ],
};
const LOAD_BALANCING: Wish = { mode: 'load-balancing', dhcp4: { subnet4: [BALANCED] } };

const other = (name: Name): Name => (name === 'a' ? 'b' : 'a');

/** The other one serves alone, under load, when this one comes back and has leases of its own. */
async function comeBack(
  t: Test,
  name: Name,
  wish: Wish = {},
  leases = LEASES,
  isRelayed = false,
): Promise<{ pair: Pair; client: LoadClient }> {
  const pair = await Pair.prepare(t, { isRelayed });
  const partner = other(name);
  const ports = { a: freeUdpPort(), b: freeUdpPort() };
  await startAlone(t, pair, partner, wish, directoryWith(t, leaseRows(FIRST, leases, 100)), ports[partner]);
  const client = await startLoad([ports.a, ports.b], pair.relayPort, RATE, 1, RETRY_MS);
  t.teardown(() => client.stop(0));
  await sleep(300);
  const own = directoryWith(t, leaseRows(FIRST + leases, OWN, 50));
  await pair.begin(t, name, { ...wish, more: { ...ALONE, ...wish.more } }, own, ports[name]);
  return { pair, client };
}

/** Waits until both work as a pair, ends the load, and looks whether anything is lost. */
async function endWell(
  t: Test,
  pair: Pair,
  client: LoadClient,
  leasesMin: number,
  state: 'hot-standby' | 'load-balancing' = 'hot-standby',
): Promise<LoadCounts> {
  await pair.reach({ a: state, b: state });
  await sleep(500);
  const counts = await client.stop(LOST_MS);
  t.equal(counts['address-conflicts'], 0, 'no client got an address of another');
  t.equal(counts['in-flight'], 0, 'everybody has an answer in the end');
  const leases = await untilEqual(pair);
  t.same(lostLeases(client, leases), [], 'every acknowledged lease is there');
  const completed = counts['exchanges-completed'];
  t.ok(leases.size >= leasesMin + completed, `${leases.size} leases, ${completed} exchanges`);
  return counts;
}

function synchronized(pair: Pair, name: Name) {
  return pair.get(name).logged('TDM_HA_SYNC_SUCCEEDED');
}

const WAYS: [string, Name, 'hot-standby' | 'load-balancing', (t: Test) => Wish][] = [
  ['the secondary returns, with TLS', 'b', 'hot-standby', (t) => ({ more: tlsOf(t), scheme: 'https' })],
  ['the primary returns to a secondary in partner-down', 'a', 'hot-standby', () => ({})],
  ['load-balancing: the secondary returns', 'b', 'load-balancing', () => LOAD_BALANCING],
  ['load-balancing: the primary returns', 'a', 'load-balancing', () => LOAD_BALANCING],
  [
    'load-balancing with TLS: the primary returns',
    'a',
    'load-balancing',
    (t) => ({ ...LOAD_BALANCING, more: tlsOf(t), scheme: 'https' }),
  ],
];

for (const [what, name, state, wishOf] of WAYS)
  t.test(what, async (t) => {
    const { pair, client } = await comeBack(t, name, wishOf(t));
    await until('synchronized', () => synchronized(pair, name).length > 0);
    const [done] = synchronized(pair, name);
    t.match(done, { by: 'stream', kind: 'exchange', given: OWN, refused: 0, skipped: 0 });
    t.comment(`${done!['created']} leases in ${done!['ms']} ms`);
    await endWell(t, pair, client, LEASES + OWN, state);
    t.equal(pair.get(other(name)).logged('TDM_HA_SERVICE_HELD').length, 1, 'the source served on');
    for (const each of NAMES) t.same(pair.get(each).logged('TDM_STREAM_DOWN'), []);
  });

t.test('ha-sync of either while both are at work: nobody notices', async (t) => {
  const pair = await Pair.start(t, { leases: LEASES });
  await until('up', () => pair.get('b').logged('TDM_STREAM_UP').length > 0);
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, RATE);
  for (let host = 0; host < OWN; host++) {
    const hex = host.toString(16).padStart(2, '0');
    const lease = { 'ip-address': `10.2.0.${host}`, 'hw-address': `02:aa:00:00:00:${hex}`, 'subnet-id': 1 };
    t.equal((await pair.get('b').ask('lease4-add', lease)).result, 0);
  }
  for (const name of NAMES) {
    const before = synchronized(pair, name).length;
    const answer = await pair.get(name).ask('ha-sync', { 'server-name': other(name), 'max-period': 60 });
    t.match(answer, { result: 0 });
    await until('logged', () => synchronized(pair, name).length > before);
    const done = synchronized(pair, name).slice(before);
    t.match(done, [{ by: 'stream', kind: 'fetch', created: name === 'a' ? OWN : 0, given: 0, skipped: 0 }]);
    t.ok((done[0]!['kept'] as number) >= LEASES, 'of one second both keep what they have');
  }
  await endWithoutLoss(t, client);
  t.same(lostLeases(client, await untilEqual(pair)), []);
  for (const name of NAMES) t.same(pair.get(name).logged('TDM_STREAM_DOWN'), []);
});

t.test('ha-sync of both at once, again and again: each has an answer, and both are whole', async (t) => {
  const pair = await Pair.start(t, { leases: LEASES });
  const client = await startLoad([pair.get('a').port, pair.get('b').port], pair.relayPort, RATE, 1, RETRY_MS);
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all(
      NAMES.map((name) => pair.get(name).ask('ha-sync', { 'server-name': other(name), 'max-period': 60 })),
    );
    for (const answer of answers) t.match(answer, { result: 0 });
  }
  await endWell(t, pair, client, LEASES);
  for (const name of NAMES) t.same(pair.get(name).logged('TDM_STREAM_DOWN'), []);
});

for (const reloaded of NAMES)
  t.test(`${reloaded === 'a' ? 'the source' : 'who asks'} gets other pools in the middle`, async (t) => {
    const { pair, client } = await comeBack(t, 'b', {}, MANY);
    await until('begun', () => pair.get('b').logged('TDM_HA_SYNC_STARTED').length > 0);
    await sleep(100);
    t.same(synchronized(pair, 'b'), [], 'it is in the middle');
    const pools = [{ pool: '10.0.0.10 - 10.0.255.250' }, { pool: '10.1.8.0 - 10.3.255.200' }];
    const dhcp4 = { subnet4: [{ ...SUBNET, pools }] };
    t.match(await pair.reload(reloaded, { more: ALONE, dhcp4 }), { result: 0 });
    await endWell(t, pair, client, MANY + OWN);
    t.comment(`${pair.get('b').logged('TDM_HA_SYNC_FAILED').length} begun anew`);
  });

t.test('a stream that is cut in the middle, and then behind the end: tried again, and whole', async (t) => {
  const { pair, client } = await comeBack(t, 'b', {}, MANY, true);
  const started = () => pair.get('b').logged('TDM_HA_SYNC_STARTED').length;
  for (let cuts = 1; cuts <= 3; cuts++) {
    await until('begun', () => started() >= cuts || synchronized(pair, 'b').length > 0);
    await sleep(100 * cuts);
    pair.relays.get('b')!.sever();
  }
  await until('synchronized', () => synchronized(pair, 'b').length > 0);
  pair.relays.get('b')!.sever();
  t.comment(`${pair.get('b').logged('TDM_HA_SYNC_FAILED').length} begun anew`);
  await endWell(t, pair, client, MANY + OWN);
});
