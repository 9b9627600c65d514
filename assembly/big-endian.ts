/** Numbers in network byte order. */

export function load16(offset: u32): u32 {
  return bswap<u16>(load<u16>(offset));
}

export function load32(offset: u32): u32 {
  return bswap<u32>(load<u32>(offset));
}
