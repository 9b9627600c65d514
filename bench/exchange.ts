/** How the size of a configuration and of a lease table bears on one exchange. */

import type { HostConfig } from '../src/config/host-model.ts';
import { parseConfig } from '../src/config/load.ts';
import type { ServerConfig, SubnetConfig } from '../src/config/model.ts';
import { formatProblem } from '../src/config/problem.ts';
import { writeHardwareAddress } from '../src/load/identity.ts';
import { EngineRig } from './engine-rig.ts';
import { type Contender, compare, DIGEST_SEED, fold, folding, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

const FIRST = 0x0a000000;
const SUBNET_BITS = 8;
const SUBNET_SIZE = 1 << SUBNET_BITS;
/** Clients that nobody asks about are numbered from here on. */
const STRANGERS = 10_000_000;
const SEED = 7;
const HARDWARE_BYTES = 6;

export const exchange: Bench = {
  name: 'exchange',
  question:
    'What does one exchange (DISCOVER and REQUEST) cost the engine, with one subnet and nothing else, and with much of everything?',
  run: ({ scale }) => {
    const clients = sizeOf(scale, 50, 20_000);
    const subnets = sizeOf(scale, 20, 10_000);
    const members = sizeOf(scale, 5, 100);
    const hosts = sizeOf(scale, 100, 100_000);
    const leases = sizeOf(scale, 100, 1_000_000);
    const rigOf = (config: ServerConfig) => () => new EngineRig(config, clients * 2);
    const one = base();
    return compare(
      {
        operations: clients,
        sameDigest: false,
        contenders: [
          contender('one subnet', clients, rigOf(one)),
          contender(`${subnets} subnets`, clients, rigOf(withSubnets(one, subnets, null)), subnets),
          contender(`${subnets} subnets, a router each`, clients, rigOf(withRouters(one, subnets)), subnets),
          contender(`a network of ${members} subnets`, clients, rigOf(withSubnets(one, members, 'n'))),
          contender(`${hosts} reservations of others`, clients, rigOf(withHosts(one, hosts, STRANGERS))),
          contender(`${hosts} reservations, theirs too`, clients, rigOf(withHosts(one, hosts, 0))),
          contender(`${leases} leases of others`, clients, () => withLeases(one, clients, leases)),
        ],
      },
      scale,
    );
  },
};

/** @param spread subnets that the clients are behind */
function contender(name: string, clients: number, create: () => EngineRig, spread = 1): Contender {
  let rig: EngineRig | null = null;
  const work = (): number => {
    let digest = DIGEST_SEED;
    for (let client = 0; client < clients; client++) {
      const relay = FIRST + ((client % spread) << SUBNET_BITS) + 1;
      digest = fold(digest, rig!.exchange(client, relay));
    }
    return digest;
  };
  return folding(name, work, () => {
    rig ??= create();
  });
}

function base(): ServerConfig {
  const document = {
    Dhcp4: {
      'interfaces-config': { interfaces: ['lo'], 'dhcp-socket-type': 'udp' },
      'lease-database': { type: 'memfile', persist: false },
      'valid-lifetime': 3600,
      'option-data': [{ name: 'routers', data: '10.0.0.1' }],
      subnet4: [{ id: 1, subnet: '10.0.0.0/8', pools: [{ pool: '10.16.0.0 - 10.47.255.255' }] }],
    },
  };
  const result = parseConfig(JSON.stringify(document), 'bench');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

/** Subnets of 256 addresses one behind the other, alone or in a network. */
function withSubnets(config: ServerConfig, count: number, networkName: string | null): ServerConfig {
  const [model] = config.subnets;
  const pool = model!.pools[0]!;
  const subnets = Array.from({ length: count }, (_, at): SubnetConfig => {
    const prefix = FIRST + (at << SUBNET_BITS);
    const pools = [{ ...pool, first: prefix + 2, last: prefix + SUBNET_SIZE - 2 }];
    return { ...model!, id: at + 1, prefix, prefixLength: 32 - SUBNET_BITS, pools, networkName };
  });
  if (networkName === null) return { ...config, subnets };
  const none = { clientClasses: [], additionalClasses: [], options: [], vendorOptions: [] };
  return { ...config, subnets, sharedNetworks: [{ name: networkName, ...none }] };
}

/** The same, each with an option of its own. */
function withRouters(config: ServerConfig, count: number): ServerConfig {
  const [routers] = config.options;
  const { subnets } = withSubnets(config, count, null);
  return {
    ...config,
    subnets: subnets.map((subnet) => {
      const data = Uint8Array.from([24, 16, 8, 0], (shift) => (subnet.prefix + 1) >>> shift);
      return { ...subnet, options: [{ ...routers!, data }] };
    }),
  };
}

/** A reservation for each of so many clients, numbered from `first` on. */
function withHosts(config: ServerConfig, count: number, first: number): ServerConfig {
  const pool = config.subnets[0]!.pools[0]!;
  const hosts = Array.from({ length: count }, (_, at): HostConfig => {
    const identifierBytes = new Uint8Array(HARDWARE_BYTES);
    writeHardwareAddress(identifierBytes, 0, SEED, first + at);
    return {
      subnetId: 1,
      identifier: 'hw-address',
      identifierBytes,
      address: pool.last - at,
      hostname: '',
      clientClasses: [],
      options: [],
      vendorOptions: [],
      nextServer: null,
      serverHostname: null,
      bootFileName: null,
    };
  });
  return { ...config, hosts };
}

/** A table in which others have so many leases. */
function withLeases(config: ServerConfig, clients: number, count: number): EngineRig {
  const rig = new EngineRig(config, count + clients * 2);
  for (let client = 0; client < count; client++) rig.exchange(STRANGERS + client, FIRST + 1);
  return rig;
}
