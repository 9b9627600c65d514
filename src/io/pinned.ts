/**
 * Memory whose address the kernel may be given. A small typed array lives inside the JavaScript heap and moves with every
 * collection; a view over its own ArrayBuffer does not move. The owner keeps the object in a field for as long as a call
 * may use the address: a collected buffer in the kernel's hands is EINVAL at best.
 */
import koffi from 'koffi';
import { assert } from '../base/assert.ts';

/** Views over the same bytes, and where they are. */
export interface Pinned {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** Of the first byte. */
  readonly address: number;
}

/** @param byteLength at least 1; rounded up to whole 32-bit words; the bytes start as zeros */
export function allocatePinned(byteLength: number): Pinned {
  assert(byteLength > 0, 'pinned memory is not empty');
  const buffer = new ArrayBuffer((byteLength + 3) & ~3);
  const bytes = new Uint8Array(buffer);
  return { bytes, words: new Uint32Array(buffer), address: addressOf(bytes) };
}

/**
 * The address of the first byte of a view that owns off-heap memory (`new ArrayBuffer`, WebAssembly.Memory,
 * SharedArrayBuffer). The caller keeps the view.
 */
export function addressOf(bytes: Uint8Array): number {
  return Number(koffi.address(bytes));
}

/** Writes a pointer as the two 32-bit halves of a little-endian 64-bit word, at `words[index]` and `words[index + 1]`. */
export function storePointer(words: Uint32Array, index: number, address: number): void {
  words[index] = address >>> 0;
  words[index + 1] = Math.floor(address / 0x1_0000_0000);
}
