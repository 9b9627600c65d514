/** Tandem as one half of a pair whose other half is a real Kea, in either role. */
import { join } from 'node:path';
import t from 'tap';
import { captureReplies, findDoubleAnswers } from './capture.ts';
import { ADDRESS, SERVERS_SEGMENT } from './configuration.ts';
import { OUTAGE_MS_MAX, tellFailover } from './failover.ts';
import { needServers } from './kea.ts';
import { findConflicts } from './lease-files.ts';
import { startFork, startPair } from './pair.ts';
import { ROLES_IN_TURN } from './pair-steps.ts';
import { perfdhcp } from './perfdhcp.ts';

const PROGRAMS = ['ip', 'perfdhcp', 'tcpdump'];
/** Well within what Kea takes as lease updates, one HTTP exchange each. */
const GENTLE = { target: ADDRESS.server1, local: ADDRESS.load, rate: 200, seconds: 3, clients: 60_000 };
/** Kea's half drops a reply whose update is late on a busy machine; what counts here is that both hold the same. */
const DROPS_PERCENT_MAX = 5;
const RATE = 200;

for (const { server1, server2 } of ROLES_IN_TURN) {
  t.test(`hot-standby: ${server1} as primary, ${server2} as standby share every lease`, async (t) => {
    if (!needServers(t, [server1, server2], PROGRAMS)) return;
    const pair = await startPair(t, { mode: 'hot-standby', server1, server2 });
    const report = await perfdhcp(pair.network, 'load', GENTLE);
    t.ok(report.requestAck.dropPercent <= DROPS_PERCENT_MAX, `${report.requestAck.drops} drops`);
    await pair.stop();
    const [one, two] = [pair.server1.leases(), pair.server2.leases()];
    t.ok(one.leases.size >= report.requestAck.received);
    t.equal(two.leases.size, one.leases.size);
    t.same(findConflicts({ one, two }), []);
  });

  t.test(`load-balancing: ${server1} and ${server2} answer each query once`, async (t) => {
    if (!needServers(t, [server1, server2], PROGRAMS)) return;
    const pair = await startPair(t, { mode: 'load-balancing', server1, server2 });
    await startFork(pair.network);
    const file = join(pair.directory, 'replies.pcap');
    const capture = await captureReplies(pair.network, 'load', SERVERS_SEGMENT, file);
    const report = await perfdhcp(pair.network, 'load', { ...GENTLE, target: ADDRESS.fork });
    const replies = await capture.stop();
    await pair.stop();
    t.ok(report.requestAck.dropPercent <= DROPS_PERCENT_MAX, `${report.requestAck.drops} drops`);
    t.same(findDoubleAnswers(replies), []);
    t.equal(new Set(replies.map(({ server }) => server)).size, 2, 'both servers answer');
    const [one, two] = [pair.server1.leases(), pair.server2.leases()];
    t.same(findConflicts({ one, two }), []);
    t.equal(two.leases.size, one.leases.size);
  });

  t.test(`hot-standby: ${server2} takes over from ${server1}, which comes back`, async (t) => {
    if (!needServers(t, [server1, server2], PROGRAMS)) return;
    const story = await tellFailover(t, {
      mode: 'hot-standby',
      victim: 'server1',
      server1,
      server2,
      rate: RATE,
    });
    t.comment(
      `silence ${Math.round(story.outageMs)} ms at the crash, ${Math.round(story.returnGapMs)} ms at the return`,
    );
    t.ok(
      story.outageMs <= OUTAGE_MS_MAX,
      `service is back after ${story.outageMs} ms, limit ${OUTAGE_MS_MAX}`,
    );
    t.same(story.broken, []);
  });
}
