/** Synchronizations by the stream that something comes in between: another one, a reload, a connection that is cut. */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { comeBack, endWell, LEASES, OWN, other, RATE, RETRY_MS, synchronized } from './coming-back.ts';
import { NAMES, Pair, SUBNET } from './hot-standby-pair.ts';
import { startLoad } from './reloading.ts';
import { ALONE, until } from './synchronizing.ts';

t.setTimeout(240_000);

/** They last long enough to be met in the middle. */
const MANY = 100_000;

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
