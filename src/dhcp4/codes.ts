/** Numbers of the DHCPv4 protocol that the server itself acts on (RFC 2131, RFC 2132, RFC 3046). */

/** BOOTP header offsets, RFC 2131 section 2. */
export const OP_OFFSET = 0;
export const HTYPE_OFFSET = 1;
export const HLEN_OFFSET = 2;
export const HOPS_OFFSET = 3;
export const XID_OFFSET = 4;
export const SECS_OFFSET = 8;
export const FLAGS_OFFSET = 10;
export const CIADDR_OFFSET = 12;
export const YIADDR_OFFSET = 16;
export const SIADDR_OFFSET = 20;
export const GIADDR_OFFSET = 24;
export const CHADDR_OFFSET = 28;
export const SNAME_OFFSET = 44;
export const FILE_OFFSET = 108;
export const COOKIE_OFFSET = 236;
export const OPTIONS_OFFSET = 240;

export const CHADDR_BYTES = 16;
export const SNAME_BYTES = 64;
export const FILE_BYTES = 128;
export const MAGIC_COOKIE = 0x63825363;
export const BOOTREQUEST = 1;
export const BOOTREPLY = 2;
/** The broadcast bit of `flags`. */
export const BROADCAST_FLAG = 0x8000;

/** Option 53, RFC 2132 section 9.6. */
export const MessageType = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const;

export const OptionCode = {
  pad: 0,
  subnetMask: 1,
  routers: 3,
  domainNameServers: 6,
  hostName: 12,
  domainName: 15,
  vendorEncapsulated: 43,
  requestedAddress: 50,
  leaseTime: 51,
  messageType: 53,
  serverIdentifier: 54,
  parameterRequestList: 55,
  maxMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  vendorClass: 60,
  clientIdentifier: 61,
  fqdn: 81,
  relayAgentInformation: 82,
  v6OnlyPreferred: 108,
  subnetSelection: 118,
  vendorClasses: 124,
  vendorOptions: 125,
  /** The first of those that are nobody's, up to 254. */
  privateFirst: 224,
  end: 255,
} as const;

/** Sub-options of option 82. */
export const AgentCode = { linkSelection: 5, serverIdOverride: 11, relayPort: 19 } as const;
