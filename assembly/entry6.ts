/** Numbers of the entries in the table of found.ts for DHCPv6: options of the message, then what relays add. */
export const none: u32 = 0;
export const clientId: u32 = 1;
export const serverId: u32 = 2;
export const requestList: u32 = 3;
export const elapsedTime: u32 = 4;
export const rapidCommit: u32 = 5;
export const userClass: u32 = 6;
export const vendorClass: u32 = 7;
export const vendorOptions: u32 = 8;
export const fqdn: u32 = 9;
/** Option 5 outside of an IA. */
export const address: u32 = 10;
/** IA_NA and IA_PD. */
export const ia: u32 = 11;
export const relayMessage: u32 = 12;
export const interfaceId: u32 = 13;
export const remoteId: u32 = 14;
export const subscriberId: u32 = 15;
export const relaySupplied: u32 = 16;
export const linkLayerAddress: u32 = 17;
export const relayPort: u32 = 18;
/** The relay port of the outermost relay. */
export const outerPort: u32 = 19;
/** The link-address that counts. */
export const linkAddress: u32 = 20;
/** The client's message itself. */
export const message: u32 = 21;
/** No offset; the number of relays in place of a length. */
export const relays: u32 = 22;

/** One more than the last. */
export const count: u32 = 23;
