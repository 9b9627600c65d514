/**
 * What exchanges, or clients, of DHCPv6 hold: an address, a prefix, and the server that gave them, as columns of typed arrays.
 */
import { IPV6_BYTES } from '../../base/ipv6.ts';

/** Server 0 of `ServerIds` is nobody. */
export const NO_SERVER = 0;

export class Leases6 {
  /** 16 octets each. */
  readonly addresses: Uint8Array;
  readonly prefixes: Uint8Array;
  /** 0 = there is no prefix. */
  readonly prefixLengths: Uint8Array;
  readonly servers: Uint8Array;

  /** @param count exchanges or clients */
  constructor(count: number) {
    this.addresses = new Uint8Array(count * IPV6_BYTES);
    this.prefixes = new Uint8Array(count * IPV6_BYTES);
    this.prefixLengths = new Uint8Array(count);
    this.servers = new Uint8Array(count);
  }

  get count(): number {
    return this.servers.length;
  }

  /** Forgets the server: what nobody has given is asked of nobody. */
  drop(at: number): void {
    this.servers[at] = NO_SERVER;
    this.prefixLengths[at] = 0;
  }

  /** Takes over what another one holds. */
  copy(at: number, from: Leases6, fromAt: number): void {
    copyOctets(this.addresses, at, from.addresses, fromAt);
    copyOctets(this.prefixes, at, from.prefixes, fromAt);
    this.prefixLengths[at] = from.prefixLengths[fromAt]!;
    this.servers[at] = from.servers[fromAt]!;
  }
}

function copyOctets(to: Uint8Array, at: number, from: Uint8Array, fromAt: number): void {
  for (let i = 0; i < IPV6_BYTES; i++) to[at * IPV6_BYTES + i] = from[fromAt * IPV6_BYTES + i]!;
}
