/**
 * Where things lie in the memory that the shard, the kernel and the WASM module share. The module is compiled from this
 * very file, so the two sides cannot drift apart; that is why it has nothing but plain constants.
 *
 *     0        static data of the module, below 64 KiB
 *     INPUT    BATCH_MAX slots that recvmmsg fills, one datagram each; before the first, room for the headers of a frame
 *     SCRATCH  BATCH_MAX areas for options that had to be concatenated (RFC 3396), one a datagram
 *     LENGTHS  BATCH_MAX u32: octets of each datagram as sent, so more than a slot holds if the kernel cut it
 *     RESULTS  BATCH_MAX descriptors (dhcp4/descriptor.ts)
 *     KEY      a client key that is hashed on its own
 *     STASH    options that the query in work did not come with: 82 out of a lease, and the octet of 53
 *     RESULTS6 BATCH_MAX descriptors of DHCPv6 (dhcp6/descriptor.ts)
 *     RELAYS   BATCH_MAX areas, one a datagram, that tell where the part of each relay lies (dhcp6/descriptor.ts)
 */

/** Datagrams that one call receives and classifies: at 64 the system call's own cost is a few nanoseconds of each. */
export const BATCH_MAX = 64;

/** Octets of a receive slot. A query is at most 1,500 on Ethernet; the rest is room for relays with larger links. */
export const INPUT_STRIDE = 2048;
/** All concatenated options of a datagram together are shorter than the datagram. */
export const SCRATCH_STRIDE = 2048;
/** 4 * DESCRIPTOR_WORDS. */
export const DESCRIPTOR_BYTES = 128;
/** Longer than any option or hardware address. */
export const KEY_BYTES_MAX = 2048;

/** A frame is received with its IPv4 and UDP headers before the slot, so that its payload lies where a datagram would. */
export const INPUT_HEADROOM = 32;
export const INPUT_OFFSET = 65536 + INPUT_HEADROOM;
export const SCRATCH_OFFSET = INPUT_OFFSET + BATCH_MAX * INPUT_STRIDE;
export const LENGTHS_OFFSET = SCRATCH_OFFSET + BATCH_MAX * SCRATCH_STRIDE;
export const RESULTS_OFFSET = LENGTHS_OFFSET + BATCH_MAX * 4;
export const KEY_OFFSET = RESULTS_OFFSET + BATCH_MAX * DESCRIPTOR_BYTES;
/** The longest option 82 that a lease keeps, and a word for option 53. */
export const STASH_BYTES = 2052;
export const STASH_OFFSET = KEY_OFFSET + KEY_BYTES_MAX;
/** 4 * DESCRIPTOR_WORDS of DHCPv6. */
export const DESCRIPTOR6_BYTES = 160;
export const RESULTS6_OFFSET = STASH_OFFSET + STASH_BYTES;
/** 4 * RELAY_WORDS * RELAY_LEVELS_MAX. */
export const RELAYS_STRIDE = 256;
export const RELAYS_OFFSET = RESULTS6_OFFSET + BATCH_MAX * DESCRIPTOR6_BYTES;
export const LAYOUT_END = RELAYS_OFFSET + BATCH_MAX * RELAYS_STRIDE;

/** Pages of 64 KiB; the memory never grows. asconfig.json asks for the same number. */
export const MEMORY_PAGES = 16;
