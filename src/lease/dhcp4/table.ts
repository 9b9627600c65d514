/**
 * The lease table: every lease of the server in shared memory, found by address, by client identifier and by hardware
 * address in constant time. One lock guards it together with the pools and the change log; all methods but `lock` need
 * it. What a lease means (expired, owned, renewed) is decided elsewhere: this file only keeps and finds rows.
 */

import { assert } from '../../base/assert.ts';
import { copyRange, emptyRange, equalBytes } from '../../base/byte-range.ts';
import { lock, unlock } from '../../base/lock.ts';
import { Control } from '../control.ts';
import { HashChain, hashAddress, hashBytes, NO_SLOT } from '../hash-chain.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { Slots } from '../slots.ts';
import { HW_BYTES_MAX, INLINE_CLIENT_ID_BYTES, type LeaseTableMemory, ROW_WORDS, Row } from './layout.ts';
import { CLIENT_ID_BYTES_MAX } from './record.ts';
import { type ByteRange, LeaseRows } from './rows.ts';

export class LeaseTable {
  readonly rows: LeaseRows;
  readonly capacity: number;
  readonly #control: Int32Array;
  readonly #slots: Slots;
  readonly #byAddress: HashChain;
  readonly #byClientId: HashChain;
  readonly #byHw: HashChain;
  readonly #hashing: Int32Array;
  readonly #range = emptyRange();

  constructor(memory: LeaseTableMemory) {
    this.rows = new LeaseRows(memory);
    this.capacity = memory.capacity;
    this.#control = new Int32Array(memory.control);
    this.#slots = new Slots(this.#control, this.rows.words, memory.capacity, ROW_WORDS, Row.nextByAddress);
    this.#hashing = new Int32Array(memory.hashing);
    const heads = (index: number): Int32Array =>
      new Int32Array(memory.heads, index * memory.buckets * 4, memory.buckets);
    this.#byAddress = new HashChain(heads(0), this.rows.words, ROW_WORDS, Row.nextByAddress);
    this.#byClientId = new HashChain(heads(1), this.rows.words, ROW_WORDS, Row.nextByClientId);
    this.#byHw = new HashChain(heads(2), this.rows.words, ROW_WORDS, Row.nextByHw, Row.previousByHw);
  }

  lock(): void {
    lock(this.#control, Control.lock);
  }

  unlock(): void {
    unlock(this.#control, Control.lock);
  }

  /** Rows in use, offers included. */
  count(): number {
    return this.#slots.count();
  }

  /** Slots 0..highWater-1 have been used at least once; a free one among them has address 0. */
  highWater(): number {
    return this.#slots.highWater();
  }

  /** Changes whenever a row is inserted or removed. */
  membership(): number {
    return this.#slots.membership();
  }

  findByAddress(address: number): number {
    let slot = this.#byAddress.first(hashAddress(this.#hashing, address));
    while (slot >= 0 && this.rows.address(slot) !== address) slot = this.#byAddress.next(slot);
    return slot;
  }

  /**
   * The row of a client identifier in a subnet (0 = in any subnet), that which came first; `after` continues behind a row
   * found before.
   */
  findByClientId(
    bytes: Uint8Array,
    offset: number,
    length: number,
    subnetId: number,
    after = NO_SLOT,
  ): number {
    const rows = this.rows;
    let slot =
      after >= 0
        ? this.#byClientId.next(after)
        : this.#byClientId.first(hashBytes(this.#hashing, bytes, offset, length));
    for (; slot >= 0; slot = this.#byClientId.next(slot)) {
      if (subnetId !== 0 && rows.subnetId(slot) !== subnetId) continue;
      if (this.hasClientId(slot, bytes, offset, length)) return slot;
    }
    return NO_SLOT;
  }

  /** Whether a row's client identifier is this one. */
  hasClientId(slot: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const range = this.#range;
    this.rows.clientIdRange(slot, range);
    return range.length === length && equalBytes(range.bytes, range.offset, bytes, offset, length);
  }

  /** Whether a row's hardware address is this one. */
  hasHw(slot: number, bytes: Uint8Array, offset: number, length: number): boolean {
    const { rows } = this;
    return (
      rows.hwLength(slot) === length && equalBytes(rows.bytes, rows.hwOffset(slot), bytes, offset, length)
    );
  }

  /**
   * Whether a row is this client's: equal client identifiers when both have one, else equal hardware addresses. The
   * hardware type is not compared: the lease file does not keep it, and a client must find its lease after a restart.
   */
  belongsTo(slot: number, clientId: ByteRange, hw: ByteRange): boolean {
    if (clientId.length > 0 && this.rows.clientIdLength(slot) > 0)
      return this.hasClientId(slot, clientId.bytes, clientId.offset, clientId.length);
    return hw.length > 0 && this.hasHw(slot, hw.bytes, hw.offset, hw.length);
  }

  /** The row of a hardware address in a subnet (0 = in any subnet), whatever its type; order and `after` as above. */
  findByHw(bytes: Uint8Array, offset: number, length: number, subnetId: number, after = NO_SLOT): number {
    const rows = this.rows;
    let slot =
      after >= 0 ? this.#byHw.next(after) : this.#byHw.first(hashBytes(this.#hashing, bytes, offset, length));
    for (; slot >= 0; slot = this.#byHw.next(slot)) {
      if (subnetId !== 0 && rows.subnetId(slot) !== subnetId) continue;
      if (this.hasHw(slot, bytes, offset, length)) return slot;
    }
    return NO_SLOT;
  }

  /** Adds an empty row for an address that has none. @returns its slot, or NO_SLOT when the table is full */
  insert(address: number): number {
    assert(this.findByAddress(address) === NO_SLOT, 'an address has at most one row');
    const slot = this.#slots.take();
    if (slot === NO_SLOT) return NO_SLOT;
    this.rows.setWord(slot, Row.address, address);
    this.#byAddress.linkFirst(hashAddress(this.#hashing, address), slot);
    return slot;
  }

  /** Takes a row out of every index and frees it. */
  remove(slot: number): void {
    assert(!this.rows.isFree(slot), 'a row is freed once');
    this.#unlinkClientId(slot);
    this.#unlinkHw(slot);
    this.#freeTail(slot);
    this.#byAddress.unlink(hashAddress(this.#hashing, this.rows.address(slot)), slot);
    // What is parked for it may not take the row for as it was.
    this.rows.setUnsettled(slot, 0);
    this.rows.setWord(slot, Row.address, 0);
    this.#slots.free(slot);
  }

  /**
   * Sets who holds the lease and what the client told of itself, replacing what was there.
   * The ranges must not point into the arena block of this same row.
   * @returns false when the arena has no room; then the row is as it was
   */
  setClient(
    slot: number,
    htype: number,
    hw: ByteRange,
    clientId: ByteRange,
    hostName: ByteRange,
    context: ByteRange,
  ): boolean {
    assert(hw.length <= HW_BYTES_MAX, 'hardware address fits its field');
    assert(
      clientId.length <= CLIENT_ID_BYTES_MAX && hostName.length <= HOSTNAME_BYTES_MAX,
      'identifier and host name fit their length octets',
    );
    assert(context.length <= USER_CONTEXT_BYTES_MAX, 'user context fits its length field');
    const rows = this.rows;
    const inline = clientId.length <= INLINE_CLIENT_ID_BYTES;
    const tailLength = (inline ? 0 : clientId.length) + hostName.length + context.length;
    const block = tailLength > 0 ? rows.arena.allocate(tailLength) : 0;
    if (tailLength > 0 && block === 0) return false;
    // A client that stays the same stays where it is among the rows of its identifiers.
    const hasSameId = this.hasClientId(slot, clientId.bytes, clientId.offset, clientId.length);
    const hasSameHw = this.hasHw(slot, hw.bytes, hw.offset, hw.length);
    if (!hasSameId) this.#unlinkClientId(slot);
    if (!hasSameHw) this.#unlinkHw(slot);
    this.#freeTail(slot);
    rows.setWord(slot, Row.tail, block);
    rows.setHw(slot, htype, hw.bytes, hw.offset, hw.length);
    rows.setLengths(slot, clientId.length, hostName.length, context.length);
    const range = this.#range;
    rows.clientIdRange(slot, range);
    copyRange(range, clientId);
    rows.hostNameRange(slot, range);
    copyRange(range, hostName);
    rows.contextRange(slot, range);
    copyRange(range, context);
    if (!hasSameId) this.#linkClientId(slot);
    if (!hasSameHw) this.#linkHw(slot);
    return true;
  }

  /** Puts a row behind all others of its client, as if it had come now. */
  moveLast(slot: number): void {
    if (this.#byClientId.next(slot) >= 0) {
      this.#unlinkClientId(slot);
      this.#linkClientId(slot);
    }
    if (this.#byHw.next(slot) >= 0) {
      this.#unlinkHw(slot);
      this.#linkHw(slot);
    }
  }

  /** Puts the rows of each client in the order that they have in another table, which has the same ones. */
  takeOrder(from: LeaseTable): void {
    const own = (slot: number): number => this.findByAddress(from.rows.address(slot));
    for (let bucket = 0; bucket < from.#byHw.buckets; bucket++) {
      for (let slot = from.#byClientId.first(bucket); slot >= 0; slot = from.#byClientId.next(slot)) {
        this.#unlinkClientId(own(slot));
        this.#linkClientId(own(slot));
      }
      for (let slot = from.#byHw.first(bucket); slot >= 0; slot = from.#byHw.next(slot)) {
        this.#unlinkHw(own(slot));
        this.#linkHw(own(slot));
      }
    }
  }

  #freeTail(slot: number): void {
    const block = this.rows.tail(slot);
    if (block !== 0) this.rows.arena.free(block, this.rows.tailLength(slot));
    this.rows.setWord(slot, Row.tail, 0);
    this.rows.setLengths(slot, 0, 0, 0);
  }

  #linkClientId(slot: number): void {
    if (this.rows.clientIdLength(slot) > 0) this.#byClientId.link(this.#hashOfClientId(slot), slot);
  }

  #unlinkClientId(slot: number): void {
    if (this.rows.clientIdLength(slot) > 0) this.#byClientId.unlink(this.#hashOfClientId(slot), slot);
  }

  #linkHw(slot: number): void {
    if (this.rows.hwLength(slot) > 0) this.#byHw.link(this.#hashOfHw(slot), slot);
  }

  #unlinkHw(slot: number): void {
    if (this.rows.hwLength(slot) > 0) this.#byHw.unlink(this.#hashOfHw(slot), slot);
  }

  #hashOfClientId(slot: number): number {
    const range = this.#range;
    this.rows.clientIdRange(slot, range);
    return hashBytes(this.#hashing, range.bytes, range.offset, range.length);
  }

  #hashOfHw(slot: number): number {
    const { rows } = this;
    return hashBytes(this.#hashing, rows.bytes, rows.hwOffset(slot), rows.hwLength(slot));
  }
}
