/** A real Kea as the backup of a pair of Tandem: it gets every lease, disturbs nobody by dying, and gives all back. */
import { rmSync } from 'node:fs';
import t, { type Test } from 'tap';
import { HA_TIMING } from './configuration.ts';
import { needServers } from './kea.ts';
import { acknowledgedLeases, findConflicts, findMissing } from './lease-files.ts';
import { createPair, type Pair } from './pair.ts';
import { findBrokenPromises, longestSilence, startRecordedLoad } from './recorded-load.ts';
import { createServer, type DhcpServer, SUBJECT } from './server.ts';
import { watchStalls } from './stalls.ts';
import { KEAS_IN_TURN } from './turn.ts';
import { until } from './waiting.ts';

const RATE = 60;
const STEP_ACKNOWLEDGEMENTS = 200;
const STEP_TIMEOUT_MS = 20_000;
/** Far less than clients would wait for a server that is awaited: those are 2 s. The rest is a busy machine's. */
const SILENCE_MS_MAX = HA_TIMING.maxResponseDelayMs / 2;

for (const kea of KEAS_IN_TURN)
  t.test(
    `a backup of ${kea} holds every lease, its death is not felt, and it restores a pair that lost its disks`,
    async (t) => {
      if (!needServers(t, [kea], ['ip', 'perfdhcp', 'tcpdump'])) return;
      const mode = 'hot-standby';
      const pair = createPair(t, { mode, server1: SUBJECT, server2: SUBJECT, hasBackup: true });
      const { network, directory, server1, server2 } = pair;
      const backup = createServer(network, kea, { name: 'backup', directory, mode, hasBackup: true });
      await Promise.all([server1, server2, backup].map((server) => server.start()));
      await pair.normal();
      t.equal(await backup.haState(), 'backup');

      const load = await startRecordedLoad(pair, RATE);
      const stalls = watchStalls(t, directory);
      await load.acknowledgements(STEP_ACKNOWLEDGEMENTS);
      const beforeDeath = acknowledgedLeases(load.replies());
      await until({ what: 'the backup has what was acknowledged', timeoutMs: STEP_TIMEOUT_MS }, () =>
        findMissing(beforeDeath, backup.leases()).length === 0 ? true : null,
      );

      const deathMs = Date.now();
      await backup.crash();
      await load.acknowledgements(STEP_ACKNOWLEDGEMENTS);
      await server1.logs(/TDM_PEER_BACKUP_LOST/);
      await backup.start();
      await server1.logs(/TDM_PEER_BACKUP_BACK/);
      await load.acknowledgements(STEP_ACKNOWLEDGEMENTS);
      const replies = await load.end();
      const silenceMs = longestSilence(replies, stalls, deathMs);
      t.ok(silenceMs < SILENCE_MS_MAX, `the longest silence after its death is ${Math.round(silenceMs)} ms`);
      t.same(
        await Promise.all([server1.haState(), server2.haState()]),
        [mode, mode],
        'the pair is as before',
      );

      const acknowledged = acknowledgedLeases(replies);
      t.comment(`${acknowledged.size} clients were acknowledged a lease`);
      t.comment(`the backup has missed ${findMissing(acknowledged, backup.leases()).length} leases`);
      const synchronized = await backup.command('ha-sync', { 'server-name': 'server1' });
      t.equal(synchronized.result, 0, synchronized.text ?? '');
      t.same(findMissing(acknowledged, backup.leases()), [], 'ha-sync has brought it');

      await pair.stop();
      t.same(findBrokenPromises(pair, replies), []);
      await restore(pair, backup, t);
      t.same(findMissing(acknowledged, server1.leases()), [], 'server1 has got every lease from the backup');
      t.same(findConflicts({ server1: server1.leases(), backup: backup.leases() }), []);
    },
  );

/** server1 comes up alone and without its lease file, and takes what the backup has. */
async function restore({ server1 }: Pair, backup: DhcpServer, t: Pick<Test, 'equal'>): Promise<void> {
  rmSync(server1.leaseFile);
  await server1.start();
  await server1.reaches(['partner-down'], STEP_TIMEOUT_MS);
  const restored = await server1.command('ha-sync', { 'server-name': 'backup' });
  t.equal(restored.result, 0, restored.text ?? '');
  await server1.stop();
  await backup.stop();
}
