/** In place of src/io/pinned.ts: addresses of the simulated machine's memory. */
import { slot } from './slot.ts';

export interface Pinned {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly address: number;
}

export function allocatePinned(byteLength: number): Pinned {
  const buffer = new ArrayBuffer((byteLength + 3) & ~3);
  const bytes = new Uint8Array(buffer);
  return { bytes, words: new Uint32Array(buffer), address: addressOf(bytes) };
}

export function addressOf(bytes: Uint8Array): number {
  return slot.memory.addressOf(bytes);
}

export function storePointer(words: Uint32Array, index: number, address: number): void {
  words[index] = address >>> 0;
  words[index + 1] = Math.floor(address / 0x1_0000_0000);
}
