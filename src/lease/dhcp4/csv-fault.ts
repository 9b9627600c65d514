/** The ways in which a row of a lease file can be malformed. */

/** Why a row cannot be read. */
export const RowFault = {
  none: 0,
  columns: 1,
  address: 2,
  hardwareAddress: 3,
  clientId: 4,
  validLifetime: 5,
  expire: 6,
  subnetId: 7,
  fqdnFwd: 8,
  fqdnRev: 9,
  hostname: 10,
  state: 11,
  userContext: 12,
  poolId: 13,
  noIdentifier: 14,
  tooLong: 15,
} as const;
export type RowFault = (typeof RowFault)[keyof typeof RowFault];

/** What to tell the operator about each fault, by its number. */
export const rowFaultTexts: readonly string[] = [
  'no fault',
  'the number of columns is not that of the file header',
  'address is not a dotted quad other than 0.0.0.0',
  'hwaddr is not at most 16 octets of colon-separated hex',
  'client_id is not at most 255 octets of colon-separated hex',
  'valid_lifetime is not a number from 0 to 4294967295',
  'expire is not a number of seconds since 1970 that begins before the year 2106',
  'subnet_id is not a number from 0 to 4294967295',
  'fqdn_fwd is not 0 or 1',
  'fqdn_rev is not 0 or 1',
  'hostname is longer than 255 octets',
  'state is not a number from 0 to 3',
  'user_context is not a JSON map of at most 12288 octets',
  'pool_id is not a number from 0 to 4294967295',
  'neither hwaddr nor client_id, and the lease is not declined',
  'the line is longer than any lease can be',
];
