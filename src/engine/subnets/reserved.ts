/** The address that is reserved for the client of the query. */
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { enterSubnet } from './enter-subnet.ts';
import { nextSubnet } from './network.ts';

/** Whether an address is kept for hosts, of which the client is none. */
export function isKeptFromClient({ book, hosts }: Context, address: number): boolean {
  // In the pools a bit tells at once; what is reserved out of them is looked up.
  if (book.pools.blockOf(address) >= 0 && !book.pools.isAside(address)) return false;
  return hosts.isKeptFromClient(address);
}

/** "Nothing is reserved." */
export const NOT_RESERVED = 0;

/**
 * The address reserved for the client in its subnet, or else in another one of the network that is open to it, which the
 * query then enters; NOT_RESERVED when there is none.
 */
export function enterReserved(context: Context): number {
  if (!context.hosts.isKnown) return NOT_RESERVED;
  const first = context.subnet!;
  for (let subnet: CompiledSubnet | null = first; subnet !== null; ) {
    const address = context.hosts.addressIn(subnet);
    if (address !== 0) {
      if (subnet !== first) enterSubnet(context, subnet);
      return address;
    }
    subnet = nextSubnet(subnet, first, context.query.classes);
  }
  return NOT_RESERVED;
}
