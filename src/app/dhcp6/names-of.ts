/** What the configuration of a DHCPv6 server says of the names of a lease. */
import { DDNS_DEFAULTS } from '../../config/ddns-model.ts';
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import type { NamesOf } from '../../ddns/request.ts';

/** The settings by subnet id and address; those of a subnet that is gone are Kea's defaults. */
export function namesOf6({ subnets }: ServerConfig6): NamesOf {
  const byId = new Map(
    subnets.map(({ id, ddns, pools }) => [id, { ddns, pools: pools.filter((pool) => pool.ddns !== null) }]),
  );
  return (subnetId, address) => {
    const subnet = byId.get(subnetId);
    if (subnet === undefined) return DDNS_DEFAULTS;
    const pool = subnet.pools.find(
      ({ first, last }) => Buffer.compare(address, first) >= 0 && Buffer.compare(address, last) <= 0,
    );
    return pool?.ddns ?? subnet.ddns;
  };
}
