/** Synchronizations by the stream in every kind of pair: TLS, load-balancing, who returns, by command. */
import t, { type Test } from 'tap';
import { comeBack, endWell, LEASES, OWN, other, RATE, synchronized } from './coming-back.ts';
import { NAMES, type Name, Pair, SUBNET, type Wish } from './hot-standby-pair.ts';
import { endWithoutLoss, startLoad } from './reloading.ts';
import { lostLeases, syncByCommand, tlsOf, until, untilEqual } from './synchronizing.ts';

t.setTimeout(240_000);

const BALANCED = {
  ...SUBNET,
  pools: [
    { pool: '10.0.0.10 - 10.1.255.250', 'client-class': 'HA_a' },
    { pool: '10.2.0.0 - 10.3.255.250', 'client-class': 'HA_b' },
  ],
};
const LOAD_BALANCING: Wish = { mode: 'load-balancing', dhcp4: { subnet4: [BALANCED] } };

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
    const done = await syncByCommand(t, pair.get(name), other(name));
    t.match(done, [{ by: 'stream', kind: 'fetch', created: name === 'a' ? OWN : 0, given: 0, skipped: 0 }]);
    t.ok((done[0]!['kept'] as number) >= LEASES, 'of one second both keep what they have');
  }
  await endWithoutLoss(t, client);
  t.same(lostLeases(client, await untilEqual(pair)), []);
  for (const name of NAMES) t.same(pair.get(name).logged('TDM_STREAM_DOWN'), []);
});
