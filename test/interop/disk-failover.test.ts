/**
 * The disk of a server of a pair takes no leases any more: it leaves the service to its partner, a Tandem or a Kea, and comes back
 * when there is room again. Nothing that was acknowledged is lost, and no address is given twice.
 */
import t from 'tap';
import type { HaMode } from './configuration.ts';
import { needServers, type ServerKind } from './kea.ts';
import { createPair } from './pair.ts';
import { findBrokenPromises, startRecordedLoad } from './recorded-load.ts';
import { SmallDisk } from './small-disk.ts';
import { KEAS_IN_TURN, TURN } from './turn.ts';

const RATE = 50;
const ACKNOWLEDGED = 100;
/** Room for some hundred rows. */
const FREE_BYTES = 32 << 10;
/** Five seconds until the server gives up, max-response-delay, and what a busy machine takes. */
const TAKEN_OVER_MS = 60_000;
const [KEA] = KEAS_IN_TURN;
const STORIES: readonly { mode: HaMode; partner: ServerKind; turn: 0 | 1 }[] = [
  { mode: 'hot-standby', partner: 'tandem', turn: 0 },
  { mode: 'load-balancing', partner: KEA!, turn: 0 },
  { mode: 'load-balancing', partner: 'tandem', turn: 1 },
  { mode: 'hot-standby', partner: KEA!, turn: 1 },
];

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const { mode, partner, turn } of STORIES)
  if (TURN === null || TURN === turn)
    t.test(
      `${mode}, partner ${partner}: who cannot store leases hands over`,
      { buffered: true },
      async (t) => {
        if (!needServers(t, ['tandem', partner], ['ip', 'perfdhcp', 'tcpdump', 'mount', 'umount'])) return;
        const disk = new SmallDisk(t);
        const pair = createPair(t, {
          mode,
          server1: 'tandem',
          server2: partner,
          leaseDirectory: { server1: disk.directory },
        });
        await Promise.all([pair.server1.start(), pair.server2.start()]);
        await pair.normal();
        const load = await startRecordedLoad(pair, RATE);
        await load.acknowledgements(ACKNOWLEDGED, 'server1');
        disk.fill(FREE_BYTES);
        await pair.server2.reaches(['partner-down'], TAKEN_OVER_MS);
        await pair.server1.reaches(['waiting'], TAKEN_OVER_MS);
        await load.acknowledgements(ACKNOWLEDGED, 'server2');
        disk.relieve();
        await pair.normal(TAKEN_OVER_MS);
        await load.acknowledgements(ACKNOWLEDGED, 'server1');
        const replies = await load.end();
        await pair.stop();
        t.same(findBrokenPromises(pair, replies), []);
      },
    );
