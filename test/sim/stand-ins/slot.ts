/** The machine that the server of this image runs on, now. An image is loaded once for each machine of a world, and used in many worlds. */
import type { Machine } from '../machine.ts';
import type { Memory } from '../memory.ts';
import type { PeerNetwork } from '../peer-network.ts';

export interface Slot {
  /** Of the image: what its modules allocate when they are loaded stays. */
  readonly memory: Memory;
  machine: Machine;
  peers: PeerNetwork;
}

export const slot = (globalThis as unknown as { readonly tandemSlot: Slot }).tandemSlot;
