/** The classes that host reservations put their clients into. */
import type { Guard } from '../../classes/class-set.ts';
import type { Context } from '../context.ts';

const NONE: Guard = [];

/**
 * The classes that the host of the query's subnet brings before anything is looked for in the pools. [Kea] Only where no
 * other subnet can turn out to be the lease's: at global scope, and in a subnet that stands alone.
 */
export function classesBeforeLease({ host, hosts, settings, subnet }: Context): Guard {
  if (host === null) return NONE;
  const isSettled = host === hosts.global ? !settings.earlyGlobalHosts : subnet?.network === null;
  return isSettled ? host.classes : NONE;
}

/** Adds the classes that the host brings once the lease's subnet is known. */
export function addClassesOfLease({ host, hosts, query, subnet }: Context): void {
  if (host === null || host === hosts.global || subnet?.network === null) return;
  addAll(query.classes, host.classes);
}

function addAll(classes: Context['query']['classes'], list: Guard): void {
  for (let i = 0; i < list.length; i++) classes.add(list[i]!);
}
