/** Two DHCPv6 servers with high availability, and a link on which their clients are. The servers speak with each other over IPv4. */
import {
  ADDRESS,
  type HaMode,
  type HaParameters,
  hooksOf,
  type PeerName,
  SERVERS_PREFIX_LENGTH,
  SERVERS_SEGMENT,
  type ServerName,
} from './configuration.ts';
import type { ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type Teardown } from './network.ts';
import { joinPair, type PairOf } from './pair.ts';
import { addressesUsable, nearSubnet6 } from './scene6.ts';
import { createServer6, type DhcpServer6, serverId6 } from './server6.ts';

export interface PairPlan6 {
  readonly mode: HaMode;
  readonly server1: ServerKind;
  readonly server2: ServerKind;
  /** The relationship has a backup server. */
  readonly backup?: ServerKind;
  /** What a server has in its relationship beside the usual. */
  readonly ha?: Readonly<Partial<Record<ServerName, HaParameters>>>;
  /** Keys of the Dhcp6 map that one of them has beside the usual ones. */
  readonly dhcp6?: Readonly<Partial<Record<ServerName, Readonly<Record<string, unknown>>>>>;
}

export interface Pair6 extends PairOf<DhcpServer6> {
  /** Where the plan names one; the story starts it itself. */
  readonly backup: DhcpServer6 | null;
}

/** The host of the clients. */
export const CLIENTS_HOST = 'load';
const HOSTS = ['server1', 'server2', 'backup', 'fork', CLIENTS_HOST] as const;
/** A Kea 3.0 answers who asks again from its own fresh lease, as if the partner had it. */
const LIFETIMES = { 'preferred-lifetime': 3000, 'valid-lifetime': 4000, 'cache-max-age': 0 };

/** Builds the network and both servers, and starts neither. */
export async function createPair6(t: Teardown, plan: PairPlan6): Promise<Pair6> {
  const { mode, backup, ha, dhcp6 } = plan;
  const directory = temporaryDirectory(t);
  const network = await createLink(t);
  const create = (kind: ServerKind, name: PeerName): DhcpServer6 =>
    createServer6(network, kind, {
      name,
      directory,
      dhcp6: {
        ...LIFETIMES,
        'server-id': serverId6(name),
        'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 2, 'packet-queue-size': 64 },
        'hooks-libraries': hooksOf({
          name,
          mode,
          hasBackup: backup !== undefined,
          ...(name !== 'backup' && ha?.[name] !== undefined && { ha: ha[name] }),
        }),
        subnet6: [nearSubnet6(mode === 'load-balancing' ? SHARED_POOLS : {})],
        ...(name !== 'backup' && dhcp6?.[name]),
      },
    });
  const [server1, server2] = [create(plan.server1, 'server1'), create(plan.server2, 'server2')];
  const pair = joinPair({ network, directory, server1, server2 }, mode);
  return { ...pair, backup: backup === undefined ? null : create(backup, 'backup') };
}

/** In load balancing each server gives from pools of its own. */
const SHARED_POOLS = {
  pools: [
    { pool: '2001:db8:1::1000 - 2001:db8:1::1fff', 'client-class': 'HA_server1' },
    { pool: '2001:db8:1::2000 - 2001:db8:1::2fff', 'client-class': 'HA_server2' },
  ],
  'pd-pools': [
    { prefix: '2001:db8:8000::', 'prefix-len': 40, 'delegated-len': 56, 'client-class': 'HA_server1' },
    { prefix: '2001:db8:8100::', 'prefix-len': 40, 'delegated-len': 56, 'client-class': 'HA_server2' },
  ],
};

async function createLink(t: Teardown): Promise<Network> {
  const hosts = HOSTS.map((host) => [host, { address: `${ADDRESS[host]}/${SERVERS_PREFIX_LENGTH}` }]);
  const network = createNetwork(t, { [SERVERS_SEGMENT]: Object.fromEntries(hosts) });
  await addressesUsable(
    network,
    HOSTS.map((host) => [host, SERVERS_SEGMENT]),
  );
  return network;
}
