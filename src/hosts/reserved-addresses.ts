/**
 * Which addresses are kept for hosts. As in Kea a reservation keeps its address from others in subnets that look at their
 * own reservations, but not an address of the pools where these are said to have none (`reservations-out-of-pool`);
 * a global reservation keeps nothing: it is a wish that is met while nobody else has the address.
 */
import type { Ipv4 } from '../base/ipv4.ts';
import type { HostConfig } from '../config/host-model.ts';
import type { SubnetConfig } from '../config/model.ts';

/** The hosts whose address nobody else gets. */
export function reservingHosts(
  hosts: readonly HostConfig[],
  subnets: readonly SubnetConfig[],
): readonly HostConfig[] {
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

export class ReservedAddresses {
  /** Ascending, with the host of each beside it. */
  readonly #addresses: Uint32Array;
  readonly #hosts: readonly HostConfig[];

  /** @param hosts those whose address nobody else gets; several may have one address */
  constructor(hosts: readonly HostConfig[]) {
    this.#hosts = [...hosts].sort((a, b) => a.address! - b.address!);
    this.#addresses = Uint32Array.from(this.#hosts, ({ address }) => address!);
  }

  /** Position of the first host of an address, for `hostAt`; -1 = nobody has it. */
  first(address: Ipv4): number {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return this.#addresses[low] === address ? low : -1;
  }

  /** The host at a position, or null when it is none of this address. */
  hostAt(position: number, address: Ipv4): HostConfig | null {
    return this.#addresses[position] === address ? this.#hosts[position]! : null;
  }
}
