/** A server that comes back to a partner with many leases, which goes on serving while it gives them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { formatHex } from '../../src/base/hex.ts';
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { type Name, Pair } from './hot-standby-pair.ts';
import { scratch } from './process.ts';
import { endWithoutLoss, startLoad } from './reloading.ts';

t.setTimeout(240_000);

const LEASES = 200_000;
const FIRST = parseIpv4('10.0.64.0')!;
const RATE = 500;
const PAGE = 10_000;
const WAIT_MS = 60_000;
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n';
/** Who is alone finds that out within a second; who is busy is not taken for gone. */
const ALONE = { 'max-response-delay': 1_000 };

/** A directory with a lease file. */
function filled(t: Test, first: number, count: number, agoSec: number): string {
  const directory = scratch(t);
  const rows = [HEADER];
  const expire = Math.floor(Date.now() / 1000) - agoSec + 40_000;
  for (let i = 0; i < count; i++) {
    const hw = formatHex(Uint8Array.of(6, 0, i >>> 24, i >>> 16, i >>> 8, i));
    rows.push(`${formatIpv4(first + i)},${hw},,40000,${expire},1,0,0,host-${i},0,,0\n`);
  }
  writeFileSync(join(directory, 'leases.csv'), rows.join(''));
  return directory;
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + WAIT_MS; performance.now() < end; await sleep(20))
    if (await condition()) return;
  throw new Error(`not ${what} after ${WAIT_MS} ms`);
}

async function isEqual(pair: Pair): Promise<boolean> {
  const [a, b] = [await rows(pair, 'a'), await rows(pair, 'b')];
  return a.size === b.size && [...a].every(([address, row]) => b.get(address) === row);
}

/** Every lease, with everything that it holds. */
async function rows(pair: Pair, name: Name): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let from = 'start'; ; ) {
    const { arguments: page } = await pair.get(name).ask('lease4-get-page', { from, limit: PAGE });
    const leases = (page?.['leases'] ?? []) as { 'ip-address': string }[];
    for (const lease of leases) found.set(lease['ip-address'], JSON.stringify(lease));
    if (leases.length < PAGE) return found;
    from = leases.at(-1)!['ip-address'];
  }
}

/** The first server serves alone, with many leases. */
async function alone(t: Test): Promise<{ pair: Pair; directory: string }> {
  const pair = await Pair.prepare(t, { more: ALONE });
  const directory = filled(t, FIRST, LEASES, 100);
  await pair.begin(t, 'a', { more: ALONE }, directory);
  await until('alone', async () => (await pair.state('a')) === 'partner-down');
  return { pair, directory };
}

t.test('the partner serves on, nobody is held off, and both hold the same leases', async (t) => {
  const { pair } = await alone(t);
  const client = await startLoad([pair.get('a').port], pair.relayPort, RATE);
  await sleep(500);
  const own = filled(t, FIRST + LEASES, 100, 50);
  await pair.begin(t, 'b', { more: ALONE }, own);
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
  await until('equal', () => isEqual(pair));
  t.ok((await rows(pair, 'b')).size >= LEASES + 100, 'and that is all of them');
  const [up] = [pair.get('b').logged('TDM_STREAM_DOWN'), pair.get('a').logged('TDM_STREAM_DOWN')];
  t.same(up, []);
});

for (const victim of ['a', 'b'] as const)
  t.test(
    `${victim === 'a' ? 'the source' : 'who asks'} is killed in the middle: whole again afterwards`,
    async (t) => {
      const { pair, directory } = await alone(t);
      const own = filled(t, FIRST + LEASES, 100, 50);
      await pair.begin(t, 'b', { more: ALONE }, own);
      await until('begun', () => pair.get('b').logged('TDM_HA_SYNC_STARTED').length > 0);
      await sleep(150);
      t.same(pair.get('b').logged('TDM_HA_SYNC_SUCCEEDED'), [], 'it is in the middle');
      pair.get(victim).server.child.kill('SIGKILL');
      await sleep(200);
      await pair.begin(t, victim, { more: ALONE }, victim === 'a' ? directory : own);
      await pair.reach({ a: 'hot-standby', b: 'hot-standby' });
      await until('equal', () => isEqual(pair));
      t.equal((await rows(pair, 'b')).size, LEASES + 100);
    },
  );
