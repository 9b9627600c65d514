/** A load-balancing pair: every query reaches both servers, as from a relay, and exactly one answers. */
import { join } from 'node:path';
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { captureReplies, findDoubleAnswers } from './capture.ts';
import { ADDRESS, SERVERS_SEGMENT } from './configuration.ts';
import { acknowledgedLeases, findConflicts, findDoubleAcknowledgements, findMissing } from './lease-files.ts';
import { startFork, startPair } from './pair.ts';
import { describeReport, perfdhcpWhenWarm, unansweredPercent } from './perfdhcp.ts';
import { SUBJECT } from './server.ts';

const LOAD = {
  target: ADDRESS.fork,
  via: 'fork',
  local: ADDRESS.load,
  rate: 1000,
  seconds: 8,
  clients: 60_000,
};
const UNANSWERED_PERCENT_MAX = 0.1;
/** The hash over 8,000 clients splits them evenly; this leaves room for the dice. */
const SHARE_MIN = 0.45;

t.test('both servers share the clients, one answer a query, no address twice', async (t) => {
  if (!needRootAnd(t, ['ip', 'perfdhcp', 'tcpdump'])) return;
  const pair = await startPair(t, { mode: 'load-balancing', server1: SUBJECT, server2: SUBJECT });
  await startFork(pair.network);
  const file = join(pair.directory, 'replies.pcap');
  const capture = await captureReplies(pair.network, 'load', SERVERS_SEGMENT, file);
  const report = await perfdhcpWhenWarm(pair.network, 'load', LOAD);
  const replies = await capture.stop();
  await pair.stop();

  t.comment(describeReport(report));
  t.ok(unansweredPercent(report) <= UNANSWERED_PERCENT_MAX, `${unansweredPercent(report)} % unanswered`);
  t.same(findDoubleAnswers(replies), []);
  const share = replies.filter(({ server }) => server === ADDRESS.server1).length / replies.length;
  t.ok(
    share > SHARE_MIN && share < 1 - SHARE_MIN,
    `server1 sent ${(100 * share).toFixed(1)} % of the replies`,
  );
  t.same(findDoubleAcknowledgements(replies), []);
  const [one, two] = [pair.server1.leases(), pair.server2.leases()];
  t.same(findConflicts({ one, two }), []);
  const acknowledged = acknowledgedLeases(replies);
  t.same(findMissing(acknowledged, one), []);
  t.same(findMissing(acknowledged, two), []);
});
