/** A server of DHCPv6 with a network of its own, in which somebody plays clients and relays. */
import { SERVERS_SEGMENT } from '../configuration.ts';
import { isKea, type ServerKind } from '../kea.ts';
import { temporaryDirectory } from '../leftovers.ts';
import { createNetwork, type Network, type Teardown } from '../network.ts';
import { ADDRESS6, addressesUsable } from '../scene6.ts';
import { createServer6, type FiledLease6 } from '../server6.ts';
import { playSteps, SERVER_ID } from './player.ts';
import type { Step } from './steps.ts';

/** That Kea 2.2 and 3.0 have other preferred lifetimes where none is configured, and that 3.0 reuses leases, is not of interest. */
const LIFETIMES = { 'preferred-lifetime': 3000, 'valid-lifetime': 4000, 'cache-max-age': 0 };

export interface Played {
  /** One to each step, null for silence. */
  readonly replies: readonly (Uint8Array | null)[];
  /** What is in the lease file at the end. */
  readonly leases: readonly FiledLease6[];
}

/** A host with both servers' addresses and one that plays clients and relays: each server has a network of its own. */
export async function createSide(t: Teardown): Promise<Network> {
  const network = createNetwork(t, {
    [SERVERS_SEGMENT]: {
      server1: { address: ADDRESS6.server1, mac: '02:00:00:00:0a:01' },
      load: { address: ADDRESS6.load, mac: '02:00:00:00:0a:02' },
    },
  });
  await addressesUsable(network, [
    ['server1', SERVERS_SEGMENT],
    ['load', SERVERS_SEGMENT],
  ]);
  return network;
}

/**
 * What a server that starts without leases does with messages.
 * @param dhcp6 keys of the Dhcp6 map
 * @throws Error when it does not start, with the end of its `log`
 */
export async function play(
  t: Teardown,
  network: Network,
  kind: ServerKind,
  dhcp6: Readonly<Record<string, unknown>>,
  steps: readonly Step[],
): Promise<Played> {
  const directory = temporaryDirectory(t);
  const own = isKea(kind) ? {} : { 'user-context': { tandem: { fdatasync: false } } };
  const plan = {
    name: 'server1',
    directory,
    dhcp6: { 'server-id': SERVER_ID, ...LIFETIMES, ...own, ...dhcp6 },
  };
  const server = createServer6(network, kind, plan);
  try {
    await server.start();
    const replies = await playSteps(network, steps);
    return { replies, leases: server.leases() };
  } catch (error) {
    throw Object.assign(error as Error, { log: server.log().slice(-4000) });
  } finally {
    await server.stop();
  }
}
