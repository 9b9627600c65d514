/** The lease commands that change one lease: leaseX-add, leaseX-update, leaseX-del. */
import type { LeaseStoreOf } from '../../lease/store.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap, NOT_A_MAP } from '../arguments.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import { LeaseFault } from './lease-fault.ts';
import { isOutdatedDeletion, isOutdatedUpdate } from './lease-outdated.ts';
import { type LeaseCommandParts, putLease, removeLease, sourceOf, whenDurable } from './lease-parts.ts';
import { wrongLeaseAddress, wrongParameter } from './lease-words.ts';

export async function leaseAdd<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets, Store>,
  args: unknown,
): Promise<Answer> {
  if (args === undefined) return failure('no parameters specified for the command');
  const lease = leaseOf(family, parts, args);
  if (lease instanceof LeaseFault) return lease.answer();
  const { store } = parts;
  if (store.get(family.addressOf(lease)) !== null)
    return failure(`IPv${family.version} lease already exists.`, Result.conflict);
  const outcome = putLease(store, lease, sourceOf(parts, args));
  if (outcome instanceof LeaseFault) return outcome.answer();
  return whenDurable(
    store,
    success(`Lease for ${family.describe(lease)}, subnet-id ${lease.subnetId} added.`),
  );
}

/**
 * Overwrites whatever stands at the address; the newest change wins, whenever its client was seen, unless a partner tells of
 * it long after (lease-outdated.ts).
 */
export async function leaseUpdate<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets, Store>,
  args: unknown,
): Promise<Answer> {
  if (args === undefined) return failure(`no parameters specified for lease${family.version}-update command`);
  const lease = leaseOf(family, parts, args);
  if (lease instanceof LeaseFault) return lease.answer();
  const { store } = parts;
  const forceCreate = isMap(args) && args['force-create'] === true;
  const standing = store.get(family.addressOf(lease));
  if (!forceCreate && standing === null)
    return failure(
      `failed to update the lease with ${family.describe(lease)} - no such lease`,
      Result.conflict,
    );
  const source = sourceOf(parts, args);
  const isOutdated =
    standing !== null &&
    isOutdatedUpdate(lease, source, standing, family.isOfClient(standing, args), parts.clock.wallSec());
  if (isOutdated) return success(`IPv${family.version} lease updated.`);
  const outcome = putLease(store, lease, source);
  if (outcome instanceof LeaseFault) return outcome.answer();
  return whenDurable(
    store,
    success(`IPv${family.version} lease ${outcome === 'created' ? 'added' : 'updated'}.`),
  );
}

export async function leaseDelete<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets, Store>,
  args: unknown,
): Promise<Answer> {
  const { store } = parts;
  const source = sourceOf(parts, args);
  const found = family.identify(store, args, 'Delete');
  if (found instanceof LeaseFault) return found.answer();
  const isOutdated =
    found !== null && isOutdatedDeletion(args, source, found.clttSec, family.isOfClient(found, args));
  const lease = isOutdated ? null : found;
  if (lease !== null && updatesDns(args)) parts.dns?.withdraw(family.addressOf(lease));
  const removed = lease !== null && removeLease(store, family.addressOf(lease), source);
  if (removed instanceof LeaseFault) return removed.answer();
  return removed
    ? whenDurable(store, success(`IPv${family.version} lease deleted.`))
    : failure(`IPv${family.version} lease not found.`, Result.empty);
}

/** Kea tells DNS only when it is asked to. */
function updatesDns(args: unknown): boolean {
  return isMap(args) && args['update-ddns'] === true;
}

function leaseOf<
  Lease extends CommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  { subnets, clock }: Pick<LeaseCommandParts<Lease, Address, From, Subnets, Store>, 'subnets' | 'clock'>,
  args: unknown,
): Lease | LeaseFault {
  if (!isMap(args)) return LeaseFault.malformed(NOT_A_MAP);
  const address = family.readAddress(args['ip-address']);
  if (address === null) return LeaseFault.malformed(wrongLeaseAddress(args['ip-address'], family.version));
  const lease = family.readLease(args, address, subnets(), clock.wallSec());
  const { 'force-create': forceCreate = false } = args;
  if (typeof forceCreate === 'boolean') return lease;
  return lease instanceof LeaseFault
    ? lease
    : LeaseFault.malformed(wrongParameter('force-create', forceCreate));
}
