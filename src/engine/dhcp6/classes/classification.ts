/**
 * Assigns classes to the DHCPv6 query in work, step by step as more is known of it. The order is Kea's, for it is the order in
 * which options of classes win:
 *
 *     on arrival         ALL, VENDOR_CLASS_x, then the classes of the file that do not ask whether the client is known
 *     hosts looked up    the classes of the host, KNOWN or UNKNOWN, then the classes that ask for these
 *     leases known       the classes of the host where the subnet was not settled before, then the additional classes of
 *                        the pools, of the subnet and of its network
 */
import type { Guard } from '../../../classes/class-set.ts';
import { classifyAdditional, countErrors } from '../../classes/assign.ts';
import type { Context6 } from '../context.ts';
import { Fate } from '../leases/ia-plan.ts';

const NONE: Guard = [];

/** Assigns what is known on arrival. */
export function classifyReceived6(context: Context6): void {
  const { classes, query, vendorNames } = context;
  const errors = classes.errors;
  query.classes.add(classes.builtIn.all);
  if (classes.hasVendors && vendorNames.find(query.optionIndex))
    classes.assignVendor(query, vendorNames.name);
  classes.assignEarly(query);
  countErrors(context, errors);
}

/**
 * The classes that the host of the query's subnet brings before anything is looked for in the pools. [Kea] Only where no
 * other subnet can turn out to be the leases': at global scope, and in a subnet that stands alone.
 */
export function classesBeforeLeases({ hosts, settings, subnet }: Context6): Guard {
  const host = subnet === null ? hosts.global : hosts.of(subnet);
  if (host === null) return NONE;
  const isSettled = host === hosts.global ? !settings.earlyGlobalHosts : subnet?.network === null;
  return isSettled ? host.classes : NONE;
}

/** Assigns what depends on the subnet and the pools that the leases of the plan are of. */
export function classifyLeases(context: Context6): void {
  const { plan, subnet } = context;
  if (subnet === null) return;
  if (subnet.network !== null) addClassesOfLeases(context);
  for (let i = 0; i < plan.bindingCount; i++) {
    const { fate, pool } = plan.bindings[i]!;
    const isGiven = fate === Fate.granted || fate === Fate.kept;
    if (isGiven && pool !== null) classifyAdditional(context, pool.additional);
  }
  classifyAdditional(context, subnet.additional);
  if (subnet.network !== null) classifyAdditional(context, subnet.network.additional);
}

/** Adds the classes that the host in a subnet of a network brings, now that the subnet stays. */
function addClassesOfLeases({ hosts, query, subnet }: Context6): void {
  const host = hosts.of(subnet!);
  if (host === null || host === hosts.global) return;
  for (let i = 0; i < host.classes.length; i++) query.classes.add(host.classes[i]!);
}
