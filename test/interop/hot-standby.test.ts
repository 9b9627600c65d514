/** A hot-standby pair under a load that a pair of Kea cannot carry on this class of machine. */
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { ADDRESS } from './configuration.ts';
import { findConflicts } from './lease-files.ts';
import { startPair } from './pair.ts';
import { describeReport, perfdhcpWhenWarm, unansweredPercent } from './perfdhcp.ts';
import { SUBJECT } from './server.ts';

const LOAD = { target: ADDRESS.server1, local: ADDRESS.load, rate: 2000, seconds: 10, clients: 60_000 };
const UNANSWERED_PERCENT_MAX = 0.1;

t.test('2,000 exchanges a second for 10 s lose at most 0.1 %, and both files hold every lease', async (t) => {
  if (!needRootAnd(t, ['ip', 'perfdhcp'])) return;
  const pair = await startPair(t, { mode: 'hot-standby', server1: SUBJECT, server2: SUBJECT });
  const report = await perfdhcpWhenWarm(pair.network, 'load', LOAD);
  t.comment(describeReport(report));
  t.ok(report.discoverOffer.sent >= 0.95 * LOAD.rate * LOAD.seconds, 'the load was offered');
  t.ok(unansweredPercent(report) <= UNANSWERED_PERCENT_MAX, `${unansweredPercent(report)} % unanswered`);
  await pair.stop();
  const [one, two] = [pair.server1.leases(), pair.server2.leases()];
  t.ok(one.leases.size >= report.requestAck.received, `server1 holds ${one.leases.size} leases`);
  t.equal(two.leases.size, one.leases.size, 'the standby holds as many');
  t.same(findConflicts({ one, two }), []);
  t.same([one.badRows, two.badRows], [[], []]);
});
