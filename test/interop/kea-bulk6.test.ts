/** Many clients of DHCPv6 at once while a real Kea has no time: the leases that wait for it meanwhile come to it many to a request. */
import t from 'tap';
import { needServers } from './kea.ts';
import { openLinkClients6 } from './link-clients6.ts';
import { startBoth } from './pair-steps.ts';
import { CLIENTS_HOST, createPair6 } from './pair6.ts';
import { SUBJECT } from './server.ts';
import type { DhcpServer6 } from './server6.ts';
import { statisticOf } from './statistic.ts';
import { KEAS_IN_TURN } from './turn.ts';
import { until } from './waiting.ts';

const MODE = 'hot-standby';
const CLIENTS = 60;
/** At most so many requests bring their leases: one on each connection, and then what has gathered. */
const REQUESTS_MAX = 16;
const WAIT_MS = 10_000;

for (const kea of KEAS_IN_TURN)
  t.test(`${kea} has what it is told of ${CLIENTS} clients at once`, async (t) => {
    if (!needServers(t, [SUBJECT, kea], ['ip'], 'kea-dhcp6')) return;
    const pair = await createPair6(t, { mode: MODE, server1: SUBJECT, server2: kea });
    const clients = openLinkClients6(t, pair.network, CLIENTS_HOST);
    const { server1, server2 } = pair;
    await startBoth(pair, MODE);
    server2.pause();
    const binding = Array.from({ length: CLIENTS }, (_, at) => clients.bind(at + 1));
    await until({ what: 'every REQUEST is there', timeoutMs: WAIT_MS }, async () =>
      (await requestsOf(server1)) >= CLIENTS ? true : null,
    );
    server2.resume();
    const bindings = await Promise.all(binding);
    const requests = server2.log().match(/COMMAND_RECEIVED.*lease6-bulk-apply/g) ?? [];
    t.ok(requests.length > 0 && requests.length <= REQUESTS_MAX, `${requests.length} requests`);
    t.same([await server1.haState(), await server2.haState()], [MODE, MODE]);
    await pair.stop();
    const given = bindings.flatMap(({ address, prefix }) => [address, prefix]).sort();
    for (const server of [server1, server2])
      t.same(
        server
          .leases()
          .map(({ address }) => address)
          .sort(),
        given,
        server.kind,
      );
  });

/** How many REQUESTs a server has received since it started. */
function requestsOf(server: DhcpServer6): Promise<number> {
  return statisticOf(server, 'pkt6-request-received');
}
