/** What an administrator may have a DHCPv6 server do at once. */
import { formatIpv6 } from '../../base/ipv6-text.ts';
import type { MaintenanceSources, ShownInterface } from '../../control/commands/maintenance.ts';
import { listInterfaces6 } from '../../io/interfaces.ts';
import type { Storage } from '../leases/storage.ts';
import type { SocketKinds6 } from '../sockets/dhcp6/sockets.ts';
import type { InterfaceWatch } from '../sockets/interface-watch.ts';
import type { Leases6 } from './leases.ts';

export interface MaintainedParts6 {
  readonly interfaces: InterfaceWatch<SocketKinds6>;
  readonly leases: Leases6;
  readonly storage: Storage;
}

export function maintenanceOf6({ interfaces, leases, storage }: MaintainedParts6): MaintenanceSources {
  return {
    reclaim: (remove) => leases.reclaim(remove),
    cleanUp: () => storage.cleanUp(),
    interfaces: {
      list: shownInterfaces,
      served: () => interfaces.served(),
      redetect: () => interfaces.redetect(),
    },
  };
}

function shownInterfaces(): ShownInterface[] {
  return listInterfaces6().map((link) => ({
    ...link,
    addresses: link.addresses.map(({ address }) => formatIpv6(address)),
  }));
}
