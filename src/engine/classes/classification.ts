/**
 * Assigns classes to the DHCPv4 query in work, step by step as more is known of it. The order is Kea's, for it is the order in which
 * options of classes win:
 *
 *     on arrival         ALL, BOOTP, VENDOR_CLASS_x, then the classes of the file that do not ask whether the client is known;
 *                        the class of the server that the query belongs to by hash is there before them
 *     hosts looked up    the classes of the host, KNOWN or UNKNOWN, then the classes that ask for these
 *     lease known        the additional classes of pool, subnet and network
 */
import { emptyRange } from '../../base/byte-range.ts';
import { NO_CLASS } from '../../classes/class-ids.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { poolAt } from '../subnets/pool-at.ts';
import { classifyAdditional, countErrors } from './assign.ts';

/** Where option 60 stands in the query in work, trailing NULs cut. */
const vendorClass = emptyRange();

/** Assigns what is known on arrival. */
export function classifyReceived(context: Context): void {
  const { classes, query } = context;
  const errors = classes.errors;
  query.classes.add(classes.builtIn.all);
  if (query.isBootp && classes.builtIn.bootp !== NO_CLASS) query.classes.add(classes.builtIn.bootp);
  if (classes.hasVendors && query.options.findString(OptionCode.vendorClass, vendorClass))
    classes.assignVendor(query, vendorClass);
  classes.assignEarly(query);
  query.options.readClassOptions();
  countErrors(context, errors);
}

/**
 * Assigns the additional classes of the lease's pool, of its subnet and of its network.
 * @param address that of the lease, 0 = none
 */
export function classifyLease(context: Context, subnet: CompiledSubnet, address: number): void {
  const pool = poolAt(subnet.pools, address);
  if (pool !== null) classifyAdditional(context, pool.additional);
  classifyAdditional(context, subnet.additional);
  if (subnet.network !== null) classifyAdditional(context, subnet.network.additional);
}
