/** What the demonstration has of each family: its pair, its clients, and how its leases are read. */
import { formatIpv4 } from '../base/ipv4.ts';
import { LoadClient } from '../load/client.ts';
import type { Ledger6 } from '../load/dhcp6/ledger6.ts';
import { formatLease6 } from '../load/dhcp6/ledger6.ts';
import type { Ledger } from '../load/ledger.ts';
import type { Endpoint, Endpoint6, SessionOptions } from '../load/model.ts';
import type { DiskLease, Witness } from './invariants.ts';
import { readDiskLeases4, readDiskLeases6 } from './lease-files.ts';
import { Pair, type PairOptions } from './pair.ts';
import { LINK_ADDRESS_6 } from './pair-config6.ts';

/** Where the clients of a load are, and who serves them. */
interface Ends<At> {
  readonly relay: At;
  readonly servers: readonly { readonly endpoint: At }[];
}

/** @typeParam At how it names where something is @typeParam Leases the ledger of its clients */
export interface DemoFamily<At, Leases> {
  createPair(options: PairOptions): Promise<Pair<At>>;
  startLoad(ends: Ends<At>, options: Partial<SessionOptions>): Promise<LoadClient<Leases>>;
  /** What the clients were told. @param nowSec Unix seconds */
  witness(ledger: Leases, nowSec: number): Witness;
  /** What stands in a lease file, by address or prefix. @param seed of the load @throws when it cannot be read */
  readLeases(path: string, seed: number): ReadonlyMap<string, DiskLease>;
}

export const DEMO_FAMILY_4: DemoFamily<Endpoint, Ledger> = {
  createPair: (options) => Pair.create(options),
  startLoad: ({ relay, servers }, options) =>
    LoadClient.start({ ...options, relay, servers: servers.map(({ endpoint }) => endpoint) }),
  witness: (ledger) => ({
    noun: 'address',
    size: ledger.size,
    leases: [...ledger.leases()].map((lease) => ({ ...lease, lease: formatIpv4(lease.address) })),
    conflicts: ledger
      .conflicts()
      .map(({ address, earlierClient, laterClient }) =>
        sentence(formatIpv4(address), earlierClient, laterClient),
      ),
    overlaps: 0,
  }),
  readLeases: readDiskLeases4,
};

/** Its clients want an address and a prefix each. */
export const DEMO_FAMILY_6: DemoFamily<Endpoint6, Ledger6> = {
  createPair: (options) => Pair.create6(options),
  startLoad: ({ relay, servers }, options) =>
    LoadClient.start6({
      ...options,
      family: 6,
      wants: 'na+pd',
      relay,
      servers: servers.map(({ endpoint }) => endpoint),
      linkAddress: LINK_ADDRESS_6,
    }),
  witness: (ledger, nowSec) => {
    const overlaps = ledger.overlaps(nowSec);
    return {
      noun: 'address or prefix',
      size: ledger.size,
      leases: [...ledger.leases()].map((lease) => ({
        ...lease,
        lease: formatLease6(lease.address, lease.prefixLength),
      })),
      conflicts: [
        ...ledger
          .conflicts()
          .map(({ lease, earlierClient, laterClient }) => sentence(lease, earlierClient, laterClient)),
        ...overlaps.map(({ inner, outer }) => `${inner} lies inside of ${outer}`),
      ],
      overlaps: overlaps.length,
    };
  },
  readLeases: readDiskLeases6,
};

function sentence(lease: string, earlierClient: number, laterClient: number): string {
  return `${lease} of client ${earlierClient} went to ${laterClient}`;
}
