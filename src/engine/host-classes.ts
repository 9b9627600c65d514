/** The classes that host reservations put their clients into. */
import type { ClassIds } from '../classes/class-ids.ts';
import type { Guard } from '../classes/class-set.ts';
import type { HostConfig } from '../config/host-model.ts';
import type { Context } from './context.ts';

const NONE: Guard = [];

/** Numbers of the classes of each host that has some. @param classes gets those that nobody else refers to */
export function compileHostClasses(
  hosts: readonly HostConfig[],
  classes: ClassIds,
): ReadonlyMap<HostConfig, Guard> {
  const numbers = new Map<HostConfig, Guard>();
  for (const host of hosts)
    if (host.clientClasses.length > 0) numbers.set(host, numbersOf(host.clientClasses, classes));
  return numbers;
}

function numbersOf(names: readonly string[], classes: ClassIds): Guard {
  return names.map((name) => classes.intern(name));
}

/**
 * The classes that the host of the query's subnet brings before anything is looked for in the pools. [Kea] Only where no
 * other subnet can turn out to be the lease's: at global scope, and in a subnet that stands alone.
 */
export function classesBeforeLease({ host, hostClasses, hosts, settings, subnet }: Context): Guard {
  if (host === null) return NONE;
  const isSettled = host === hosts.global ? !settings.earlyGlobalHosts : subnet?.network === null;
  return isSettled ? (hostClasses.get(host) ?? NONE) : NONE;
}

/** Adds the classes that the host brings once the lease's subnet is known. */
export function addClassesOfLease({ host, hostClasses, hosts, query, subnet }: Context): void {
  if (host === null || host === hosts.global || subnet?.network === null) return;
  addAll(query.classes, hostClasses.get(host) ?? NONE);
}

/** The classes that a host reserves. */
export function classesOf({ hostClasses }: Context, host: HostConfig): Guard {
  return hostClasses.get(host) ?? NONE;
}

function addAll(classes: Context['query']['classes'], list: Guard): void {
  for (let i = 0; i < list.length; i++) classes.add(list[i]!);
}
