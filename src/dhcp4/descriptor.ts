/**
 * What `classify4` finds out about one datagram: a fixed number of 32-bit words, written by the WASM module (and by its
 * TypeScript twin, the test oracle) and read by the engine. Offsets count from the start of the WASM memory. An option
 * that occurs several times is concatenated (RFC 3396) into a scratch area, so that every option is one run of bytes.
 *
 * What is malformed and can be passed over is passed over, as Kea does, because a relay makes it and all clients behind
 * that relay would be lost: an option that runs past the end of the datagram, and what follows it; the same within
 * option 82; what is too long of an option of fixed size; several of 50, 51, 57 or 118, and sub-options 5 and 11 of
 * another size, which then count as absent.
 */

/** 32-bit words of one descriptor. */
export const DESCRIPTOR_WORDS = 32;

/** Word index of each field. Addresses and times are the raw 32 bits: use `>>> 0`. */
export const Field = {
  /** 0 = well formed, else a `Malformed` number; then, but for `noMessageType`, no other field may be used. */
  malformed: 0,
  /** Option 53, 1..255; 0 = it is absent, or says so. */
  messageType: 1,
  /** RFC 3074 section 6 hash of the client key (option 61 if not empty, else chaddr), 0..255; -1 = no key. */
  hash: 2,
  /** 0..16. */
  hlen: 3,
  htype: 4,
  /** As on the wire, 0..65535. */
  secs: 5,
  flags: 6,
  ciaddr: 7,
  giaddr: 8,
  /** Bits of `Present`. */
  present: 9,
  /** Option 50. */
  requestedAddress: 10,
  /** Option 54. */
  serverIdentifier: 11,
  /** Option 51, seconds. */
  leaseTime: 12,
  /** Option 118 (RFC 3011). */
  subnetSelection: 13,
  /** Option 82 sub-option 5 (RFC 3527). */
  linkSelection: 14,
  /** Option 82 sub-option 11 (RFC 5107). */
  serverIdOverride: 15,
  /** Option 57. */
  maxMessageSize: 16,
  clientIdOffset: 17,
  /** 0 = absent or empty. */
  clientIdLength: 18,
  /** Option 55. */
  requestListOffset: 19,
  requestListLength: 20,
  /** Payload of option 82, as it came. */
  agentOffset: 21,
  agentLength: 22,
  /** Option 12. */
  hostNameOffset: 23,
  hostNameLength: 24,
  /** Option 60. */
  vendorClassOffset: 25,
  vendorClassLength: 26,
  /** Option 81; with `Present.fqdn` and a length of 0 it is empty. */
  fqdnOffset: 27,
  fqdnLength: 28,
  /** Octets of the datagram. */
  length: 29,
} as const;

/** Bits of `Field.present`: a scalar option occurred and can be used. */
export const Present = {
  requestedAddress: 1,
  serverIdentifier: 2,
  leaseTime: 4,
  subnetSelection: 8,
  linkSelection: 16,
  serverIdOverride: 32,
  maxMessageSize: 64,
  /** Option 82 sub-option 19 (RFC 8357): answer to the relay's UDP source port. */
  relayPort: 128,
  fqdn: 256,
} as const;

/** Why a datagram is not a DHCP query, in the order of the checks. */
export const Malformed = {
  /** Less than 240 octets: header and magic cookie (RFC 2131 section 2). */
  tooShort: 1,
  /** More than a receive slot holds: the kernel cut it. */
  tooLong: 2,
  /** op is not BOOTREQUEST. */
  notAQuery: 3,
  /** hlen above 16, the size of chaddr. */
  badHardwareLength: 4,
  noMagicCookie: 5,
  /** An option of fixed size has less than that (50, 51, 53, 54, 57, 118), or there are several of 53 or of 54. */
  optionLength: 6,
  /** hlen is 0 and there is no client identifier: nobody to give a lease to. */
  noClient: 7,
  /** No option 53: BOOTP, or nothing at all. All other fields are those of a BOOTP query. */
  noMessageType: 8,
} as const;
