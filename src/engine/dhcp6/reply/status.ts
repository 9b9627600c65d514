/** The statuses that replies have, with Kea's texts (RFC 8415 section 21.13). */
import { StatusCode } from '../../../dhcp6/codes.ts';

export interface Status {
  readonly code: number;
  /** UTF-8. */
  readonly text: Uint8Array;
}

const encoder = new TextEncoder();

function status(code: number, text: string): Status {
  return { code, text: encoder.encode(text) };
}

/** None is written. */
export const NO_STATUS = status(StatusCode.success, '');

export const Statuses = {
  noSubnetForAddress: status(StatusCode.noAddrsAvail, 'Server could not select subnet for this client'),
  noSubnetForPrefix: status(StatusCode.noPrefixAvail, 'Sorry, no subnet available.'),
  noAddress: status(StatusCode.noAddrsAvail, 'Sorry, no address could be allocated.'),
  noPrefix: status(StatusCode.noPrefixAvail, 'Sorry, no prefixes could be allocated.'),
  noAddressNow: status(StatusCode.noAddrsAvail, 'Sorry, no addresses could be assigned at this time.'),
  noPrefixNow: status(StatusCode.noPrefixAvail, 'Sorry, no prefixes could be assigned at this time.'),
  summary: status(StatusCode.success, 'Summary status for all processed IA_NAs'),
  released: status(StatusCode.success, 'Lease released. Thank you, please come again.'),
  noAddressToRelease: status(StatusCode.noBinding, 'You did not include an address in your RELEASE'),
  noPrefixToRelease: status(StatusCode.noBinding, 'You did not include a prefix in your RELEASE'),
  nothingToRelease: status(StatusCode.noBinding, "Sorry, no known leases for this duid/iaid, can't release."),
  othersToRelease: status(StatusCode.noBinding, "This address does not belong to you, you can't release it"),
  wrongIaid: status(StatusCode.noBinding, 'This is your address, but you used wrong IAID'),
  declined: status(StatusCode.success, 'Lease declined. Hopefully the next one will be better.'),
  noAddressToDecline: status(StatusCode.noBinding, 'No addresses sent in IA_NA'),
  unknownToDecline: status(StatusCode.noBinding, 'Server does not know about such an address.'),
  othersToDecline: status(StatusCode.noBinding, "This address does not belong to you, you can't decline it"),
  noBinding: status(StatusCode.noBinding, 'Sorry, no known leases for this duid/iaid.'),
  noPrefixBinding: status(StatusCode.noBinding, 'Sorry, no known PD leases for this duid/iaid.'),
} as const;
