/** Why a datagram is no query, as in src/dhcp6/descriptor.ts. */
export const none: u32 = 0;
export const tooShort: u32 = 1;
export const tooLong: u32 = 2;
export const tooManyRelays: u32 = 3;
export const noRelayMessage: u32 = 4;
export const optionLength: u32 = 5;
export const messageType: u32 = 6;
export const noClientId: u32 = 7;
export const severalClientIds: u32 = 8;
export const badClientId: u32 = 9;
export const noServerId: u32 = 10;
export const severalServerIds: u32 = 11;
export const unwantedServerId: u32 = 12;
export const badServerId: u32 = 13;
