/** The DHCPv6 subnets as lease commands ask for them: by id, or by an address in them. */
import { isInIpv6Prefix } from '../../base/ipv6.ts';
import type { ServerConfig6, SubnetConfig6 } from '../../config/dhcp6/model.ts';
import { openSubnets } from './lease-open-subnets.ts';

export type LeaseSubnet6 = Pick<SubnetConfig6, 'id' | 'prefix' | 'prefixLength' | 'validLifetime'>;

export class LeaseSubnets6 {
  readonly #byId: ReadonlyMap<number, LeaseSubnet6>;
  /** By prefix length, then by prefix; of one prefix the lowest id. */
  readonly #byLength = new Map<number, Map<string, LeaseSubnet6>>();

  /** @param open those that are found by address */
  constructor(subnets: readonly LeaseSubnet6[], open = subnets) {
    this.#byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
    for (const subnet of [...open].sort((a, b) => b.id - a.id)) {
      const { prefix, prefixLength } = subnet;
      const ofLength = this.#byLength.get(prefixLength) ?? new Map<string, LeaseSubnet6>();
      this.#byLength.set(prefixLength, ofLength.set(keyOf(prefix, prefixLength), subnet));
    }
  }

  static of(config: ServerConfig6): LeaseSubnets6 {
    return new LeaseSubnets6(config.subnets, openSubnets(config));
  }

  /** Ascending. */
  ids(): number[] {
    return [...this.#byId.keys()].sort((a, b) => a - b);
  }

  byId(id: number): LeaseSubnet6 | null {
    return this.#byId.get(id) ?? null;
  }

  /** The subnet with the lowest id that contains an address, or null. */
  containing(address: Uint8Array): LeaseSubnet6 | null {
    let found: LeaseSubnet6 | null = null;
    for (const [length, subnets] of this.#byLength) {
      const subnet = subnets.get(keyOf(address, length));
      if (subnet !== undefined && (found === null || subnet.id < found.id)) found = subnet;
    }
    return found;
  }
}

/** Whether an address lies in a subnet. */
export function isInSubnet6({ prefix, prefixLength }: LeaseSubnet6, address: Uint8Array): boolean {
  return isInIpv6Prefix(address, 0, prefix, 0, prefixLength);
}

/** The first `length` bits of an address. */
function keyOf(address: Uint8Array, length: number): string {
  const octets = Buffer.from(address.subarray(0, Math.ceil(length / 8)));
  const rest = length & 7;
  if (rest !== 0) octets[octets.length - 1]! &= 0xff00 >>> rest;
  return octets.toString('latin1');
}
