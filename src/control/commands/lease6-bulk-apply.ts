/**
 * lease6-bulk-apply: the changes of one client, or of many, in one command; what a partner sends of every lease.
 *
 *     {"deleted-leases": [LEASE...], "leases": [LEASE...], "origin": "ha-partner"}         each list optional
 *
 *     result 0 when something was changed, else 3; arguments only when something failed:
 *     {"failed-deleted-leases": [FAULT...], "failed-leases": [FAULT...]}
 *     FAULT = {"type", "ip-address", "result": 1 | 3 | 4, "error-message"}
 *
 * Everything is read before anything is changed: one item that cannot be read, or is of a subnet that this server has not,
 * refuses the whole command, as Kea does. When this server can take no lease at all it says so of the whole command.
 */
import { formatIpv6 } from '../../base/ipv6-text.ts';
import type { Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import type { ChangeSource } from '../../lease/store.ts';
import { type Answer, failure, Result } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';
import { BULK_LEASES_MAX, describeBulk } from './lease-bulk.ts';
import { LeaseFault } from './lease-fault.ts';
import { isOutdatedDeletion, isOutdatedUpdate } from './lease-outdated.ts';
import { putLease, removeLease, STORE_FULL, sourceOf, whenDurable } from './lease-parts.ts';
import { wrongLeaseAddress } from './lease-words.ts';
import { findNamed, isOfClient6, type LeaseNaming6, readNaming6 } from './lease6-identify.ts';
import type { LeaseCommandParts6 } from './lease6-parts.ts';
import { readLease6 } from './lease6-read.ts';
import type { LeaseSubnets6 } from './lease6-subnets.ts';
import { readAddress6, TYPE_NAMES } from './lease6-text.ts';

interface FaultEntry {
  readonly type: string;
  readonly 'ip-address': string;
  readonly result: number;
  readonly 'error-message': string;
}

export async function leaseBulkApply6(parts: LeaseCommandParts6, args: unknown): Promise<Answer> {
  if (!isMap(args)) return failure('Command arguments missing or a not a map.');
  const { 'deleted-leases': deleted, leases } = args;
  if (deleted === undefined && leases === undefined)
    return failure("neither 'deleted-leases' nor 'leases' parameter specified");
  const subnets = parts.subnets();
  const nowSec = parts.clock.wallSec();
  const deletions = readAll('deleted-leases', deleted, (item) => readNaming6(item, 'Delete'));
  if (deletions instanceof LeaseFault) return deletions.answer();
  const updates = readAll('leases', leases, (item) => readUpdate(item, subnets, nowSec));
  // One code for the whole command, which no lease of it caused alone.
  if (updates instanceof LeaseFault) return failure(updates.text);
  const source = sourceOf(parts, args);
  const failedDeletions = applyDeletions(parts, deletions, deleted, source);
  const failedUpdates = applyUpdates(parts, updates, source, nowSec);
  if ('unable' in failedDeletions) return failure(failedDeletions.unable);
  if ('unable' in failedUpdates) return failure(failedUpdates.unable);
  const applied = failedDeletions.applied + failedUpdates.applied;
  const answer = describeBulk(6, applied, failedDeletions.faults, failedUpdates.faults);
  return applied === 0 ? answer : whenDurable(parts.store, answer);
}

/** All items of a list, or why one of them cannot be read. */
function readAll<Item>(
  name: string,
  list: unknown,
  read: (item: unknown) => Item | LeaseFault,
): Item[] | LeaseFault {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return LeaseFault.malformed(`the '${name}' parameter must be a list`);
  if (list.length > BULK_LEASES_MAX)
    return LeaseFault.malformed(`the '${name}' parameter must have at most ${BULK_LEASES_MAX} leases`);
  const items: Item[] = [];
  for (const each of list) {
    const item = read(each);
    if (item instanceof LeaseFault) return item;
    items.push(item);
  }
  return items;
}

function readUpdate(item: unknown, subnets: LeaseSubnets6, nowSec: number): Lease6 | LeaseFault {
  if (!isMap(item)) return LeaseFault.malformed(NOT_A_MAP);
  const address = readAddress6(item['ip-address']);
  if (address === null) return LeaseFault.malformed(wrongLeaseAddress(item['ip-address'], 6));
  return readLease6(item, address, subnets, nowSec);
}

/** What became of a list; `unable` = this server can change nothing now, which is no fault of a lease. */
type Outcome =
  | { readonly applied: number; readonly faults: readonly FaultEntry[] }
  | { readonly unable: string };

function applyDeletions(
  { store }: LeaseCommandParts6,
  namings: readonly LeaseNaming6[],
  items: unknown,
  source: ChangeSource,
): Outcome {
  const faults: FaultEntry[] = [];
  let applied = 0;
  for (const [at, naming] of namings.entries()) {
    const lease = findStanding(store, naming, (items as readonly unknown[])[at], source);
    const removed =
      lease === null || lease instanceof LeaseFault ? lease : removeLease(store, lease.address, source);
    if (removed === true) applied++;
    else if (removed instanceof LeaseFault && removed.result === Result.error && lease !== removed)
      return { unable: removed.text };
    // [Kea] What is named by its client and not there is no fault: there is no address by which to report it.
    else if ('address' in naming) faults.push(faultEntry(naming.type, naming.address, absentOr(removed)));
  }
  return { applied, faults };
}

/** @param item as the list names it; @returns null also where the address was given to another client since */
function findStanding(
  store: LeaseCommandParts6['store'],
  naming: LeaseNaming6,
  item: unknown,
  source: ChangeSource,
): Lease6 | null | LeaseFault {
  const lease = findNamed(store, naming);
  if (lease === null || lease instanceof LeaseFault) return lease;
  return isOutdatedDeletion(item, source, lease.clttSec, isOfClient6(lease, item)) ? null : lease;
}

function absentOr(removed: boolean | null | LeaseFault): Pick<LeaseFault, 'result' | 'text'> {
  return removed instanceof LeaseFault ? removed : { result: Result.empty, text: 'lease not found' };
}

function applyUpdates(
  { store }: LeaseCommandParts6,
  leases: readonly Lease6[],
  source: ChangeSource,
  nowSec: number,
): Outcome {
  const faults: FaultEntry[] = [];
  for (const lease of leases) {
    const standing = store.get(lease.address);
    const isSameClient = standing !== null && hasSameClient(standing, lease);
    if (standing !== null && isOutdatedUpdate(lease, source, standing, isSameClient, nowSec)) continue;
    const outcome = putLease(store, lease, source);
    if (outcome === STORE_FULL) return { unable: outcome.text };
    if (outcome instanceof LeaseFault) faults.push(faultEntry(lease.type, lease.address, outcome));
  }
  return { applied: leases.length - faults.length, faults };
}

function hasSameClient(a: Lease6, b: Lease6): boolean {
  return a.iaid === b.iaid && Buffer.compare(a.duid, b.duid) === 0;
}

function faultEntry(
  type: LeaseType,
  address: Uint8Array,
  { result, text }: Pick<LeaseFault, 'result' | 'text'>,
): FaultEntry {
  return { type: TYPE_NAMES[type], 'ip-address': formatIpv6(address), result, 'error-message': text };
}
