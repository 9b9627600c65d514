/** Which pools have a say in what a reply holds. */
import { compareIpv6 } from '../../../base/ipv6.ts';
import type { CompiledSubnet6 } from '../compiled/compiled.ts';
import type { Context6 } from '../context.ts';
import { type Binding, Fate, type IaPlan } from '../leases/ia-plan.ts';
import type { ReplyPlanNode6 } from './reply-plan.ts';

/**
 * [Kea] Of all pools of the subnet that the client gets something of and that say something of their own, in the order of
 * what it gets of them.
 * @param ofSubnet in the place of none
 */
export function rootOfPools({ plan, plans, subnet }: Context6, ofSubnet: ReplyPlanNode6): ReplyPlanNode6 {
  let root = ofSubnet;
  let last: Binding | null = null;
  for (;;) {
    const next = speakingBehind(plan, subnet, last);
    if (next === null) return root;
    const own = next.pool!.plan;
    if (last === null) root = own;
    else if (last.pool !== next.pool) root = plans.join(root, own);
    last = next;
  }
}

/** What the client gets at the lowest address behind that of `last`, of pools with options of their own; null = nothing. */
function speakingBehind(
  { bindings, bindingCount }: IaPlan,
  subnet: CompiledSubnet6 | null,
  last: Binding | null,
): Binding | null {
  let found: Binding | null = null;
  for (let i = 0; i < bindingCount; i++) {
    const each = bindings[i]!;
    const isGiven = each.fate === Fate.granted || each.fate === Fate.kept;
    if (!isGiven || each.subnet !== subnet || each.pool === null || each.pool.plan === subnet!.plan) continue;
    if (last !== null && compareIpv6(each.address, 0, last.address, 0) <= 0) continue;
    if (found === null || compareIpv6(each.address, 0, found.address, 0) < 0) found = each;
  }
  return found;
}
