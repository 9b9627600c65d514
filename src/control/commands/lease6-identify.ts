/** How lease6-get, lease6-del and lease6-bulk-apply name a lease: by address and type, or by DUID, IAID and type in a subnet. */
import { formatHex } from '../../base/hex.ts';
import type { Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import { HARDWARE_ADDRESS_BYTES_MAX } from '../../lease/dhcp6/record.ts';
import type { LeaseStore6 } from '../../lease/dhcp6/store.ts';
import { isMap } from '../arguments.ts';
import { LeaseFault } from './lease-fault.ts';
import { type IdentifierNaming, isInteger64, isSubnetId, readNaming } from './lease-naming.ts';
import { readOctets } from './lease-octets.ts';
import { quoted, wrongClientId, wrongHwAddress } from './lease-words.ts';
import { readAnyAddress6, readDuid, readType } from './lease6-text.ts';

const malformed = LeaseFault.malformed;

/** A lease by its address, or by its client. */
export type LeaseNaming6 = { readonly type: LeaseType } & (
  | { readonly address: Uint8Array }
  | { readonly subnetId: number; readonly duid: Uint8Array; readonly iaid: number }
);

/**
 * The lease that is meant, or null when there is none.
 * @param verb what the command does with it, for its refusals: `Query` or `Delete`
 */
export function identifyLease6(
  store: LeaseStore6,
  args: unknown,
  verb: 'Query' | 'Delete',
): Lease6 | null | LeaseFault {
  const naming = readNaming6(args, verb);
  return naming instanceof LeaseFault ? naming : findNamed(store, naming);
}

/** What a command names, whether it is there or not. */
export function readNaming6(args: unknown, verb: 'Query' | 'Delete'): LeaseNaming6 | LeaseFault {
  const type = readTypeOf(args);
  if (type instanceof LeaseFault) return type;
  const named = readNaming(args, readAnyAddress6, 6);
  if (named instanceof LeaseFault) return named;
  return 'address' in named ? { type, address: named.address } : readClient(named, type, verb);
}

/** The lease that is named, or null; of one client two leases are a fault. */
export function findNamed(store: LeaseStore6, naming: LeaseNaming6): Lease6 | null | LeaseFault {
  const { type } = naming;
  if ('address' in naming) {
    const lease = store.get(naming.address);
    return lease?.type === type ? lease : null;
  }
  const { duid, iaid, subnetId } = naming;
  if (!isSubnetId(subnetId)) return null;
  const leases = store.findByIa(duid, iaid, type, subnetId);
  if (leases.length <= 1) return leases[0] ?? null;
  const whose = `duid ${formatHex(duid)}, iaid ${iaid} and subnet-id ${subnetId}`;
  return LeaseFault.failed(`More than one lease found for type ${type}, ${whose}`);
}

function readTypeOf(args: unknown): LeaseType | LeaseFault {
  const name = isMap(args) ? (args['type'] ?? 'IA_NA') : 'IA_NA';
  if (typeof name !== 'string') return malformed('stringValue() called on non-string Element');
  const type = readType(name);
  if (type !== null) return type;
  return malformed(
    `Invalid lease type specified: ${quoted(name)}, only supported values are: IA_NA, IA_TA, IA_PD and V4`,
  );
}

function readClient(
  { subnetId, type: kind, identifier, args }: IdentifierNaming,
  type: LeaseType,
  verb: string,
): LeaseNaming6 | LeaseFault {
  const { iaid = 0 } = args;
  if (!isInteger64(iaid)) return malformed('intValue() called on non-integer Element');
  if (kind === 'hw-address') {
    if (readOctets(identifier, HARDWARE_ADDRESS_BYTES_MAX) === null)
      return malformed(wrongHwAddress(identifier));
    return malformed(`${verb} by hw-address is not allowed in v6.`);
  }
  if (kind !== 'client-id' && kind !== 'duid')
    return malformed(
      `Incorrect identifier type: ${quoted(kind)}, the only supported values are: address, hw-address, duid`,
    );
  const duid = readDuid(identifier);
  if (duid === null) return malformed(wrongClientId(identifier));
  if (kind === 'client-id') return malformed(`${verb} by client-id is not allowed in v6.`);
  return { type, subnetId, duid, iaid };
}

/** Whether a command names the client of a lease, or none. */
export function isOfClient6({ duid, iaid }: Lease6, args: unknown): boolean {
  const named = isMap(args) ? args['duid'] : undefined;
  if (!isMap(args) || named === undefined) return true;
  const theirs = readDuid(named);
  return theirs !== null && Buffer.compare(duid, theirs) === 0 && args['iaid'] === iaid;
}
