/**
 * Word index of each field of a descriptor, as in src/dhcp6/descriptor.ts, whose tables are not valid AssemblyScript;
 * test/wasm/classify6.test.ts holds the two together. Two words, offset and length, from `message` to `relaySupplied`.
 */
export const malformed: u32 = 0;
export const messageType: u32 = 1;
export const hash: u32 = 2;
export const transactionId: u32 = 3;
export const relayCount: u32 = 4;
export const present: u32 = 5;
export const elapsedTime: u32 = 6;
export const relayPort: u32 = 7;
export const message: u32 = 8;
export const clientId: u32 = 10;
export const serverId: u32 = 12;
export const requestList: u32 = 14;
export const fqdn: u32 = 16;
export const vendorClass: u32 = 18;
export const vendorOptions: u32 = 20;
export const userClass: u32 = 22;
export const interfaceId: u32 = 24;
export const remoteId: u32 = 26;
export const subscriberId: u32 = 28;
export const linkLayerAddress: u32 = 30;
export const relaySupplied: u32 = 32;
export const linkAddress: u32 = 34;
export const iaCount: u32 = 35;
export const ia: u32 = 36;
export const address: u32 = 37;
export const addressCount: u32 = 38;
export const length: u32 = 39;
