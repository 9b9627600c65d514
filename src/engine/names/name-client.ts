/** Where the name of the client meets the lease: made when subnet and address are known, and no earlier. */
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { poolAt } from '../subnets/pool-at.ts';
import type { ClientNames } from './names.ts';
import type { CompiledNames } from './names-settings.ts';

const NO_NAME = new Uint8Array(0);

/**
 * The name of the client of the query in work, made for its subnet and an address.
 * Pre: the subnet of the lease is entered.
 */
export function nameClient(context: Context, address: number): ClientNames {
  const { names, subnet, host } = context;
  names.settle(namesAt(subnet!, address), address, host === null ? NO_NAME : host.name);
  return names;
}

/** The settings of names for the lease of an address: those of its pool, where that has some of its own. */
export function namesAt({ names, namedPools }: CompiledSubnet, address: number): CompiledNames {
  return namedPools === null ? names : (poolAt(namedPools, address)?.names ?? names);
}
