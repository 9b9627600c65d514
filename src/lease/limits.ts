/** How long the texts of a lease can be, in the families alike. */

/** A domain name in text form (RFC 1035 2.3.4); also the length octet of option 12 of DHCPv4. */
export const HOSTNAME_BYTES_MAX = 255;
/** Keeps the longest possible row, every octet escaped, below one ring record; see `ROW_BYTES_MAX` of the family. */
export const USER_CONTEXT_BYTES_MAX = 12_288;
