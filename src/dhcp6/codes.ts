/** Numbers of the DHCPv6 protocol that the server itself acts on (RFC 8415; what is of another RFC names it). */

/** Header of a message between client and server, RFC 8415 section 8: type, and three octets of transaction id. */
export const MESSAGE_TYPE_OFFSET = 0;
export const TRANSACTION_ID_OFFSET = 1;
export const OPTIONS_OFFSET = 4;

/** Header of a relay message, RFC 8415 section 9. */
export const HOP_COUNT_OFFSET = 1;
export const LINK_ADDRESS_OFFSET = 2;
export const PEER_ADDRESS_OFFSET = 18;
export const RELAY_OPTIONS_OFFSET = 34;

export const ADDRESS_BYTES = 16;
/** Code and length of an option, RFC 8415 section 21.1. */
export const OPTION_HEADER_BYTES = 4;
/** IAID, T1 and T2 in front of the options of an IA_NA and of an IA_PD, sections 21.4 and 21.21. */
export const IA_HEADER_BYTES = 12;
/** Address and two lifetimes, section 21.6. */
export const IA_ADDRESS_BYTES = 24;
/** Two lifetimes, length of the prefix, prefix, section 21.22. */
export const IA_PREFIX_BYTES = 25;

/** Relays that a message may have come through; the address of the last one is nobody's. */
export const RELAY_LEVELS_MAX = 32;

/** UDP ports, section 7.2. */
export const CLIENT_PORT = 546;
export const SERVER_PORT = 547;

/** Groups of section 7.1 in words of 32 bits: ff02::1:2, and ff05::1:3 of a site. */
export const ALL_RELAYS_AND_SERVERS: readonly number[] = [0xff020000, 0, 0, 0x00010002];
export const ALL_SERVERS: readonly number[] = [0xff050000, 0, 0, 0x00010003];

/** Section 7.3. */
export const MessageType = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  reconfigure: 10,
  informationRequest: 11,
  relayForward: 12,
  relayReply: 13,
  /** RFC 9686. */
  addrRegInform: 36,
  addrRegReply: 37,
} as const;

export const OptionCode = {
  clientId: 1,
  serverId: 2,
  iaNa: 3,
  iaTa: 4,
  iaAddress: 5,
  optionRequest: 6,
  preference: 7,
  elapsedTime: 8,
  relayMessage: 9,
  statusCode: 13,
  rapidCommit: 14,
  userClass: 15,
  vendorClass: 16,
  vendorOptions: 17,
  interfaceId: 18,
  iaPd: 25,
  iaPrefix: 26,
  /** RFC 4649. */
  remoteId: 37,
  /** RFC 4580. */
  subscriberId: 38,
  /** RFC 4704. */
  fqdn: 39,
  /** RFC 5460. */
  relayId: 53,
  /** RFC 6440. */
  erpLocalDomainName: 65,
  /** RFC 6422. */
  relaySuppliedOptions: 66,
  /** RFC 6603. */
  pdExclude: 67,
  /** RFC 6939. */
  clientLinkLayerAddress: 79,
  /** RFC 8357. */
  relaySourcePort: 135,
} as const;

/** Section 21.13. */
export const StatusCode = {
  success: 0,
  unspecFail: 1,
  noAddrsAvail: 2,
  noBinding: 3,
  notOnLink: 4,
  useMulticast: 5,
  noPrefixAvail: 6,
} as const;

/** Section 11.1. */
export const DuidType = { llt: 1, en: 2, ll: 3, uuid: 4 } as const;
