/** SIGTERM under load: the process ends by itself with status 0, and what it acknowledged is on disk. */
import { join } from 'node:path';
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { captureReplies } from './capture.ts';
import { ADDRESS, SERVERS_SEGMENT } from './configuration.ts';
import { acknowledgedLeases, findMissing } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment, startPair } from './pair.ts';
import { startPerfdhcp } from './perfdhcp.ts';
import { createServer, SUBJECT } from './server.ts';
import { until } from './waiting.ts';

const LOAD = { target: ADDRESS.server1, local: ADDRESS.load, rate: 1000, seconds: 30, clients: 60_000 };
const ACKNOWLEDGED_BEFORE_STOP = 1000;
const PROGRAMS = ['ip', 'perfdhcp', 'tcpdump'];

t.test('one server stopped under load has every acknowledged lease in its file', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, serversSegment());
  const server = createServer(network, SUBJECT, { name: 'server1', directory, mode: null });
  await server.start();
  const capture = await captureReplies(network, 'load', SERVERS_SEGMENT, join(directory, 'replies.pcap'));
  const load = startPerfdhcp(network, 'load', LOAD);
  await underLoad(capture.replies);
  t.same(await server.stop(), { code: 0, signal: null });
  await load.program.stop('SIGINT');
  const acknowledged = acknowledgedLeases(await capture.stop());
  t.comment(`${acknowledged.size} clients were acknowledged a lease`);
  t.same(findMissing(acknowledged, server.leases()), []);
  t.same(server.leases().badRows, []);
});

t.test('the primary of a pair stopped under load leaves every acknowledged lease with both', async (t) => {
  if (!needRootAnd(t, PROGRAMS)) return;
  const pair = await startPair(t, { mode: 'hot-standby', server1: SUBJECT, server2: SUBJECT });
  const file = join(pair.directory, 'replies.pcap');
  const capture = await captureReplies(pair.network, 'load', SERVERS_SEGMENT, file);
  const load = startPerfdhcp(pair.network, 'load', LOAD);
  await underLoad(capture.replies);
  t.same(await pair.server1.stop(), { code: 0, signal: null });
  await load.program.stop('SIGINT');
  const acknowledged = acknowledgedLeases(await capture.stop());
  t.same(await pair.server2.stop(), { code: 0, signal: null });
  t.same(findMissing(acknowledged, pair.server1.leases()), []);
  t.same(findMissing(acknowledged, pair.server2.leases()), []);
});

async function underLoad(replies: () => readonly { type: string }[]): Promise<void> {
  const what = `${ACKNOWLEDGED_BEFORE_STOP} acknowledgements`;
  const count = (): number => replies().filter(({ type }) => type === 'ack').length;
  await until({ what, timeoutMs: 15_000, pollMs: 100 }, () =>
    count() >= ACKNOWLEDGED_BEFORE_STOP ? true : null,
  );
}
