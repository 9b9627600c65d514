/**
 * The lease commands that look through all leases, because nothing is indexed by what they ask for: leaseX-get-by-hostname,
 * leaseX-get-by-state.
 */
import { LeaseState } from '../../lease/state.ts';
import { type Answer, failure } from '../answer.ts';
import { isMap } from '../arguments.ts';
import { leaseList, readText } from './lease-answer.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import type { LeaseCommandParts } from './lease-parts.ts';
import { ANSWER_LEASES_MAX } from './lease-query.ts';
import { leaseSlices } from './lease-slices.ts';
import { readSubnetId } from './lease-subnet-id.ts';

/** Names in commands, as in the documentation of Kea, beside the numbers. */
const STATES: Readonly<Record<string, number>> = {
  default: LeaseState.assigned,
  assigned: LeaseState.assigned,
  declined: LeaseState.declined,
  'expired-reclaimed': LeaseState.expiredReclaimed,
  released: LeaseState.released,
  registered: LeaseState.registered,
};

/** Names are compared as they are kept, in lower case. */
export async function leaseGetByHostname<Lease extends CommandLease, Address, From, Subnets>(
  family: LeaseFamily<Lease, Address, From, Subnets, never>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets>,
  args: unknown,
): Promise<Answer> {
  const text = readText(args, 'hostname');
  if (!text.ok) return failure(text.error);
  if (text.value === '') return failure("'hostname' parameter is empty");
  const hostname = text.value.toLowerCase();
  return search(family, parts, (lease) => lease.hostname === hostname);
}

/** `{"state": 0..3, of DHCPv6 0..4, or its name, "subnet-id"?: N}`; without a subnet, or with 0, of all of them. */
export async function leaseGetByState<Lease extends CommandLease, Address, From, Subnets>(
  family: LeaseFamily<Lease, Address, From, Subnets, never>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets>,
  args: unknown,
): Promise<Answer> {
  if (!isMap(args)) return failure('Command arguments missing or a not a map.');
  const given = args['state'];
  if (given === undefined) return failure("'state' parameter not specified");
  const state = typeof given === 'string' && Object.hasOwn(STATES, given) ? STATES[given] : given;
  if (!Object.values(STATES).includes(state as number) || (state as number) > family.stateMax)
    return failure(`'state' parameter must be a number from 0 to ${family.stateMax}, or the name of a state`);
  const subnetId = readSubnetId(args);
  if (typeof subnetId === 'string') return failure(subnetId);
  return search(
    family,
    parts,
    (lease) => lease.state === state && (subnetId === 0 || lease.subnetId === subnetId),
  );
}

async function search<Lease extends CommandLease, Address, From, Subnets>(
  family: LeaseFamily<Lease, Address, From, Subnets, never>,
  parts: LeaseCommandParts<Lease, Address, From, Subnets>,
  isWanted: (lease: Lease) => boolean,
): Promise<Answer> {
  const found: Lease[] = [];
  for await (const slice of leaseSlices(parts)) {
    for (const lease of slice) if (isWanted(lease)) found.push(lease);
    if (found.length > ANSWER_LEASES_MAX)
      return failure(`more than ${ANSWER_LEASES_MAX} leases: use lease${family.version}-get-page`);
  }
  return leaseList(family, parts, found);
}
