/** The lease commands that change one lease: lease4-add, lease4-update, lease4-del. */
import { formatIpv4 } from '../../base/ipv4.ts';
import type { Lease4 } from '../../lease/dhcp4/model.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';
import { LeaseFault } from './lease4-fault.ts';
import { identifyLease } from './lease4-identify.ts';
import { type LeaseCommandParts, putLease, removeLease, sourceOf, whenDurable } from './lease4-parts.ts';
import { readLease } from './lease4-read.ts';
import { readAddress } from './lease4-text.ts';
import { wrongLeaseAddress, wrongParameter } from './lease4-words.ts';

export async function leaseAdd(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  if (args === undefined) return failure('no parameters specified for the command');
  const lease = leaseOf(parts, args);
  if (lease instanceof LeaseFault) return lease.answer();
  const { store } = parts;
  const address = formatIpv4(lease.address);
  if (store.get(lease.address) !== null) return failure('IPv4 lease already exists.', Result.conflict);
  const outcome = putLease(store, lease, sourceOf(parts, args));
  if (outcome instanceof LeaseFault) return outcome.answer();
  return whenDurable(store, success(`Lease for address ${address}, subnet-id ${lease.subnetId} added.`));
}

/** Overwrites whatever stands at the address; the newest change wins, whenever its client was seen. */
export async function leaseUpdate(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  if (args === undefined) return failure('no parameters specified for lease4-update command');
  const lease = leaseOf(parts, args);
  if (lease instanceof LeaseFault) return lease.answer();
  const { store } = parts;
  const forceCreate = isMap(args) && args['force-create'] === true;
  if (!forceCreate && store.get(lease.address) === null)
    return failure(
      `failed to update the lease with address ${formatIpv4(lease.address)} - no such lease`,
      Result.conflict,
    );
  const outcome = putLease(store, lease, sourceOf(parts, args));
  if (outcome instanceof LeaseFault) return outcome.answer();
  return whenDurable(store, success(`IPv4 lease ${outcome === 'created' ? 'added' : 'updated'}.`));
}

export async function leaseDelete(parts: LeaseCommandParts, args: unknown): Promise<Answer> {
  const { store } = parts;
  const lease = identifyLease(store, args, 'Delete');
  if (lease instanceof LeaseFault) return lease.answer();
  if (lease !== null && updatesDns(args)) parts.dns?.withdraw(lease.address);
  const removed = lease !== null && removeLease(store, lease.address, sourceOf(parts, args));
  if (removed instanceof LeaseFault) return removed.answer();
  return removed
    ? whenDurable(store, success('IPv4 lease deleted.'))
    : failure('IPv4 lease not found.', Result.empty);
}

/** Kea tells DNS only when it is asked to. */
function updatesDns(args: unknown): boolean {
  return isMap(args) && args['update-ddns'] === true;
}

function leaseOf({ subnets, clock }: LeaseCommandParts, args: unknown): Lease4 | LeaseFault {
  if (!isMap(args)) return LeaseFault.malformed(NOT_A_MAP);
  const address = readAddress(args['ip-address']);
  if (address === null) return LeaseFault.malformed(wrongLeaseAddress(args['ip-address']));
  const lease = readLease(args, address, subnets(), clock.wallSec());
  const { 'force-create': forceCreate = false } = args;
  if (typeof forceCreate === 'boolean') return lease;
  return lease instanceof LeaseFault
    ? lease
    : LeaseFault.malformed(wrongParameter('force-create', forceCreate));
}
