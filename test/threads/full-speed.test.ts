/**
 * Pairs with several shards, each a thread, on one table, with the threads of the journal and the streams, as fast as they can: in
 * the end both tables and both files are the same, and hold what the clients hold. TANDEM_LONG=1 goes on for a minute each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { isSame, leaseFileOf } from '../app/synchronizing.ts';
import { CrashClients } from '../crash/crash-clients.ts';
import { CrashingPair } from '../crash/crashing-pair.ts';
import { violationsOf } from '../crash/witness.ts';

t.setTimeout(300_000);

const LONG_MS = 60_000;
const isLong = process.env['TANDEM_LONG'] === '1';
/** Exchanges and renewals, however long a busy machine takes. */
const SERVED = 6_000;
/** Nobody is ever away here; a busy machine must not look as if somebody were. */
const SILENCE_MS = 60_000;

for (const [mode, threads] of [
  ['hot-standby', 4],
  ['load-balancing', 2],
] as const)
  t.test(`${mode} with ${threads} shards a server`, async (t) => {
    const pair = await CrashingPair.start(t, { mode, threads, silenceMs: SILENCE_MS });
    const clients = await CrashClients.start([pair.ports.a, pair.ports.b], pair.relayPort, 0);
    t.teardown(() => clients.stop());
    if (isLong) await sleep(LONG_MS);
    await pair.until('served', () => clients.served >= SERVED);
    await clients.pause();
    t.same(await violationsOf(pair, clients), []);
    t.equal(clients.conflicts, 0, `${clients.served} acknowledgements, no address twice`);
    const [a, b] = [await pair.leases('a'), await pair.leases('b')];
    t.ok(isSame(a, b), 'both tables are the same');
    const file = leaseFileOf(pair.directories.a);
    t.same([...a.keys()].sort(), [...file.keys()].sort(), 'what is read back from the file is the table');
    t.same([...pair.takeovers], []);
  });
