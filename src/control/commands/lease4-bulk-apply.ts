/**
 * lease4-bulk-apply: the changes of many clients in one command, for whoever sends them so; the shape of Kea's
 * lease6-bulk-apply.
 *
 *     {"deleted-leases": [LEASE...], "leases": [LEASE...], "origin": "ha-partner"}         each list optional
 *
 *     result 0 when something was changed, else 3; arguments only when something failed:
 *     {"failed-deleted-leases": [FAULT...], "failed-leases": [FAULT...]}
 *     FAULT = {"ip-address", "result": 1 | 3 | 4, "error-message"}
 *
 * Unlike Kea's command one bad lease does not spoil the others: the leases belong to different clients, and all but one
 * of them are waiting for nothing. Only when an item has no address by which its fault could be reported is the whole
 * command refused, with nothing applied; and when this server can take no lease at all it says so of the whole command.
 */
import { formatIpv4, type Ipv4 } from '../../base/ipv4.ts';
import type { ChangeSource } from '../../lease/store.ts';
import { type Answer, failure, Result } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { BULK_LEASES_MAX, describeBulk } from './lease-bulk.ts';
import { LeaseFault } from './lease-fault.ts';
import { putLease, removeLease, STORE_FULL, sourceOf, whenDurable } from './lease-parts.ts';
import type { LeaseCommandParts4 } from './lease4-parts.ts';
import { readLease } from './lease4-read.ts';
import { readAddress } from './lease4-text.ts';

interface Item {
  readonly args: ArgumentMap;
  readonly address: Ipv4;
}

interface FaultEntry {
  readonly 'ip-address': string;
  readonly result: number;
  readonly 'error-message': string;
}

export async function leaseBulkApply(parts: LeaseCommandParts4, args: unknown): Promise<Answer> {
  if (!isMap(args)) return failure("'arguments' must be a map");
  if (args['deleted-leases'] === undefined && args['leases'] === undefined)
    return failure("neither 'deleted-leases' nor 'leases' parameter is given");
  const deletions = readItems(args['deleted-leases']);
  const updates = readItems(args['leases']);
  if (deletions === null || updates === null)
    return failure(
      `'deleted-leases' and 'leases' must be lists of maps with an 'ip-address', at most ${BULK_LEASES_MAX}`,
    );
  const source = sourceOf(parts, args);
  const failedDeletions = applyDeletions(parts, deletions, source);
  const failedUpdates = applyUpdates(parts, updates, source);
  const unable =
    failedDeletions.find(({ result }) => result === Result.error) ??
    failedUpdates.find((fault) => fault['error-message'] === STORE_FULL.text);
  // No fault of a lease but of this server: the sender must not count on it any more.
  if (unable !== undefined) return failure(unable['error-message']);
  const applied = deletions.length + updates.length - failedDeletions.length - failedUpdates.length;
  const answer = describeBulk(4, applied, failedDeletions, failedUpdates);
  return applied === 0 ? answer : whenDurable(parts.store, answer);
}

function readItems(list: unknown): Item[] | null {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length > BULK_LEASES_MAX) return null;
  const items: Item[] = [];
  for (const args of list) {
    const address = isMap(args) ? readAddress(args['ip-address']) : null;
    if (address === null) return null;
    items.push({ args, address });
  }
  return items;
}

function applyDeletions(
  { store }: LeaseCommandParts4,
  items: readonly Item[],
  source: ChangeSource,
): FaultEntry[] {
  const faults: FaultEntry[] = [];
  for (const { address } of items) {
    const removed = removeLease(store, address, source);
    if (removed === false) faults.push(faultEntry(address, Result.empty, 'lease not found'));
    else if (removed !== true) faults.push(faultEntry(address, removed.result, removed.text));
  }
  return faults;
}

function applyUpdates(parts: LeaseCommandParts4, items: readonly Item[], source: ChangeSource): FaultEntry[] {
  const subnets = parts.subnets();
  const nowSec = parts.clock.wallSec();
  const faults: FaultEntry[] = [];
  for (const { args, address } of items) {
    const lease = readLease(args, address, subnets, nowSec);
    const outcome = lease instanceof LeaseFault ? lease : putLease(parts.store, lease, source);
    if (outcome instanceof LeaseFault) faults.push(faultEntry(address, outcome.result, outcome.text));
  }
  return faults;
}

function faultEntry(address: Ipv4, result: number, text: string): FaultEntry {
  return { 'ip-address': formatIpv4(address), result, 'error-message': text };
}
