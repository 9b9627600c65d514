/**
 * What `classify6` finds out about one datagram: a fixed number of 32-bit words, written by the WASM module (and by its
 * TypeScript twin, the test oracle) and read by the engine. Offsets count from the start of the WASM memory.
 *
 * A message that came through relays is looked for inside of them; the words tell of it, and of what the relays add. Where
 * each relay's part lies is in `RELAYS` (see wasm/layout.ts): RELAY_WORDS words a level, the outermost level first.
 *
 * Options are never put together [RFC8415 21.1]: of several of one code the first counts, as in Kea, but for the one that
 * holds the relayed message, where the last one does. An option that runs past the end of what it is in ends the
 * reading there, and what stands before it counts, as in Kea.
 */

/** 32-bit words of one descriptor. */
export const DESCRIPTOR_WORDS = 40;

/** Word index of each field. Of two words, offset and length, both are 0 when the option is absent or empty. */
export const Field = {
  /** 0 = well formed, else a `Malformed` number, which says what other fields may be used. */
  malformed: 0,
  /** 1..255. */
  messageType: 1,
  /** RFC 3074 section 6 hash of the client's DUID, 0..255; -1 = it sent none. */
  hash: 2,
  /** 24 bits. */
  transactionId: 3,
  /** Relays that it came through, 0..RELAY_LEVELS_MAX. */
  relayCount: 4,
  /** Bits of `Present`. */
  present: 5,
  /** Option 8, hundredths of a second, 0..65535. */
  elapsedTime: 6,
  /** Option 135 of the outermost relay, 0..65535 (RFC 8357). */
  relayPort: 7,
  /** The client's message, its header included, up to vendor options that are cut off inside: from these on Kea reads nothing. */
  messageOffset: 8,
  messageLength: 9,
  clientIdOffset: 10,
  clientIdLength: 11,
  serverIdOffset: 12,
  serverIdLength: 13,
  /** Option 6: codes of two octets. */
  requestListOffset: 14,
  requestListLength: 15,
  /** Option 39. */
  fqdnOffset: 16,
  fqdnLength: 17,
  /** Option 16, the enterprise number included. */
  vendorClassOffset: 18,
  vendorClassLength: 19,
  /** Option 17, the enterprise number included. */
  vendorOptionsOffset: 20,
  vendorOptionsLength: 21,
  /** Option 15. */
  userClassOffset: 22,
  userClassLength: 23,
  /** Option 18 of the relay nearest to the client that has one; the same for the next four. */
  interfaceIdOffset: 24,
  interfaceIdLength: 25,
  /** Option 37, the enterprise number included. */
  remoteIdOffset: 26,
  remoteIdLength: 27,
  /** Option 38. */
  subscriberIdOffset: 28,
  subscriberIdLength: 29,
  /** Option 79: hardware type of two octets, then the address. */
  linkLayerAddressOffset: 30,
  linkLayerAddressLength: 31,
  /** Option 66; other relays may have one too. */
  relaySuppliedOffset: 32,
  relaySuppliedLength: 33,
  /** The link-address nearest to the client that is neither zero nor link-local; 0 = there is none. */
  linkAddressOffset: 34,
  /** IA_NA and IA_PD. */
  iaCount: 35,
  /** Header of the first of them; 0 = there is none. */
  iaOffset: 36,
  /** Payload of the first option 5 that is in no IA, as in ADDR-REG-INFORM (RFC 9686); 0 = there is none. */
  addressOffset: 37,
  addressCount: 38,
  /** Octets of the datagram. */
  length: 39,
} as const;

/** Bits of `Field.present`. */
export const Present = { rapidCommit: 1, elapsedTime: 2, relayPort: 4 } as const;

/** Words of one relay level: offset of its header, and where its options end. */
export const RELAY_WORDS = 2;

/**
 * Why a datagram is no query. From `noClientId` on it is one that RFC 8415 section 16 has
 * discarded, with all fields in order; up to `messageType` no other field may be used, but for the one that tells it.
 */
export const Malformed = {
  /** Less than a header, 4 octets of a message and 34 of a relay's. */
  tooShort: 1,
  /** More than a receive slot holds: the kernel cut it. */
  tooLong: 2,
  /** More than RELAY_LEVELS_MAX relays. */
  tooManyRelays: 3,
  /** A relay's message without one inside. */
  noRelayMessage: 4,
  /**
   * An option has less than its size, for which Kea drops the message too: 3, 5, 7, 8, 16, 17, 25, 26, 32, 37, 39, 82, 83,
   * 135; or 6, 23 or 61 is empty or ends within a value.
   */
  optionLength: 5,
  /** Nothing that a client sends. `Field.messageType` tells what it is. */
  messageType: 6,
  noClientId: 7,
  severalClientIds: 8,
  /** Not of DUID_BYTES_MIN to DUID_BYTES_MAX octets, or 00:00:00. */
  badClientId: 9,
  noServerId: 10,
  severalServerIds: 11,
  /** One in a message that is for any server. */
  unwantedServerId: 12,
  badServerId: 13,
} as const;
