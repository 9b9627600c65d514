/**
 * Assigns classes to the query in work, step by step as more is known of it. The order is Kea's, for it is the order in which
 * options of classes win:
 *
 *     on arrival         ALL, BOOTP, VENDOR_CLASS_x, then the classes of the file that do not ask whether the client is known;
 *                        the class of the server that the query belongs to by hash is there before them
 *     hosts looked up    the classes of the host, KNOWN or UNKNOWN, then the classes that ask for these
 *     lease known        the additional classes of pool, subnet and network
 */
import { emptyRange } from '../../base/byte-range.ts';
import { NO_CLASS } from '../../classes/class-ids.ts';
import type { Guard } from '../../classes/class-set.ts';
import { OptionCode } from '../../dhcp4/codes.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import type { Context } from '../context.ts';
import { G } from '../figures/statistics.ts';
import { poolAt } from '../subnets/pool-at.ts';

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
 * Adds the classes that the client's host reserves, then evaluates anew what does not ask whether the client is known: a test
 * that was false without those classes may be true with them, and the other way round.
 * @param reserved in the order of the reservation
 */
export function addHostClasses(context: Context, reserved: Guard): void {
  if (reserved.length === 0) return;
  const { classes, query } = context;
  const errors = classes.errors;
  classes.takeBack(query);
  for (let i = 0; i < reserved.length; i++) query.classes.add(reserved[i]!);
  classes.assignEarly(query);
  countErrors(context, errors);
}

/** Assigns KNOWN or UNKNOWN, and the classes that depend on it. @param isKnown the client has a reservation */
export function classifyKnown(context: Context, isKnown: boolean): void {
  const { classes, query } = context;
  const errors = classes.errors;
  query.classes.add(isKnown ? classes.builtIn.known : classes.builtIn.unknown);
  classes.assignLate(query);
  countErrors(context, errors);
}

/**
 * Assigns the additional classes of the lease's pool, of its subnet and of its network.
 * @param address that of the lease, 0 = none
 */
export function classifyLease(context: Context, subnet: CompiledSubnet, address: number): void {
  const pool = poolAt(subnet.poolsByAddress, address);
  if (pool !== null) classifyAdditional(context, pool.additional);
  classifyAdditional(context, subnet.additional);
  if (subnet.network !== null) classifyAdditional(context, subnet.network.additional);
}

/** Assigns the additional classes that a scope lists. */
function classifyAdditional(context: Context, listed: Guard): void {
  if (listed.length === 0) return;
  const { classes, query } = context;
  const errors = classes.errors;
  for (let i = 0; i < listed.length; i++) classes.assignAdditional(query, listed[i]!);
  countErrors(context, errors);
}

/** Whether the query is in the class DROP: it gets no answer, whatever it asks for. */
export function isDropped({ classes, query }: Context): boolean {
  return classes.builtIn.drop !== NO_CLASS && query.classes.has(classes.builtIn.drop);
}

/** Whether the query is in the class REJECT: a DISCOVER gets no answer, a REQUEST a NAK. */
export function isRejected({ classes, query }: Context): boolean {
  return classes.builtIn.reject !== NO_CLASS && query.classes.has(classes.builtIn.reject);
}

function countErrors({ classes, statistics }: Context, before: number): void {
  if (classes.errors !== before) statistics.add(G['tandem-class-errors'], classes.errors - before);
}
