/**
 * Reads and writes the fields of DHCPv6 lease rows. The only file that indexes the row array, so that everybody else sees
 * plain numbers and byte ranges. Callers hold the table's lock, but for `settle`.
 */
import { type ByteRange, copyRange, emptyRange, setRange } from '../../base/byte-range.ts';
import { Arena } from '../arena.ts';
import { INFINITE_LIFETIME_SEC } from '../state.ts';
import { UnsettledChanges } from '../unsettled.ts';
import { INLINE_DUID_BYTES, INLINE_HW_BYTES, type LeaseTableMemory6, ROW_WORDS, Row } from './layout.ts';
import { ADDRESS_BYTES } from './model.ts';

export class LeaseRows6 extends UnsettledChanges {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly arena: Arena;
  readonly #range = emptyRange();
  readonly #kept = emptyRange();

  constructor(memory: LeaseTableMemory6) {
    super(memory.unsettled);
    this.words = new Int32Array(memory.rows);
    this.bytes = new Uint8Array(memory.rows);
    this.arena = new Arena(memory);
  }

  #byte(slot: number, word: number, index: number): number {
    return this.bytes[(slot * ROW_WORDS + word) * 4 + index]!;
  }

  #setByte(slot: number, word: number, index: number, value: number): void {
    this.bytes[(slot * ROW_WORDS + word) * 4 + index] = value;
  }

  #word(slot: number, word: number): number {
    return this.words[slot * ROW_WORDS + word]! >>> 0;
  }

  setWord(slot: number, word: number, value: number): void {
    this.words[slot * ROW_WORDS + word] = value | 0;
  }

  /** True for a row that holds no lease; the address :: is never leased. */
  isFree(slot: number): boolean {
    const { words } = this;
    const at = slot * ROW_WORDS + Row.address;
    return (words[at]! | words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0;
  }

  /** Byte offset of the 16 octets of the address in `bytes`. */
  addressOffset(slot: number): number {
    return (slot * ROW_WORDS + Row.address) * 4;
  }

  setAddress(slot: number, source: Uint8Array, offset: number): void {
    const at = this.addressOffset(slot);
    for (let i = 0; i < ADDRESS_BYTES; i++) this.bytes[at + i] = source[offset + i]!;
  }

  addressRange(slot: number, out: ByteRange): void {
    setRange(out, this.bytes, this.addressOffset(slot), ADDRESS_BYTES);
  }

  state(slot: number): number {
    return this.#byte(slot, Row.head, 0);
  }

  setState(slot: number, state: number): void {
    this.#setByte(slot, Row.head, 0, state);
  }

  /** Bits of `RowFlag`. */
  flags(slot: number): number {
    return this.#byte(slot, Row.head, 1);
  }

  setFlags(slot: number, flags: number): void {
    this.#setByte(slot, Row.head, 1, flags);
  }

  /** A `LeaseType`. */
  type(slot: number): number {
    return this.#byte(slot, Row.head, 2);
  }

  /** 128 for an address. */
  prefixLength(slot: number): number {
    return this.#byte(slot, Row.head, 3);
  }

  /** Sets of which kind a lease is, and which identity association of its client it belongs to. */
  setIa(slot: number, type: number, prefixLength: number, iaid: number): void {
    this.#setByte(slot, Row.head, 2, type);
    this.#setByte(slot, Row.head, 3, prefixLength);
    this.setWord(slot, Row.iaid, iaid);
  }

  iaid(slot: number): number {
    return this.#word(slot, Row.iaid);
  }

  duidLength(slot: number): number {
    return this.#byte(slot, Row.lengths, 0);
  }

  #hostNameLength(slot: number): number {
    return this.#byte(slot, Row.lengths, 1);
  }

  #contextLength(slot: number): number {
    return this.#byte(slot, Row.lengths, 2) | (this.#byte(slot, Row.lengths, 3) << 8);
  }

  #hwLength(slot: number): number {
    return this.#byte(slot, Row.hwHead, 2);
  }

  hwType(slot: number): number {
    return this.#byte(slot, Row.hwHead, 0) | (this.#byte(slot, Row.hwHead, 1) << 8);
  }

  /** Mark of the row's latest offer, 0 = it has been on offer never; see offer.ts. */
  offerMark(slot: number): number {
    return this.#byte(slot, Row.hwHead, 3);
  }

  setOfferMark(slot: number, mark: number): void {
    this.#setByte(slot, Row.hwHead, 3, mark);
  }

  hwSource(slot: number): number {
    return this.#word(slot, Row.hwSource);
  }

  tail(slot: number): number {
    return this.#word(slot, Row.tail);
  }

  /** Bytes of a row's arena block: the long DUID, then the long hardware address, the host name, the user context. */
  tailLength(slot: number): number {
    const parts = tailBytes(this.duidLength(slot), this.#hwLength(slot));
    return parts + this.#hostNameLength(slot) + this.#contextLength(slot);
  }

  /**
   * Writes what has no fixed width, into a block that was allocated for it.
   * @param block of `tailBytes` of both identifiers and of both texts, 0 = they take none
   */
  setVariable(
    slot: number,
    block: number,
    duid: ByteRange,
    hw: ByteRange,
    name: ByteRange,
    context: ByteRange,
  ): void {
    this.setWord(slot, Row.tail, block);
    this.setWord(slot, Row.lengths, duid.length | (name.length << 8) | (context.length << 16));
    this.#setByte(slot, Row.hwHead, 2, hw.length);
    const range = this.#range;
    this.duidRange(slot, range);
    copyRange(range, duid);
    this.hwRange(slot, range);
    copyRange(range, hw);
    this.hostNameRange(slot, range);
    copyRange(range, name);
    this.contextRange(slot, range);
    copyRange(range, context);
  }

  /**
   * Writes anew what has no fixed width but for the DUID, which stays. The former block stands until the new one is written: what
   * is kept may be copied from it.
   * @returns false when the arena has no room; then the row is as it was
   */
  replaceVariable(slot: number, hw: ByteRange, name: ByteRange, context: ByteRange): boolean {
    const duid = this.#kept;
    this.duidRange(slot, duid);
    const length = tailBytes(duid.length, hw.length) + name.length + context.length;
    const block = length > 0 ? this.arena.allocate(length) : 0;
    if (length > 0 && block === 0) return false;
    const formerBlock = this.tail(slot);
    const formerLength = this.tailLength(slot);
    this.setVariable(slot, block, duid, hw, name, context);
    if (formerBlock !== 0) this.arena.free(formerBlock, formerLength);
    return true;
  }

  /** Forgets what has no fixed width; its block is the caller's to free. */
  clearVariable(slot: number): void {
    this.setWord(slot, Row.tail, 0);
    this.setWord(slot, Row.lengths, 0);
    this.#setByte(slot, Row.hwHead, 2, 0);
  }

  setHwKind(slot: number, type: number, source: number): void {
    this.#setByte(slot, Row.hwHead, 0, type);
    this.#setByte(slot, Row.hwHead, 1, type >>> 8);
    this.setWord(slot, Row.hwSource, source);
  }

  duidRange(slot: number, out: ByteRange): void {
    const length = this.duidLength(slot);
    if (length <= INLINE_DUID_BYTES)
      return setRange(out, this.bytes, (slot * ROW_WORDS + Row.duid) * 4, length);
    setRange(out, this.arena.bytes, this.arena.offset(this.tail(slot)), length);
  }

  hwRange(slot: number, out: ByteRange): void {
    const length = this.#hwLength(slot);
    if (length <= INLINE_HW_BYTES) return setRange(out, this.bytes, (slot * ROW_WORDS + Row.hw) * 4, length);
    setRange(
      out,
      this.arena.bytes,
      this.arena.offset(this.tail(slot)) + tailBytes(this.duidLength(slot), 0),
      length,
    );
  }

  hostNameRange(slot: number, out: ByteRange): void {
    const before = tailBytes(this.duidLength(slot), this.#hwLength(slot));
    setRange(out, this.arena.bytes, this.arena.offset(this.tail(slot)) + before, this.#hostNameLength(slot));
  }

  contextRange(slot: number, out: ByteRange): void {
    this.hostNameRange(slot, out);
    out.offset += out.length;
    out.length = this.#contextLength(slot);
  }

  preferredLifetimeSec(slot: number): number {
    return this.#word(slot, Row.preferredLifetimeSec);
  }

  validLifetimeSec(slot: number): number {
    return this.#word(slot, Row.validLifetimeSec);
  }

  clttSec(slot: number): number {
    return this.#word(slot, Row.clttSec);
  }

  setTimes(slot: number, clttSec: number, preferredLifetimeSec: number, validLifetimeSec: number): void {
    this.setWord(slot, Row.clttSec, clttSec);
    this.setWord(slot, Row.preferredLifetimeSec, preferredLifetimeSec);
    this.setWord(slot, Row.validLifetimeSec, validLifetimeSec);
  }

  /** Unix seconds at which the lease ends on paper; an infinite lease has such a number too. */
  expireSec(slot: number): number {
    return this.clttSec(slot) + this.validLifetimeSec(slot);
  }

  /** True when the lease is over: strictly after its end, never for an infinite one (as Kea compares). */
  isExpired(slot: number, nowSec: number): boolean {
    const valid = this.validLifetimeSec(slot);
    return valid !== INFINITE_LIFETIME_SEC && this.clttSec(slot) + valid < nowSec;
  }

  subnetId(slot: number): number {
    return this.#word(slot, Row.subnetId);
  }

  poolId(slot: number): number {
    return this.#word(slot, Row.poolId);
  }

  setPlace(slot: number, subnetId: number, poolId: number): void {
    this.setWord(slot, Row.subnetId, subnetId);
    this.setWord(slot, Row.poolId, poolId);
  }
}

/** Bytes of an arena block that identifiers of these lengths take. */
export function tailBytes(duidLength: number, hwLength: number): number {
  return (duidLength > INLINE_DUID_BYTES ? duidLength : 0) + (hwLength > INLINE_HW_BYTES ? hwLength : 0);
}
