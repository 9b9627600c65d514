import t from 'tap';
import { addressOf, allocatePinned, storePointer } from '../../src/io/pinned.ts';

t.test('pinned memory starts as zeros, in whole words, at the address it says', async (t) => {
  const pinned = allocatePinned(5);
  t.equal(pinned.bytes.length, 8);
  t.same([...pinned.words], [0, 0]);
  t.equal(addressOf(pinned.bytes), pinned.address);
  t.equal(addressOf(pinned.bytes.subarray(3)), pinned.address + 3, 'a view counts from its first byte');
});

t.test('the address stays the same however much is collected', async (t) => {
  const pinned = allocatePinned(16);
  for (let i = 0; i < 20_000; i++) new Uint8Array(1024).fill(i);
  t.equal(addressOf(pinned.bytes), pinned.address);
});

t.test('the bytes of WebAssembly memory have an address', async (t) => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  t.equal(addressOf(new Uint8Array(memory.buffer, 64)), addressOf(new Uint8Array(memory.buffer)) + 64);
});

t.test('a pointer is stored as a little-endian 64-bit number', async (t) => {
  const words = new Uint32Array(3);
  storePointer(words, 1, 0x7f12_89ab_cdef);
  t.same([...words], [0, 0x89abcdef, 0x7f12]);
});
