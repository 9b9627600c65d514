/** What a pair of the model may be configured with beside a subnet that stands alone. */
import type { ServerConfig } from '../../src/config/model.ts';
import { hostOf, withSubnets } from '../engine/networks.ts';
import type { PairMode } from './model-pair.ts';

export interface PairWorld {
  readonly alter: (config: ServerConfig, mode: PairMode) => ServerConfig;
  /** Address -> number of the client that it is reserved for. */
  readonly reserved: ReadonlyMap<string, number>;
}

/**
 * A network whose first subnet has fewer addresses than there are clients, so that they are spread over both; hosts in the
 * pool of either server and out of the pools, and one at global scope, whose address is kept from nobody.
 */
export const NETWORKED: PairWorld = {
  reserved: new Map([
    ['10.0.0.11', 1],
    ['10.0.0.31', 2],
    ['10.9.0.11', 3],
    ['10.0.0.99', 4],
  ]),
  alter: (config, mode) => {
    const of = (server: string): string => (mode === 'load-balancing' ? ` of HA_${server}` : '');
    const poolsOf = (network: string, size: number): string[] => [
      `${network}.10 - ${network}.${10 + size}${of('server1')}`,
      `${network}.30 - ${network}.${30 + size}${of('server2')}`,
    ];
    const hostModes = { global: true, inSubnet: true, outOfPool: false };
    const hosts = [...NETWORKED.reserved].map(([address, hw]) =>
      hostOf({ hw, address, subnetId: address.startsWith('10.9') ? 2 : 1 }),
    );
    return {
      ...withSubnets(config, [
        { id: 1, subnet: '10.0.0.0/24', networkName: 'n', pools: poolsOf('10.0.0', 3), hostModes },
        { id: 2, subnet: '10.9.0.0/24', networkName: 'n', pools: poolsOf('10.9.0', 9), hostModes },
      ]),
      hosts: [...hosts, hostOf({ hw: 5, subnetId: 0, address: '10.0.0.32' })],
    };
  },
};
