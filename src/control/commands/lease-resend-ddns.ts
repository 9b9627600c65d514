/** lease4-resend-ddns and lease6-resend-ddns: the name of a lease is told to DNS once more, as Kea's lease_cmds hook does it. */
import { isIP } from 'node:net';
import type { LeaseStoreOf } from '../../lease/store.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap } from '../arguments.ts';
import type { CommandLease, LeaseFamily } from './lease-family.ts';
import type { LeaseCommandParts } from './lease-parts.ts';

export interface NamedCommandLease extends CommandLease {
  readonly fqdnFwd: boolean;
  readonly fqdnRev: boolean;
}

export function leaseResendDdns<
  Lease extends NamedCommandLease,
  Address,
  From,
  Subnets,
  Store extends LeaseStoreOf<Lease, Address, From>,
>(
  family: LeaseFamily<Lease, Address, From, Subnets, Store>,
  { store, dns }: Pick<LeaseCommandParts<Lease, Address, From, Subnets, Store>, 'store' | 'dns'>,
  args: unknown,
): Answer {
  if (dns === undefined || !dns.isEnabled()) return failure('DDNS updating is not enabled');
  if (!isMap(args) || args['ip-address'] === undefined) return failure("'ip-address' parameter is missing.");
  const { 'ip-address': text } = args;
  if (typeof text !== 'string') return failure("'ip-address' is not a string.");
  const address = family.readAddress(text);
  if (address === null && isIP(text) !== 0)
    return failure(`Invalid IPv${family.version} address specified: ${text}`);
  if (address === null) return failure(`'${text.slice(0, 64)}' is not a valid IP address.`);
  const lease = store.get(address);
  const name = family.formatAddress(address);
  if (lease === null) return failure(`No lease found for: ${name}`, Result.empty);
  if (lease.hostname === '') return failure(`Lease for: ${name}, has no hostname, nothing to update`);
  if (!lease.fqdnFwd && !lease.fqdnRev)
    return failure(`Neither forward nor reverse updates enabled for lease for: ${name}`);
  dns.resend(address);
  return success(`NCR generated for: ${name}, hostname: ${lease.hostname}`);
}
