/** The subnets as lease commands ask for them: by id, or by an address in them. */
import type { Ipv4 } from '../../base/ipv4.ts';
import { PrefixIndex } from '../../base/prefix-index.ts';
import type { ServerConfig, SubnetConfig } from '../../config/model.ts';
import { openSubnets } from './lease-open-subnets.ts';

export type LeaseSubnet = Pick<SubnetConfig, 'id' | 'prefix' | 'prefixLength' | 'validLifetime'>;

export class LeaseSubnets {
  readonly #byId: ReadonlyMap<number, LeaseSubnet>;
  readonly #byPrefix: PrefixIndex<LeaseSubnet>;

  /** @param open those that are found by address */
  constructor(subnets: readonly LeaseSubnet[], open = subnets) {
    this.#byId = new Map(subnets.map((subnet) => [subnet.id, subnet]));
    this.#byPrefix = new PrefixIndex(
      open,
      (subnet) => subnet,
      (a, b) => a.id - b.id,
    );
  }

  static of(config: ServerConfig): LeaseSubnets {
    return new LeaseSubnets(config.subnets, openSubnets(config));
  }

  /** Ascending. */
  ids(): number[] {
    return [...this.#byId.keys()].sort((a, b) => a - b);
  }

  byId(id: number): LeaseSubnet | null {
    return this.#byId.get(id) ?? null;
  }

  /** The subnet with the lowest id that contains an address, or null. */
  containing(address: Ipv4): LeaseSubnet | null {
    return this.#byPrefix.containing(address)[0] ?? null;
  }
}
