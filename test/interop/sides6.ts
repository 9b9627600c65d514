/** A Kea and Tandem with one configuration of DHCPv6, each in a network of its own, so that both hear the same from the same clients. */
import type { Test } from 'tap';
import { SERVERS_SEGMENT } from './configuration.ts';
import { SERVER_ID } from './differential6/player.ts';
import type { KeaKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork, type Network } from './network.ts';
import { ADDRESS6, addressesUsable } from './scene6.ts';
import { SUBJECT } from './server.ts';
import { createServer6, type DhcpServer6 } from './server6.ts';

export interface Side6 {
  readonly network: Network;
  readonly server: DhcpServer6;
  /** Of the server, for its files. */
  readonly directory: string;
}

/** A host with a server that is not started, and the host `load`. @param dhcp6 keys of the Dhcp6 map, by the directory */
export async function sidesBesideKea6(
  t: Test,
  version: KeaKind,
  dhcp6: (directory: string, kind: KeaKind | typeof SUBJECT) => Readonly<Record<string, unknown>>,
): Promise<{ readonly kea: Side6; readonly own: Side6 }> {
  const create = async (kind: KeaKind | typeof SUBJECT): Promise<Side6> => {
    const directory = temporaryDirectory(t);
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
    const plan = { name: 'server1', directory, dhcp6: { 'server-id': SERVER_ID, ...dhcp6(directory, kind) } };
    return { network, server: createServer6(network, kind, plan), directory };
  };
  const [kea, own] = await Promise.all([create(version), create(SUBJECT)]);
  return { kea, own };
}
