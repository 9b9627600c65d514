/** Why a datagram is no query, as in src/dhcp4/descriptor.ts. */
export const none: u32 = 0;
export const tooShort: u32 = 1;
export const tooLong: u32 = 2;
export const notAQuery: u32 = 3;
export const badHardwareLength: u32 = 4;
export const noMagicCookie: u32 = 5;
export const optionLength: u32 = 6;
export const noClient: u32 = 7;
export const noMessageType: u32 = 8;
