/** Where the plans of replies begin, made once a configuration; reply-plans.ts goes on from there. */
import type { SharedNetworkConfig } from '../../config/model.ts';
import type { OptionScope, PlanScopes } from './option-scopes.ts';
import { PlanNode } from './reply-plans.ts';

/**
 * The roots of the pools and subnets. Subnets that say the same of replies have one: ten thousand that differ in nothing
 * but their addresses have the same plans, made and kept once.
 */
export class PlanRoots<Subnet, Host, Plan> {
  readonly #ofSubnets = new Map<string, PlanNode<PlanScopes<Subnet>, Host, Plan>>();
  readonly #saidBy: (subnet: Subnet) => readonly unknown[];

  /** @param saidBy all that a subnet says of replies */
  constructor(saidBy: (subnet: Subnet) => readonly unknown[]) {
    this.#saidBy = saidBy;
  }

  /** @param outer the root of the pool's subnet */
  ofPool(
    { options, vendorOptions }: OptionScope,
    outer: PlanNode<PlanScopes<Subnet>, Host, Plan>,
  ): PlanNode<PlanScopes<Subnet>, Host, Plan> {
    const isSilent = options.length === 0 && vendorOptions.length === 0;
    return isSilent ? outer : new PlanNode({ ...outer.scopes, pools: [{ options, vendorOptions }] });
  }

  ofSubnet(subnet: Subnet, network: SharedNetworkConfig | null): PlanNode<PlanScopes<Subnet>, Host, Plan> {
    const key = JSON.stringify([this.#saidBy(subnet), network?.name ?? null]);
    const known = this.#ofSubnets.get(key);
    if (known !== undefined) return known;
    const root = new PlanNode<PlanScopes<Subnet>, Host, Plan>({ pools: [], subnet, network });
    this.#ofSubnets.set(key, root);
    return root;
  }
}
