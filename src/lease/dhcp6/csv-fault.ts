/** The ways in which a row of a DHCPv6 lease file can be malformed. */

/** Why a row cannot be read. */
export const RowFault6 = {
  none: 0,
  columns: 1,
  address: 2,
  duid: 3,
  validLifetime: 4,
  expire: 5,
  subnetId: 6,
  preferredLifetime: 7,
  leaseType: 8,
  iaid: 9,
  prefixLength: 10,
  fqdnFwd: 11,
  fqdnRev: 12,
  hostname: 13,
  hardwareAddress: 14,
  state: 15,
  userContext: 16,
  hardwareType: 17,
  hardwareSource: 18,
  poolId: 19,
  tooLong: 20,
  hostBits: 21,
} as const;
export type RowFault6 = (typeof RowFault6)[keyof typeof RowFault6];

/** What to tell the operator about each fault, by its number. */
export const rowFaultTexts6: readonly string[] = [
  'no fault',
  'the number of columns is not that of the file header',
  'address is not an IPv6 address other than ::',
  'duid is not 1 to 130 octets of colon-separated hex',
  'valid_lifetime is not a number from 0 to 4294967295',
  'expire is not a number of seconds since 1970 that begins before the year 2106',
  'subnet_id is not a number from 0 to 4294967295',
  'pref_lifetime is not a number from 0 to 4294967295',
  'lease_type is not 0, 1 or 2',
  'iaid is not a number from 0 to 4294967295',
  'prefix_len is not 128 for an address, 1 to 128 for a prefix',
  'fqdn_fwd is not 0 or 1',
  'fqdn_rev is not 0 or 1',
  'hostname is longer than 255 octets',
  'hwaddr is not at most 20 octets of colon-separated hex',
  'state is not a number from 0 to 4',
  'user_context is not a JSON map of at most 12288 octets',
  'hwtype is not a number from 0 to 65535',
  'hwaddr_source is not a number from 0 to 4294967295',
  'pool_id is not a number from 0 to 4294967295',
  'the line is longer than any lease can be',
  'address has bits set behind prefix_len',
];
