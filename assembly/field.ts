/**
 * Word index of each field of a descriptor, as in src/dhcp4/descriptor.ts, whose tables are not valid AssemblyScript;
 * test/wasm/classify4.test.ts holds the two together. Two words, offset and length, from `clientId` to `vendorClass`.
 */
export const malformed: u32 = 0;
export const messageType: u32 = 1;
export const hash: u32 = 2;
export const hlen: u32 = 3;
export const htype: u32 = 4;
export const secs: u32 = 5;
export const flags: u32 = 6;
export const ciaddr: u32 = 7;
export const giaddr: u32 = 8;
export const present: u32 = 9;
export const requestedAddress: u32 = 10;
export const serverIdentifier: u32 = 11;
export const leaseTime: u32 = 12;
export const subnetSelection: u32 = 13;
export const linkSelection: u32 = 14;
export const serverIdOverride: u32 = 15;
export const maxMessageSize: u32 = 16;
export const clientId: u32 = 17;
export const requestList: u32 = 19;
export const agent: u32 = 21;
export const hostName: u32 = 23;
export const vendorClass: u32 = 25;
export const fqdn: u32 = 27;
export const length: u32 = 29;
