/** Kea against Kea: shows that the harness measures something real, and prints the figures that Tandem is compared with. */
import { join } from 'node:path';
import t from 'tap';
import { captureReplies } from './capture.ts';
import { ADDRESS, SERVERS_SEGMENT } from './configuration.ts';
import { KEAS, needServers } from './kea.ts';
import { acknowledgedLeases, findConflicts, findMissing } from './lease-files.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { serversSegment, startPair } from './pair.ts';
import { describeReport, perfdhcp } from './perfdhcp.ts';
import { createServer } from './server.ts';

const PROGRAMS = ['ip', 'perfdhcp', 'tcpdump'];
/** Far below what Kea can do, so that drops would be the harness's fault. */
const GENTLE = { target: ADDRESS.server1, local: ADDRESS.load, rate: 200, seconds: 3, clients: 100_000 };
/** What a busy machine may cost a server that is not at its limit. */
const NOISE_PERCENT = 5;

for (const kea of KEAS) {
  t.test(`${kea} serves perfdhcp in a namespace and its lease file holds what it acknowledged`, async (t) => {
    if (!needServers(t, [kea], PROGRAMS)) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, serversSegment());
    const server = createServer(network, kea, { name: 'server1', directory, mode: null });
    await server.start();
    const capture = await captureReplies(network, 'load', SERVERS_SEGMENT, join(directory, 'replies.pcap'));
    const report = await perfdhcp(network, 'load', GENTLE);
    const acknowledged = acknowledgedLeases(await capture.stop());
    t.ok(report.requestAck.dropPercent <= NOISE_PERCENT, `${report.requestAck.drops} drops`);
    t.equal(acknowledged.size, report.requestAck.received, 'the recording agrees with the load generator');
    t.same((await server.stop()).code, 0);
    t.same(findMissing(acknowledged, server.leases()), []);
  });

  t.test(
    `a hot-standby pair of ${kea} reaches its normal state and both files hold every lease`,
    async (t) => {
      if (!needServers(t, [kea], PROGRAMS)) return;
      const pair = await startPair(t, { mode: 'hot-standby', server1: kea, server2: kea });
      const report = await perfdhcp(pair.network, 'load', GENTLE);
      t.ok(report.requestAck.dropPercent <= NOISE_PERCENT, `${report.requestAck.drops} drops`);
      const overload = await perfdhcp(pair.network, 'load', {
        ...GENTLE,
        rate: 2000,
        seconds: 5,
        firstMac: '00:0c:02:00:00:00',
      });
      t.comment(`pair of ${kea} at 2,000/s: ${describeReport(overload)}`);
      await pair.stop();
      const [one, two] = [pair.server1.leases(), pair.server2.leases()];
      t.ok(two.leases.size >= report.requestAck.received);
      t.same(findConflicts({ one, two }), []);
    },
  );
}
