/** lease4-resend-ddns: the name of a lease is told to DNS once more, as Kea's lease_cmds hook does it. */
import { isIPv6 } from 'node:net';
import { formatIpv4 } from '../../base/ipv4.ts';
import { type Answer, failure, Result, success } from '../answer.ts';
import { isMap } from '../arguments.ts';
import type { LeaseCommandParts4 } from './lease4-parts.ts';
import { readAddress } from './lease4-text.ts';

export function leaseResendDdns({ store, dns }: LeaseCommandParts4, args: unknown): Answer {
  if (dns === undefined || !dns.isEnabled()) return failure('DDNS updating is not enabled');
  if (!isMap(args) || args['ip-address'] === undefined) return failure("'ip-address' parameter is missing.");
  const { 'ip-address': text } = args;
  if (typeof text !== 'string') return failure("'ip-address' is not a string.");
  const address = readAddress(text);
  if (address === null && isIPv6(text)) return failure(`Invalid IPv4 address specified: ${text}`);
  if (address === null) return failure(`'${text.slice(0, 64)}' is not a valid IP address.`);
  const lease = store.get(address);
  const name = formatIpv4(address);
  if (lease === null) return failure(`No lease found for: ${name}`, Result.empty);
  if (lease.hostname === '') return failure(`Lease for: ${name}, has no hostname, nothing to update`);
  if (!lease.fqdnFwd && !lease.fqdnRev)
    return failure(`Neither forward nor reverse updates enabled for lease for: ${name}`);
  dns.resend(address);
  return success(`NCR generated for: ${name}, hostname: ${lease.hostname}`);
}
