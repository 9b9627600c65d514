/** The subnets as lease commands ask for them: by id, or by an address in them. */
import { type Ipv4, maskOf } from '../../base/ipv4.ts';
import type { SubnetConfig } from '../../config/model.ts';

export type LeaseSubnet = Pick<SubnetConfig, 'id' | 'prefix' | 'prefixLength' | 'validLifetime'>;

export class LeaseSubnets {
  readonly #byId: ReadonlyMap<number, LeaseSubnet>;
  /** Ascending; prefixes do not overlap. */
  readonly #byPrefix: readonly LeaseSubnet[];

  constructor(subnets: readonly LeaseSubnet[]) {
    this.#byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
    this.#byPrefix = [...subnets].sort((a, b) => a.prefix - b.prefix);
  }

  byId(id: number): LeaseSubnet | null {
    return this.#byId.get(id) ?? null;
  }

  containing(address: Ipv4): LeaseSubnet | null {
    let low = 0;
    let high = this.#byPrefix.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#byPrefix[middle]!.prefix <= address) low = middle + 1;
      else high = middle;
    }
    const subnet = low === 0 ? null : this.#byPrefix[low - 1]!;
    return subnet !== null && isWithin(subnet, address) ? subnet : null;
  }
}

export function isWithin({ prefix, prefixLength }: LeaseSubnet, address: Ipv4): boolean {
  return (address & maskOf(prefixLength)) >>> 0 === prefix;
}
