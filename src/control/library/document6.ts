/** How the documents of DHCPv6 name what the library commands are about; see edit.ts. */
import { formatIpv6, parseIpv6 } from '../../base/ipv6-text.ts';
import { HOST_IDENTIFIERS_6 } from '../../config/dhcp6/model.ts';
import type { ArgumentMap } from '../arguments.ts';
import type { DocumentFamily } from './edit.ts';

export const DOCUMENT_6: DocumentFamily = {
  digit: 6,
  key: 'Dhcp6',
  subnets: 'subnet6',
  hostIdentifiers: HOST_IDENTIFIERS_6,
  prefixText,
  addressText,
  addressesOf: (host) => [
    ...textsOf(host, 'ip-addresses').map(addressText),
    // One is asked for by its first address.
    ...textsOf(host, 'prefixes').map((prefix) => addressText(prefix.split('/', 1)[0]!)),
  ],
};

/** An address has many forms: one that is none stays as it is. */
function addressText(text: string): string {
  const address = parseIpv6(text.trim());
  return address === null ? text : formatIpv6(address);
}

function prefixText(text: string): string {
  const [address = '', length] = text.replaceAll(' ', '').split('/', 2);
  return length === undefined ? address : `${addressText(address)}/${length}`;
}

function textsOf(host: ArgumentMap, key: string): readonly string[] {
  const list = host[key];
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}
