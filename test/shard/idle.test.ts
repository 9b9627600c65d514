/** Shards with nothing to do sleep, and are there as soon as there is something. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { configOf } from '../engine/bench-server.ts';
import { scratchDirectory } from '../journal/support/scratch.ts';
import { ServerThreads } from './server-threads.ts';

const SLEEP_MS = 500;

t.test('an idle shard makes two turns a second, and stops without waiting for the next one', async (t) => {
  const leaseFile = join(scratchDirectory(t), 'leases.csv');
  const config = configOf({});
  const server = new ServerThreads({ config, shards: 2, steered: false, leaseFile, clientPort: 1 });
  while (server.turns().some((turns) => turns === 0)) await delay(10);
  const before = server.turns();
  const startMs = performance.now();
  await delay(3 * SLEEP_MS);
  const after = server.turns();
  const afterMs = performance.now();
  const longest = Math.ceil((afterMs - startMs) / SLEEP_MS) + 1;
  for (const [shard, turns] of after.entries())
    t.ok(turns - before[shard]! <= longest, `${turns - before[shard]!} turns, ${longest} at most`);
  const { drained } = await server.stop();
  t.ok(drained);
  // On a busy machine it may have slept to the end, and again, before it was told; the end of the sleep it was in at first
  // may have come at any time.
  const slept = Math.floor((performance.now() - afterMs) / SLEEP_MS) + 1;
  for (const [shard, turns] of server.turns().entries())
    t.ok(turns - after[shard]! <= 1 + slept, 'woken out of its sleep');
});
