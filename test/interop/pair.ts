/** The scene most scenarios share: two servers, a load generator, and a fork that sends each query to both. */
import { fileURLToPath } from 'node:url';
import {
  ADDRESS,
  type HaMode,
  type HaParameters,
  type Library,
  SERVERS_PREFIX_LENGTH,
  SERVERS_SEGMENT,
  type ServerName,
} from './configuration.ts';
import type { HaServer } from './ha-states.ts';
import type { ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type NetworkPlan, type Teardown } from './network.ts';
import { BEGIN_MS } from './programs.ts';
import { createServer, type DhcpServer } from './server.ts';

const DUPLICATOR = fileURLToPath(new URL('./duplicator.js', import.meta.url));
const NORMAL_TIMEOUT_MS = 30_000;

export interface PairPlan {
  readonly mode: HaMode;
  readonly server1: ServerKind;
  readonly server2: ServerKind;
  /** The relationship has a backup server, which the story starts itself. */
  readonly hasBackup?: boolean;
  /** What a server has in its relationship beside the usual. */
  readonly ha?: Readonly<Partial<Record<ServerName, HaParameters>>>;
  /** Where the lease file of a server is, when it is not beside its configuration. */
  readonly leaseDirectory?: Readonly<Partial<Record<ServerName, string>>>;
  readonly validLifetimeSec?: number;
  /** Keys of the Dhcp4 map of both servers. */
  readonly dhcp4?: Readonly<Record<string, unknown>>;
  /** Libraries of both servers beside the usual ones. */
  readonly libraries?: readonly Library[];
  /** Further segments and hosts. */
  readonly extraNetwork?: NetworkPlan;
}

/** Two servers of one family. */
export interface PairOf<Server extends HaServer> {
  readonly network: Network;
  readonly directory: string;
  readonly server1: Server;
  readonly server2: Server;
  /** Resolves when both servers are in the normal state of the mode. */
  normal(timeoutMs?: number): Promise<void>;
  /** Stops both with SIGTERM, so that their lease files are final. */
  stop(): Promise<void>;
}

export type Pair = PairOf<DhcpServer>;

/** The servers' segment with its hosts. */
export function serversSegment(): NetworkPlan {
  const hosts = Object.entries(ADDRESS).map(([host, address]) => [
    host,
    { address: `${address}/${SERVERS_PREFIX_LENGTH}` },
  ]);
  return { [SERVERS_SEGMENT]: Object.fromEntries(hosts) };
}

/** Builds the network and both servers, starts them and waits for their normal state. */
export async function startPair(t: Teardown, plan: PairPlan): Promise<Pair> {
  const pair = createPair(t, plan);
  await Promise.all([pair.server1.start(), pair.server2.start()]);
  await pair.normal();
  return pair;
}

/** Builds the network and both servers, and starts neither. */
export function createPair(t: Teardown, plan: PairPlan): Pair {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, mergeNetworks(serversSegment(), plan.extraNetwork ?? {}));
  const { mode, leaseDirectory, validLifetimeSec, hasBackup, ha, dhcp4, libraries } = plan;
  const create = (name: ServerName): DhcpServer =>
    createServer(network, plan[name], {
      name,
      directory,
      mode,
      ...(leaseDirectory?.[name] !== undefined && { leaseDirectory: leaseDirectory[name] }),
      ...(validLifetimeSec !== undefined && { validLifetimeSec }),
      ...(hasBackup !== undefined && { hasBackup }),
      ...(dhcp4 !== undefined && { dhcp4 }),
      ...(libraries !== undefined && { libraries }),
      ...(ha?.[name] !== undefined && { ha: ha[name] }),
    });
  return joinPair({ network, directory, server1: create('server1'), server2: create('server2') }, mode);
}

/** Adds what is done to both servers at once. @param mode of the relationship, which is also the name of its normal state */
export function joinPair<Server extends HaServer>(
  parts: Pick<PairOf<Server>, 'network' | 'directory' | ServerName>,
  mode: HaMode,
): PairOf<Server> {
  const servers = [parts.server1, parts.server2];
  return {
    ...parts,
    normal: async (timeoutMs = NORMAL_TIMEOUT_MS) => {
      await Promise.all(servers.map((server) => server.reaches([mode], timeoutMs)));
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** Starts the fork: what is sent to ADDRESS.fork reaches both servers. */
export async function startFork(network: Network): Promise<void> {
  const args = [DUPLICATOR, ADDRESS.fork, ADDRESS.server1, ADDRESS.server2];
  await network.start('fork', process.execPath, args).waitForOutput(/duplicator listens/, BEGIN_MS);
}

function mergeNetworks(one: NetworkPlan, other: NetworkPlan): NetworkPlan {
  const segments = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...segments].map((segment) => [segment, { ...one[segment], ...other[segment] }]),
  );
}
