/**
 * The life of a pair, of two Tandems or of one and a real Kea, in every role and mode: both start at once, either is
 * killed, silenced for maintenance, shut down and reset while clients ask. No address is given twice and no acknowledged
 * lease is lost.
 */
import t from 'tap';
import { needServers } from './kea.ts';
import { acknowledgedLeases } from './lease-files.ts';
import { createPair } from './pair.ts';
import {
  crashAndReturn,
  maintenanceCancelled,
  maintenanceWithShutdown,
  PAIRINGS,
  PAUSES_IN_PARTNER_DOWN,
  resetAndReturn,
  type Scene,
  startBoth,
} from './pair-steps.ts';
import { findBrokenPromises, startRecordedLoad } from './recorded-load.ts';

/** Well within what Kea takes as lease updates, one HTTP exchange each. */
const RATE = 80;
const ACKNOWLEDGED_BEFORE = 100;
const ACKNOWLEDGED_AFTER = 100;

// Each in networks of its own; they wait for most of the time.
t.jobs = 3;

for (const { mode, server1, server2 } of PAIRINGS) {
  t.test(
    `${mode}, ${server1} and ${server2}: crashes, maintenance and resets lose no lease`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], ['ip', 'perfdhcp', 'tcpdump'])) return;
      const ha = { server1: PAUSES_IN_PARTNER_DOWN, server2: PAUSES_IN_PARTNER_DOWN };
      const pair = createPair(t, { mode, server1, server2, ha });
      await startBoth(pair, mode);
      const scene: Scene = { t, mode, pair, load: await startRecordedLoad(pair, RATE) };
      await scene.load.acknowledgements(ACKNOWLEDGED_BEFORE);
      await crashAndReturn(scene, 'server1');
      await crashAndReturn(scene, 'server2');
      await maintenanceWithShutdown(scene, 'server1');
      await maintenanceWithShutdown(scene, 'server2');
      await resetAndReturn(scene, 'server1');
      await resetAndReturn(scene, 'server2');
      await scene.load.quieten();
      await maintenanceCancelled(scene, 'server1');
      await maintenanceCancelled(scene, 'server2');
      scene.load.resume();
      await scene.load.acknowledgements(ACKNOWLEDGED_AFTER);
      const replies = await scene.load.end();
      await pair.stop();
      t.comment(`${acknowledgedLeases(replies).size} clients were acknowledged a lease`);
      t.same(findBrokenPromises(pair, replies), []);
    },
  );
}
