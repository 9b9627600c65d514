/** Clients of the load on a link of DHCPv6: they ask the group of all servers, and all of these hear them. */
import t, { type Test } from 'tap';
import { LoadProcess } from '../../bench/load-process.ts';
import { formatIpv6 } from '../../src/base/ipv6-text.ts';
import { statisticsOf } from '../../src/demo/server-view.ts';
import type { Clients } from '../../src/load/model.ts';
import { needRootAnd } from '../support/need.ts';
import { SERVERS_SEGMENT } from './configuration.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { ADDRESS6, addressesUsable, interfaceOf, linkLocalOf, nearSubnet6 } from './scene6.ts';
import { createServer6, type DhcpServer6 } from './server6.ts';
import { until } from './waiting.ts';

const HOSTS = { server1: ADDRESS6.server1, server2: '2001:db8:1::2/64', load: ADDRESS6.load } as const;
/** Nobody asks twice, however slow the machine. */
const RETRY_AFTER_MS = 60_000;
const PATIENCE_MS = 30_000;
const FEW = 60;

/** Two servers that know nothing of one another, each with what it alone gives away. */
async function startServers(t: Test): Promise<{ network: Network; servers: readonly DhcpServer6[] }> {
  const hosts = Object.entries(HOSTS).map(([host, address]) => [host, { address }] as const);
  const network = createNetwork(t, { [SERVERS_SEGMENT]: Object.fromEntries(hosts) });
  await addressesUsable(
    network,
    Object.keys(HOSTS).map((host) => [host, SERVERS_SEGMENT] as const),
  );
  const servers = [1, 2].map((number) => {
    const subnet = nearSubnet6({
      pools: [{ pool: `2001:db8:1::${number}:0/112` }],
      'pd-pools': [{ prefix: `2001:db8:${number}000::`, 'prefix-len': 40, 'delegated-len': 56 }],
    });
    const plan = { name: `server${number}`, directory: temporaryDirectory(t), dhcp6: { subnet6: [subnet] } };
    return createServer6(network, 'tandem', plan);
  });
  await Promise.all(servers.map((server) => server.start()));
  return { network, servers };
}

function addressOf(network: Network, host: string): string {
  return formatIpv6(linkLocalOf(interfaceOf(network, host, SERVERS_SEGMENT)));
}

async function runLoad(t: Test, network: Network, clients: Clients, exchangesMax: number) {
  const settings = {
    family: 6,
    relay: { address: addressOf(network, 'load'), port: 546 },
    link: SERVERS_SEGMENT,
    servers: ['server1', 'server2'].map((host) => ({ address: addressOf(network, host), port: 547 })),
    linkAddress: '::',
    wants: 'na+pd',
    clients,
    inFlightMax: 0,
    ledgerCapacity: 4096,
    retryAfterMs: RETRY_AFTER_MS,
  } as const;
  const load = new LoadProcess(settings, network.enter('load'));
  t.teardown(() => load.close());
  const order = {
    inFlightMax: 4,
    ratePerSec: 0,
    settleSec: 0,
    sec: PATIENCE_MS / 1000,
    exchangesMax,
    pids: [],
  };
  return await load.order(order);
}

/** Messages that a server heard, by type. */
async function heardBy(server: DhcpServer6): Promise<readonly (number | undefined)[]> {
  const answer = await server.command('statistic-get-all');
  const figures = statisticsOf(answer.arguments as Record<string, unknown>);
  return ['solicit', 'request', 'renew'].map((type) => figures.get(`pkt6-${type}-received`));
}

t.test(
  'clients of the load on a link ask all servers at once, and take what one of them gives',
  async (t) => {
    if (!needRootAnd(t, ['ip'])) return;
    const { network, servers } = await startServers(t);
    const [first, second] = servers as [DhcpServer6, DhcpServer6];
    const answer = await runLoad(t, network, { kind: 'renewing', count: FEW }, 2 * FEW);
    t.match(answer, { conflicts: 0, unanswered: 0, retransmitted: 0 });
    t.equal(answer.duplicates, FEW, 'both servers have offered, and one of them only has renewed');
    t.ok(answer.completed >= 2 * FEW, `${answer.completed} exchanges and renewals`);

    const heard = await until({ what: 'both servers have read all', timeoutMs: PATIENCE_MS }, async () => {
      const [one, other] = [await heardBy(first), await heardBy(second)];
      return one.join() === other.join() ? one : null;
    });
    t.match(heard, [FEW, FEW, Number]);
    const leases = servers.map((server) => server.leases());
    t.equal(leases.flat().length, 2 * FEW, 'an address and a prefix each');
    t.equal(new Set(leases.flat().map(({ duid }) => duid)).size, FEW);
    const holders = leases.map((own) => new Set(own.map(({ duid }) => duid)));
    t.equal(holders[0]!.size + holders[1]!.size, FEW, 'both leases of a client are of one server');
  },
);
