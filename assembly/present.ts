/** Bits of the field `present`, as in src/dhcp4/descriptor.ts. */
export const requestedAddress: u32 = 1;
export const serverIdentifier: u32 = 2;
export const leaseTime: u32 = 4;
export const subnetSelection: u32 = 8;
export const linkSelection: u32 = 16;
export const serverIdOverride: u32 = 32;
export const maxMessageSize: u32 = 64;
export const relayPort: u32 = 128;
export const fqdn: u32 = 256;
