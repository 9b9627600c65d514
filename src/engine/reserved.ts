/** The address that is reserved for the client of the query. */
import type { CompiledSubnet } from './compiled.ts';
import type { Context } from './context.ts';
import { enterSubnet } from './enter-subnet.ts';
import { nextSubnet } from './network.ts';

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
