/**
 * A server on two segments, `lan0` with clients and `lan1` with a load, for stories in which interfaces come and go. What
 * changes the interfaces is `ip`, as an operator or a network manager would use it.
 */

import { createDhclient } from './dhclient.ts';
import type { ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network, type NetworkPlan, type Teardown } from './network.ts';
import { type RunningPerfdhcp, startPerfdhcp } from './perfdhcp.ts';
import { createServer, type DhcpServer } from './server.ts';
import { until } from './waiting.ts';

export const LAN0 = { address: '10.1.0.1/24' } as const;
export const LAN1 = { address: '10.2.0.1/16' } as const;
const LOAD = '10.2.0.9';
/** What is said of `lan0` when it is away. */
export const MISSING = "interface 'lan0' doesn't exist in the system";
const SERVED_MS = 20_000;

let socketType = 'udp';

/** All scenes from here on serve through such sockets. */
export function serveThrough(type: 'raw' | 'udp'): void {
  socketType = type;
}

const NETWORK: NetworkPlan = {
  lan0: { server1: LAN0, client1: { mac: '0a:00:00:00:00:02' } },
  lan1: { server1: LAN1, load: { address: `${LOAD}/16` }, client2: { mac: '0a:00:00:00:00:03' } },
};
const SUBNETS = [
  { id: 1, subnet: '10.1.0.0/24', pools: [{ pool: '10.1.0.100 - 10.1.0.199' }] },
  { id: 2, subnet: '10.2.0.0/16', pools: [{ pool: '10.2.1.0 - 10.2.255.250' }] },
];

export interface SocketsReport {
  readonly status: string;
  readonly errors?: readonly string[];
}

export interface InterfaceScene {
  readonly network: Network;
  readonly server: DhcpServer;
  /** Runs `ip` on the server's host, or another. */
  ip(command: string, host?: string): Promise<void>;
  /** `sockets` of status-get. */
  sockets(): Promise<SocketsReport>;
  /** Resolves when status-get has exactly these errors. */
  awaitErrors(errors: readonly string[]): Promise<void>;
  /** Resolves when the kernel tells of the carrier of an interface of the server, a moment after both ends are up. */
  awaitCarrier(name: string): Promise<void>;
  /** A client without an address gets one by broadcast, and gives it back. @returns the server it was given by */
  exchange(client?: string, interfaceName?: string): Promise<string>;
  /** Relayed clients on `lan1`. */
  load(rate: number, seconds: number): RunningPerfdhcp;
}

export interface ScenePlan {
  readonly kind?: ServerKind;
  /** interfaces-config. */
  readonly interfaces: Readonly<Record<string, unknown>>;
  readonly dhcp4?: Readonly<Record<string, unknown>>;
  readonly validLifetimeSec?: number;
}

/** Builds the network and the server, which is not started. */
export function createScene(t: Teardown, plan: ScenePlan): InterfaceScene {
  const directory = temporaryDirectory(t);
  const network = createNetwork(t, NETWORK);
  const server = createServer(network, plan.kind ?? 'tandem', {
    name: 'server1',
    directory,
    mode: null,
    ...(plan.validLifetimeSec !== undefined && { validLifetimeSec: plan.validLifetimeSec }),
    dhcp4: {
      'interfaces-config': { 'dhcp-socket-type': socketType, ...plan.interfaces },
      subnet4: SUBNETS,
      ...plan.dhcp4,
    },
  });
  const sockets = async (): Promise<SocketsReport> => {
    const { arguments: status } = await server.command('status-get');
    return (status as { sockets: SocketsReport }).sockets;
  };
  return {
    network,
    server,
    sockets,
    ip: async (command, host = 'server1') => {
      const { code, output } = await network.run(host, 'ip', command.split(' '));
      if (code !== 0) throw new Error(`ip ${command} ended with ${code}: ${output}`);
    },
    awaitErrors: async (errors) => {
      const wanted = JSON.stringify(errors);
      await until({ what: `sockets with errors ${wanted}`, timeoutMs: SERVED_MS }, async () =>
        JSON.stringify((await sockets()).errors ?? []) === wanted ? true : null,
      ).catch(async (error: Error) => {
        throw Object.assign(error, { found: await sockets(), log: server.log().slice(-4000) });
      });
    },
    awaitCarrier: async (name) => {
      await until({ what: `${name} has a carrier`, timeoutMs: SERVED_MS }, async () =>
        / state UP /.exec((await network.run('server1', 'ip', ['link', 'show', name])).output),
      );
    },
    exchange: async (client = 'client1', interfaceName = 'lan0') => {
      const dhclient = createDhclient(network, client, interfaceName, directory);
      const bound = await dhclient.bind(SERVED_MS).catch((error: Error) => {
        throw Object.assign(error, { log: server.log().slice(-4000) });
      });
      await dhclient.release();
      return bound.server;
    },
    load: (rate, seconds) =>
      startPerfdhcp(network, 'load', { target: '10.2.0.1', local: LOAD, rate, seconds, clients: 60_000 }),
  };
}

/** The report of a load that runs to its end. @returns queries that got no answer, and what perfdhcp has said of all */
export async function unansweredOf({
  report,
}: RunningPerfdhcp): Promise<{ sent: number; unanswered: number; said: string }> {
  const { discoverOffer, requestAck, ownDrops } = await report;
  const unanswered = Math.max(0, discoverOffer.drops + requestAck.drops - ownDrops);
  const said = JSON.stringify({ discoverOffer, requestAck, ownDrops });
  return { sent: discoverOffer.sent + requestAck.sent, unanswered, said };
}
