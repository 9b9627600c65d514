/** kill -9 of either server under load: the other takes over in time, the killed one comes back, nothing is lost. */
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { HA_TIMING, type HaMode, type ServerName } from './configuration.ts';
import { OUTAGE_MS_MAX, tellFailover } from './failover.ts';
import { SUBJECT } from './server.ts';

const STORIES: readonly { mode: HaMode; victim: ServerName }[] = [
  { mode: 'hot-standby', victim: 'server1' },
  { mode: 'hot-standby', victim: 'server2' },
  { mode: 'load-balancing', victim: 'server1' },
  { mode: 'load-balancing', victim: 'server2' },
];
const RATE = 400;
/**
 * A scope changes hands within two heartbeats, the rest is what a busy machine may take; synchronization itself
 * interrupts nobody. Kea stops its service for it, so this is asked of Tandem alone.
 */
const RETURN_GAP_MS_MAX = 2 * HA_TIMING.heartbeatDelayMs + 500;

for (const { mode, victim } of STORIES) {
  t.test(`${mode}: ${victim} is killed under load and comes back`, async (t) => {
    if (!needRootAnd(t, ['ip', 'perfdhcp', 'tcpdump'])) return;
    const story = await tellFailover(t, { mode, victim, server1: SUBJECT, server2: SUBJECT, rate: RATE });
    t.comment(
      `${story.acknowledged} clients; silence ${Math.round(story.outageMs)} ms at the crash, ${Math.round(story.returnGapMs)} ms at the return`,
    );
    t.ok(
      story.outageMs <= OUTAGE_MS_MAX,
      `service is back after ${story.outageMs} ms, limit ${OUTAGE_MS_MAX}`,
    );
    t.same(story.broken, []);
    if (SUBJECT === 'tandem') {
      t.ok(story.returnGapMs <= RETURN_GAP_MS_MAX, `the return interrupts for ${story.returnGapMs} ms`);
    }
  });
}
