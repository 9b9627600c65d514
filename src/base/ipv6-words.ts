/**
 * Arithmetic on IPv6 addresses that stand in four unsigned 32-bit words, the first of them the most significant (see
 * ipv6.ts). A unit is what a prefix of a length covers: 2^(128 - length) addresses. Nothing here makes an object.
 */
import { IPV6_WORDS } from './ipv6.ts';

const WORD_BITS = 32;

/** Word of the lowest bit of a unit's number. @param length 1..128 */
function wordOfUnit(length: number): number {
  return (length - 1) >>> 5;
}

/** Place of that bit in its word, from the least significant one. */
function bitOfUnit(length: number): number {
  return -length & (WORD_BITS - 1);
}

/** @returns < 0, 0 or > 0 as the first address is below, the same as or above the second one */
export function compareIpv6Words(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number): number {
  for (let i = 0; i < IPV6_WORDS; i++) {
    const difference = a[aAt + i]! - b[bAt + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether an address is the first one of a prefix: nothing stands behind its first `length` bits. @param length 1..128 */
export function isIpv6UnitStart(words: Uint32Array, at: number, length: number): boolean {
  const word = wordOfUnit(length);
  for (let i = word + 1; i < IPV6_WORDS; i++) if (words[at + i] !== 0) return false;
  return (words[at + word]! & ((1 << bitOfUnit(length)) - 1)) === 0;
}

/** Makes an address the first one of its unit, in place: nothing stands behind its first `length` bits then. @param length 1..128 */
export function clearBehindIpv6Unit(words: Uint32Array, at: number, length: number): void {
  const word = wordOfUnit(length);
  for (let i = word + 1; i < IPV6_WORDS; i++) words[at + i] = 0;
  words[at + word] = (words[at + word]! >>> bitOfUnit(length)) << bitOfUnit(length);
}

/**
 * Adds so many units to an address, in place, and goes on at :: behind the last address there is.
 * @param units u32; @param length 1..128
 */
export function addIpv6Units(words: Uint32Array, at: number, units: number, length: number): void {
  const word = wordOfUnit(length);
  const bit = bitOfUnit(length);
  const high = bit === 0 ? 0 : units >>> (WORD_BITS - bit);
  let carry = 0;
  for (let i = word; i >= 0; i--) {
    const addend = i === word ? (units << bit) >>> 0 : i === word - 1 ? high : 0;
    const sum = words[at + i]! + addend + carry;
    words[at + i] = sum;
    carry = sum > 0xffff_ffff ? 1 : 0;
  }
}

/**
 * How many units lie between two addresses, its lowest 32 bits. Pre: the first is not above the second.
 * @param length 1..128
 */
export function ipv6UnitsBetween(
  from: Uint32Array,
  fromAt: number,
  to: Uint32Array,
  toAt: number,
  length: number,
): number {
  const word = wordOfUnit(length);
  const bit = bitOfUnit(length);
  let low = 0;
  let high = 0;
  let borrow = 0;
  for (let i = IPV6_WORDS - 1; i >= 0 && i >= word - 1; i--) {
    const difference = to[toAt + i]! - from[fromAt + i]! - borrow;
    borrow = difference < 0 ? 1 : 0;
    if (i === word) low = difference >>> 0;
    else if (i === word - 1) high = difference >>> 0;
  }
  return bit === 0 ? low : ((low >>> bit) | (high << (WORD_BITS - bit))) >>> 0;
}

/** Adds one 128-bit number to another, in place. Pre: the sum is below 2^128. */
export function addIpv6Words(words: Uint32Array, at: number, addend: Uint32Array, addendAt: number): void {
  let carry = 0;
  for (let i = IPV6_WORDS - 1; i >= 0; i--) {
    const sum = words[at + i]! + addend[addendAt + i]! + carry;
    words[at + i] = sum;
    carry = sum > 0xffff_ffff ? 1 : 0;
  }
}
