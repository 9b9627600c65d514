/** A server that comes back to a partner with many leases, which goes on serving while it gives them. */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { NAMES, Pair } from './hot-standby-pair.ts';
import { endWithoutLoss, startLoad } from './reloading.ts';
import {
  ALONE,
  directoryWith,
  FIRST,
  leaseRows,
  lostLeases,
  startAlone,
  until,
  untilEqual,
} from './synchronizing.ts';

t.setTimeout(240_000);

const LEASES = 50_000;
const RATE = 500;

/** The first server serves alone, with many leases. */
async function alone(t: Test): Promise<{ pair: Pair; directory: string }> {
  const pair = await Pair.prepare(t);
  const directory = directoryWith(t, leaseRows(FIRST, LEASES, 100));
  await startAlone(t, pair, 'a', {}, directory);
  return { pair, directory };
}

/** What only the returning server has. */
function own(t: Test): string {
  return directoryWith(t, leaseRows(FIRST + LEASES, 100, 50));
}

t.test('the partner serves on, nobody is held off, and both hold the same leases', async (t) => {
  const { pair } = await alone(t);
  const client = await startLoad([pair.get('a').port], pair.relayPort, RATE);
  await sleep(500);
  await pair.begin(t, 'b', { more: ALONE }, own(t));
  await until('synchronized', () => pair.get('b').logged('TDM_HA_SYNC_SUCCEEDED').length > 0);
  await endWithoutLoss(t, client);
  const [done] = pair.get('b').logged('TDM_HA_SYNC_SUCCEEDED');
  t.match(done, { by: 'stream', kind: 'exchange', given: 100, refused: 0, skipped: 0 });
  t.comment(`${done!['created']} leases in ${done!['ms']} ms`);
  t.same(
    pair.get('a').logged('TDM_HA_SERVICE_HELD').length,
    1,
    'held off by itself, at the start, and never since',
  );
  await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
  const leases = await untilEqual(pair);
  t.ok(leases.size >= LEASES + 100, 'and that is all of them');
  t.same(lostLeases(client, leases), [], 'every acknowledged one among them');
  for (const name of NAMES) t.same(pair.get(name).logged('TDM_STREAM_DOWN'), []);
});

for (const victim of ['a', 'b'] as const)
  t.test(
    `${victim === 'a' ? 'the source' : 'who asks'} is killed in the middle: whole again afterwards`,
    async (t) => {
      const { pair, directory } = await alone(t);
      const directoryOfB = own(t);
      await pair.begin(t, 'b', { more: ALONE }, directoryOfB);
      await until('begun', () => pair.get('b').logged('TDM_HA_SYNC_STARTED').length > 0);
      await sleep(150);
      t.same(pair.get('b').logged('TDM_HA_SYNC_SUCCEEDED'), [], 'it is in the middle');
      pair.get(victim).server.child.kill('SIGKILL');
      await sleep(200);
      await pair.begin(t, victim, { more: ALONE }, victim === 'a' ? directory : directoryOfB);
      await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
      t.equal((await untilEqual(pair)).size, LEASES + 100);
    },
  );
