/**
 * The lines of the forensic log for commands that change DHCPv4 leases, word for word as Kea's legal_log library writes them:
 * what stands in the arguments of a command that was done.
 */
import type { ArgumentMap } from '../events/event.ts';
import { argumentText, commandEntryBy } from './command-entry.ts';

export const commandEntry = commandEntryBy(leaseOf);

function leaseOf(args: ArgumentMap): string | null {
  const [address, hardware] = [argumentText(args['ip-address']), argumentText(args['hw-address'])];
  if (address === null || hardware === null) return null;
  const clientId = argumentText(args['client-id']);
  return (
    `address: ${address} to a device with hardware address: ${hardware}` +
    (clientId === null ? '' : `, client-id: ${clientId}${printed(clientId)}`)
  );
}

/** The identifier as text, where all of it can be printed. */
function printed(clientId: string): string {
  const octets = Buffer.from(clientId.replaceAll(/[^0-9a-fA-F]/g, ''), 'hex');
  const isText = octets.length > 0 && octets.every((octet) => octet >= 0x20 && octet <= 0x7e);
  return isText ? ` (${octets.toString('latin1')})` : '';
}
