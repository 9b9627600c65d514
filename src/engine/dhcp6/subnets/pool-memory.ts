/** The pools of a DHCPv6 configuration as the lease book needs them. */
import { ClassIds } from '../../../classes/class-ids.ts';
import type { ServerConfig6 } from '../../../config/dhcp6/model.ts';
import { allocatePools6, type PoolMemory6 } from '../../../lease/dhcp6/pools/memory.ts';
import { planPools6 } from '../../../lease/dhcp6/pools/plan.ts';
import { compileHosts6 } from '../hosts/compiled-host.ts';

/** Allocates the pools, numbered as `compileSubnets6` does; what is kept for hosts no search finds. */
export function allocateServerPools6(config: ServerConfig6): PoolMemory6 {
  const { reserved } = compileHosts6(config, new ClassIds());
  return allocatePools6(planPools6(config.subnets), reserved.addresses);
}
