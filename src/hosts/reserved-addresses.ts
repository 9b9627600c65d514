/**
 * Which addresses are kept for hosts. As in Kea a reservation keeps its address from others in subnets that look at their
 * own reservations, but not an address of the pools where these are said to have none (`reservations-out-of-pool`);
 * a global reservation keeps nothing: it is a wish that is met while nobody else has the address.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import type { HostConfig } from '../config/host-model.ts';
import type { SubnetConfig } from '../config/model.ts';

type AddressedHost = Pick<HostConfig, 'subnetId' | 'address'>;

/** The hosts whose address nobody else gets. */
export function reservingHosts<Host extends AddressedHost>(
  hosts: readonly Host[],
  subnets: readonly SubnetConfig[],
): readonly Host[] {
  if (hosts.length === 0) return hosts;
  const byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
  return hosts.filter(({ subnetId, address }) => {
    const subnet = byId.get(subnetId);
    return address !== null && subnet?.hostModes.inSubnet === true && isReserved(subnet, address);
  });
}

/** Whether a subnet that looks at its own reservations lets one for this address count. */
export function isReserved({ hostModes, pools }: SubnetConfig, address: Ipv4): boolean {
  return !hostModes.outOfPool || !pools.some(({ first, last }) => address >= first && address <= last);
}

/** Words of a place in the table: the address, and the position of its first host + 1; 0 = empty. */
const PLACE_WORDS = 2;
const MIX = 0x9e3779b1;

export class ReservedAddresses<Host extends AddressedHost> {
  /** Ascending by address. */
  readonly #hosts: readonly Host[];
  /** Open addressing; at most half full. */
  readonly #table: Uint32Array;
  readonly #shift: number;

  /** @param hosts those whose address nobody else gets; several may have one address */
  constructor(hosts: readonly Host[]) {
    this.#hosts = [...hosts].sort((a, b) => a.address! - b.address!);
    const bits = Math.ceil(Math.log2(Math.max(1, hosts.length * 2)));
    this.#table = new Uint32Array(PLACE_WORDS * 2 ** bits);
    this.#shift = 32 - bits;
    for (const [position, { address }] of this.#hosts.entries()) {
      if (position > 0 && this.#hosts[position - 1]!.address === address) continue;
      const at = this.#placeOf(address!);
      this.#table[at] = address!;
      this.#table[at + 1] = position + 1;
    }
  }

  /** The place of an address, or the empty one that it would have. */
  #placeOf(address: Ipv4): number {
    const mask = this.#table.length - 1;
    // A shift by 32 would be none: a table of one place has nothing in it.
    let at = this.#shift === 32 ? 0 : (Math.imul(address, MIX) >>> this.#shift) * PLACE_WORDS;
    while (this.#table[at + 1] !== 0 && this.#table[at] !== address) at = (at + PLACE_WORDS) & mask;
    return at;
  }

  /** Position of the first host of an address, for `hostAt`; -1 = nobody has it. */
  first(address: Ipv4): number {
    return this.#table[this.#placeOf(address) + 1]! - 1;
  }

  /** The host at a position, or null when it is none of this address. */
  hostAt(position: number, address: Ipv4): Host | null {
    const host = position < this.#hosts.length ? this.#hosts[position]! : null;
    return host !== null && host.address === address ? host : null;
  }
}
