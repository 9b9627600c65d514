/** What the servers of the model are configured with. */
import type { ServerConfig } from '../../src/config/model.ts';
import { hostOf, type SubnetParts, withSubnets } from './networks.ts';

export interface World {
  readonly alter: (config: ServerConfig) => ServerConfig;
  readonly subnetIds: readonly number[];
  /** Every address of the pools. */
  readonly addresses: readonly string[];
  /** What a client asks for when it asks for anything; the subnet is that of its link. */
  readonly wishes: (subnetId: number) => readonly string[];
  /** An address in the link of a client. */
  readonly linkOf: (client: number, subnetId: number) => string;
  /** Subnets among which a client has one lease have one name. */
  readonly linkName: (subnetId: number) => string;
  readonly subnetOf: (address: string) => number;
  /** Address -> number of the client that it is reserved for. */
  readonly reserved: ReadonlyMap<string, number>;
}

const within = (network: string, hosts: readonly number[]): string[] =>
  hosts.map((host) => `${network}.${host}`);
const POOLS_1 = within('10.0.0', [10, 11, 12, 13, 20, 21, 22]);
const POOLS_2 = within('10.2.0', [10, 11, 12]);

/** Two subnets that have nothing to do with each other. */
export const APART: World = {
  alter: (config) => config,
  subnetIds: [1, 2],
  addresses: [...POOLS_1, ...POOLS_2],
  wishes: (subnetId) => (subnetId === 1 ? POOLS_1 : POOLS_2),
  linkOf: (_, subnetId) => (subnetId === 1 ? '10.0.0.1' : '10.2.0.1'),
  linkName: (subnetId) => `${subnetId}`,
  subnetOf: (address) => (address.startsWith('10.0') ? 1 : 2),
  reserved: new Map(),
};

const TOGETHER_SUBNETS: readonly SubnetParts[] = [
  {
    id: 1,
    subnet: '10.0.0.0/24',
    networkName: 'n',
    pools: ['10.0.0.10 - 10.0.0.13', '10.0.0.20 - 10.0.0.22'],
  },
  { id: 2, subnet: '10.2.0.0/24', networkName: 'n', pools: ['10.2.0.10 - 10.2.0.12'] },
  { id: 3, subnet: '10.0.0.0/22', pools: ['10.0.0.12 - 10.0.0.21'], relayAddresses: [] },
];
const TOGETHER_ADDRESSES = [
  ...within('10.0.0', [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]),
  ...POOLS_2,
];
const RESERVED: ReadonlyMap<string, number> = new Map([
  ['10.0.0.12', 3],
  ['10.2.0.12', 4],
  ['10.0.0.99', 5],
  // A host of the subnet that overlaps.
  ['10.0.0.20', 8],
]);

/** The two on one link, a third one whose pool overlaps theirs, and hosts in and out of the pools. */
export const TOGETHER: World = {
  alter: (config) => ({
    ...withSubnets(config, TOGETHER_SUBNETS),
    hosts: [...RESERVED].map(([address, hw]) =>
      hostOf({ hw, address, subnetId: hw === 8 ? 3 : hw === 4 ? 2 : 1 }),
    ),
  }),
  subnetIds: [1, 2, 3],
  addresses: TOGETHER_ADDRESSES,
  wishes: () => [...TOGETHER_ADDRESSES, '10.0.0.99'],
  // The third contains this one alone.
  linkOf: (client, subnetId) => (client === 7 || client === 8 ? '10.0.1.1' : APART.linkOf(client, subnetId)),
  linkName: (subnetId) => (subnetId === 3 ? '3' : 'n'),
  subnetOf: (address) => (address.startsWith('10.2') ? 2 : /\.1[4-9]$/.test(address) ? 3 : 1),
  reserved: RESERVED,
};
