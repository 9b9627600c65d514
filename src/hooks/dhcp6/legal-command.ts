/**
 * The lines of the forensic log for commands that change DHCPv6 leases, word for word as Kea's legal_log library writes them:
 * what stands in the arguments of a command that was done.
 */
import type { ArgumentMap } from '../../events/event.ts';
import { argumentText, commandEntryBy } from '../command-entry.ts';

export const commandEntry6 = commandEntryBy(leaseOf);

function leaseOf(args: ArgumentMap): string | null {
  const [address, duid] = [argumentText(args['ip-address']), argumentText(args['duid'])];
  if (address === null || duid === null) return null;
  const hardware = argumentText(args['hw-address']);
  const what = args['type'] === 'IA_PD' ? `prefix: ${address}/${args['prefix-len']}` : `address: ${address}`;
  const device = hardware === null ? '' : `, hardware address: ${hardware}`;
  return `${what} to a device with DUID: ${duid}${device}`;
}
