/** Bits of the field `present`, as in src/dhcp6/descriptor.ts. */
export const rapidCommit: u32 = 1;
export const elapsedTime: u32 = 2;
export const relayPort: u32 = 4;
