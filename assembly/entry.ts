/** Numbers of the entries in the table of options.ts, ascending by option code, then the sub-options of option 82. */
export const none: u32 = 0;
export const hostName: u32 = 1;
export const requestedAddress: u32 = 2;
export const leaseTime: u32 = 3;
export const messageType: u32 = 4;
export const serverIdentifier: u32 = 5;
export const requestList: u32 = 6;
export const maxMessageSize: u32 = 7;
export const vendorClass: u32 = 8;
export const clientId: u32 = 9;
export const fqdn: u32 = 10;
export const agent: u32 = 11;
export const subnetSelection: u32 = 12;
export const linkSelection: u32 = 13;
export const serverIdOverride: u32 = 14;
export const relayPort: u32 = 15;

/** One more than the last. */
export const count: u32 = 16;
