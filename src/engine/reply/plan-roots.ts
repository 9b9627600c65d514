/** Where the plans of replies begin, made once a configuration; reply-plans.ts goes on from there. */
import type { SharedNetworkConfig, SubnetConfig } from '../../config/model.ts';
import type { OptionScope } from './option-scopes.ts';
import { PlanNode } from './reply-plans.ts';

/**
 * The roots of the pools and subnets. Subnets that say the same of replies have one: ten thousand that differ in nothing
 * but their addresses have the same plans, made and kept once.
 */
export class PlanRoots {
  readonly #ofSubnets = new Map<string, PlanNode>();

  /** @param outer the root of the pool's subnet */
  ofPool(pool: OptionScope, outer: PlanNode): PlanNode {
    const isSilent = pool.options.length === 0 && pool.vendorOptions.length === 0;
    return isSilent ? outer : new PlanNode({ ...outer.scopes, pool });
  }

  ofSubnet(subnet: SubnetConfig, network: SharedNetworkConfig | null): PlanNode {
    const { options, vendorOptions, nextServer, serverHostname, bootFileName, networkName } = subnet;
    const said = [options, vendorOptions, nextServer, serverHostname, bootFileName, networkName];
    const key = JSON.stringify(said);
    const known = this.#ofSubnets.get(key);
    if (known !== undefined) return known;
    const root = new PlanNode({ pool: null, subnet, network });
    this.#ofSubnets.set(key, root);
    return root;
  }
}
