/**
 * Link-layer socket addresses as packet(7) reads and writes them, inside an array of 32-bit words.
 *
 *     struct sockaddr_ll   u16 family | u16 protocol (network order) | i32 interface index
 *                          u16 hardware type | u8 packet type | u8 address length | 8 octets of address
 *
 * What a frame was received with names its sender: sent back, it is the way to that station, whatever the link is.
 */
import { swap16 } from '../base/byte-order.ts';

export const AF_PACKET = 17;
export const ETH_P_IP = 0x0800;
export const LINK_ADDRESS_BYTES = 20;
export const LINK_ADDRESS_WORDS = LINK_ADDRESS_BYTES / 4;
/** Octets of a hardware address of Ethernet, and of whatever looks like it. */
const HARDWARE_BYTES = 6;
/** A frame to a station that is not this one: PACKET_OTHERHOST. */
const TO_OTHER_HOST = 3;

/** Writes what a socket is bound to: IPv4 frames of one interface. */
export function writeLinkBinding(words: Uint32Array, interfaceIndex: number): void {
  words.fill(0, 0, LINK_ADDRESS_WORDS);
  words[0] = AF_PACKET | (swap16(ETH_P_IP) << 16);
  words[1] = interfaceIndex;
}

/** Writes the way to all stations of an Ethernet link. @param at index of the first of LINK_ADDRESS_WORDS */
export function writeBroadcastStation(words: Uint32Array, at: number, interfaceIndex: number): void {
  words[at] = AF_PACKET | (swap16(ETH_P_IP) << 16);
  words[at + 1] = interfaceIndex;
  words[at + 2] = HARDWARE_BYTES << 24;
  words[at + 3] = 0xffffffff;
  words[at + 4] = 0xffffffff;
}

/** Whether the frame that came with this address was for another station, or for a VLAN that has no interface here. */
export function isForOtherHost(words: Uint32Array, at: number): boolean {
  return ((words[at + 2]! >>> 16) & 0xff) === TO_OTHER_HOST;
}
