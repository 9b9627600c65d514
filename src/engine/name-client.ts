/** Where the name of the client meets the lease: made when subnet and address are known, and no earlier. */
import type { Context } from './context.ts';
import type { ClientNames } from './names.ts';

const NO_NAME = new Uint8Array(0);

/**
 * The name of the client of the query in work, made for its subnet and an address.
 * Pre: the subnet of the lease is entered.
 */
export function nameClient(context: Context, address: number): ClientNames {
  const { names, subnet, host } = context;
  names.settle(subnet!.names, address, host === null ? NO_NAME : host.name);
  return names;
}
