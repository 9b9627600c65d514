/**
 * The DHCPv6 lease table: every lease of the server in shared memory, found by address, by identity association (DUID, IAID
 * and type) and by DUID in constant time. One lock guards it together with the pools and the change log; all methods but
 * `lock` need it. What a lease means (expired, owned, renewed) is decided elsewhere: this file only keeps and finds rows.
 *
 * An address has at most one row, and a prefix is found by its first address: of which length it is does not tell it from
 * others, as in Kea's lease file. Rows of one client are found in the order in which they came to be its.
 */
import { assert } from '../../base/assert.ts';
import { type ByteRange, emptyRange, equalBytes, equalRanges } from '../../base/byte-range.ts';
import { lock, unlock } from '../../base/lock.ts';
import { Control } from '../control.ts';
import { HashChain, hashBytes, NO_SLOT } from '../hash-chain.ts';
import { HOSTNAME_BYTES_MAX, USER_CONTEXT_BYTES_MAX } from '../limits.ts';
import { Slots } from '../slots.ts';
import { IAID_PLACE, type LeaseTableMemory6, ROW_WORDS, Row, TYPE_PLACE } from './layout.ts';
import { ADDRESS_BITS, ADDRESS_BYTES } from './model.ts';
import { DUID_BYTES_MAX, HARDWARE_ADDRESS_BYTES_MAX, isNobody, type LeaseRecord6 } from './record.ts';
import { LeaseRows6, tailBytes } from './rows.ts';

/** Spreads the bits of one of two hashes that are made of the same words. */
const ODD = 0x9e3779b1;

export class LeaseTable6 {
  readonly rows: LeaseRows6;
  readonly capacity: number;
  readonly #control: Int32Array;
  readonly #slots: Slots;
  readonly #byAddress: HashChain;
  readonly #byIa: HashChain;
  readonly #byDuid: HashChain;
  readonly #hashing: Int32Array;
  readonly #range = emptyRange();
  readonly #kept = {
    hw: emptyRange(),
    hostname: emptyRange(),
    userContext: emptyRange(),
  };

  constructor(memory: LeaseTableMemory6) {
    this.rows = new LeaseRows6(memory);
    this.capacity = memory.capacity;
    this.#control = new Int32Array(memory.control);
    this.#hashing = new Int32Array(memory.hashing);
    const { words } = this.rows;
    this.#slots = new Slots(this.#control, words, memory.capacity, ROW_WORDS, Row.nextByAddress);
    const heads = (index: number): Int32Array =>
      new Int32Array(memory.heads, index * memory.buckets * 4, memory.buckets);
    this.#byAddress = new HashChain(heads(0), words, ROW_WORDS, Row.nextByAddress);
    // Of both a client can have as many rows as it asks for addresses, or as others write for it.
    this.#byIa = new HashChain(heads(1), words, ROW_WORDS, Row.nextByIa, Row.previousByIa);
    this.#byDuid = new HashChain(heads(2), words, ROW_WORDS, Row.nextByDuid, Row.previousByDuid);
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

  /** Slots 0..highWater-1 have been used at least once, see `rows.isFree`. */
  highWater(): number {
    return this.#slots.highWater();
  }

  /** Changes whenever a row is inserted or removed. */
  membership(): number {
    return this.#slots.membership();
  }

  /** The row of an address, or of the prefix that begins with it. @param bytes with its 16 octets at `offset` */
  findByAddress(bytes: Uint8Array, offset: number): number {
    const rows = this.rows;
    let slot = this.#byAddress.first(hashBytes(this.#hashing, bytes, offset, ADDRESS_BYTES));
    while (slot >= 0 && !equalBytes(rows.bytes, rows.addressOffset(slot), bytes, offset, ADDRESS_BYTES))
      slot = this.#byAddress.next(slot);
    return slot;
  }

  /**
   * The row of an identity association in a subnet (0 = in any subnet), that which came first.
   * @param type a `LeaseType`; @param after continues behind a row found before
   */
  findByIa(duid: ByteRange, iaid: number, type: number, subnetId: number, after = NO_SLOT): number {
    const { rows } = this;
    let slot = after >= 0 ? this.#byIa.next(after) : this.#byIa.first(this.#hashIa(duid, iaid, type));
    for (; slot >= 0; slot = this.#byIa.next(slot)) {
      if (rows.iaid(slot) !== iaid || rows.type(slot) !== type) continue;
      if (subnetId !== 0 && rows.subnetId(slot) !== subnetId) continue;
      if (this.hasDuid(slot, duid)) return slot;
    }
    return NO_SLOT;
  }

  /** The row of a client, that which came first; `after` continues behind a row found before. */
  findByDuid(duid: ByteRange, after = NO_SLOT): number {
    let slot = after >= 0 ? this.#byDuid.next(after) : this.#byDuid.first(this.#hashDuid(duid));
    while (slot >= 0 && !this.hasDuid(slot, duid)) slot = this.#byDuid.next(slot);
    return slot;
  }

  /** Whether a row's client has this DUID. */
  hasDuid(slot: number, duid: ByteRange): boolean {
    const range = this.#range;
    this.rows.duidRange(slot, range);
    return equalRanges(range, duid);
  }

  /** Whether a row is one of this identity association. */
  isOfIa(slot: number, duid: ByteRange, iaid: number, type: number): boolean {
    return this.rows.iaid(slot) === iaid && this.rows.type(slot) === type && this.hasDuid(slot, duid);
  }

  /** By which a lease of somebody is known again later, as far as 32 bits can tell. @param bytes with the address at `offset` */
  markOf(bytes: Uint8Array, offset: number, duid: ByteRange): number {
    // Where both have the same octets, one would take the other out.
    return Math.imul(hashBytes(this.#hashing, bytes, offset, ADDRESS_BYTES), ODD) ^ this.#hashDuid(duid);
  }

  /**
   * Adds an empty row for an address that has none. Pre: it is not ::.
   * @returns its slot, or NO_SLOT when the table is full
   */
  insert(bytes: Uint8Array, offset: number): number {
    assert(this.findByAddress(bytes, offset) === NO_SLOT, 'an address has at most one row');
    const slot = this.#slots.take();
    if (slot === NO_SLOT) return NO_SLOT;
    const { rows } = this;
    rows.setAddress(slot, bytes, offset);
    assert(!rows.isFree(slot), ':: is never leased');
    this.#byAddress.linkFirst(this.#hashOfAddress(slot), slot);
    return slot;
  }

  /** Takes a row out of every index and frees it. */
  remove(slot: number): void {
    const { rows } = this;
    assert(!rows.isFree(slot), 'a row is freed once');
    this.#unlinkClient(slot);
    this.#freeTail(slot);
    this.#byAddress.unlink(this.#hashOfAddress(slot), slot);
    // What is parked for it may not take the row for as it was.
    rows.setUnsettled(slot, 0);
    for (let word = 0; word < 4; word++) rows.setWord(slot, Row.address + word, 0);
    this.#slots.free(slot);
  }

  /**
   * Sets what is leased, to whom, and what the client told of itself, replacing what was there: type, prefix length, DUID,
   * IAID, host name, hardware address and user context of `client`. Its ranges must not point into this same row.
   * @returns false when the arena has no room; then the row is as it was
   */
  setClient(slot: number, client: LeaseRecord6): boolean {
    const { duid, hw, hostname, userContext } = client;
    assert(duid.length >= 1 && duid.length <= DUID_BYTES_MAX, 'DUID fits its field');
    assert(hw.length <= HARDWARE_ADDRESS_BYTES_MAX, 'hardware address fits its field');
    assert(hostname.length <= HOSTNAME_BYTES_MAX, 'host name fits its length octet');
    assert(userContext.length <= USER_CONTEXT_BYTES_MAX, 'user context fits its length field');
    assert(client.prefixLength >= 1 && client.prefixLength <= ADDRESS_BITS, 'prefix length within 1..128');
    const { rows } = this;
    const tailLength = tailBytes(duid.length, hw.length) + hostname.length + userContext.length;
    const block = tailLength > 0 ? rows.arena.allocate(tailLength) : 0;
    if (tailLength > 0 && block === 0) return false;
    // A client that stays the same stays where it is among the rows of its identifiers.
    const isSame = this.isOfIa(slot, duid, client.iaid, client.type);
    if (!isSame) this.#unlinkClient(slot);
    this.#freeTail(slot);
    rows.setIa(slot, client.type, client.prefixLength, client.iaid);
    rows.setHwKind(slot, client.hwType, client.hwSource);
    rows.setVariable(slot, block, duid, hw, hostname, userContext);
    if (!isSame) this.#linkClient(slot);
    return true;
  }

  /**
   * Sets the host name of a row, which keeps everything else. The name must not stand in the table.
   * @returns false when the arena has no room; then the row is as it was
   */
  setHostName(slot: number, name: ByteRange): boolean {
    assert(name.length <= HOSTNAME_BYTES_MAX, 'host name fits its length octet');
    const { hw, userContext } = this.#kept;
    this.rows.hwRange(slot, hw);
    this.rows.contextRange(slot, userContext);
    return this.rows.replaceVariable(slot, hw, name, userContext);
  }

  /** The same of its user context. */
  setUserContext(slot: number, userContext: ByteRange): boolean {
    assert(userContext.length <= USER_CONTEXT_BYTES_MAX, 'user context fits its length field');
    const { hw, hostname } = this.#kept;
    this.rows.hwRange(slot, hw);
    this.rows.hostNameRange(slot, hostname);
    return this.rows.replaceVariable(slot, hw, hostname, userContext);
  }

  /** The same of its hardware address. @param type of the IANA registry. @param source how it was found out, as in the lease file */
  setHardware(slot: number, hw: ByteRange, type: number, source: number): boolean {
    assert(hw.length <= HARDWARE_ADDRESS_BYTES_MAX, 'hardware address fits its field');
    const { rows } = this;
    const { hostname, userContext } = this.#kept;
    rows.hostNameRange(slot, hostname);
    rows.contextRange(slot, userContext);
    if (!rows.replaceVariable(slot, hw, hostname, userContext)) return false;
    rows.setHwKind(slot, type, source);
    return true;
  }

  /** Puts a row behind all others of its client, as if it had come now. */
  moveLast(slot: number): void {
    this.#unlinkClient(slot);
    this.#linkClient(slot);
  }

  /** Puts the rows of each client in the order that they have in another table, which has the same ones. */
  takeOrder(from: LeaseTable6): void {
    const own = (slot: number): number => this.findByAddress(from.rows.bytes, from.rows.addressOffset(slot));
    for (let bucket = 0; bucket < from.#byDuid.buckets; bucket++) {
      for (let slot = from.#byDuid.first(bucket); slot >= 0; slot = from.#byDuid.next(slot)) {
        this.moveLast(own(slot));
      }
    }
  }

  #freeTail(slot: number): void {
    const block = this.rows.tail(slot);
    if (block !== 0) this.rows.arena.free(block, this.rows.tailLength(slot));
    this.rows.clearVariable(slot);
  }

  /** Whether a row stands in the indexes of its client. */
  #isLinked(slot: number): boolean {
    const range = this.#range;
    this.rows.duidRange(slot, range);
    return !isNobody(range.bytes, range.offset, range.length);
  }

  #linkClient(slot: number): void {
    if (!this.#isLinked(slot)) return;
    this.#byIa.link(this.#hashOfIa(slot), slot);
    this.#byDuid.link(this.#hashOfDuid(slot), slot);
  }

  #unlinkClient(slot: number): void {
    if (!this.#isLinked(slot)) return;
    this.#byIa.unlink(this.#hashOfIa(slot), slot);
    this.#byDuid.unlink(this.#hashOfDuid(slot), slot);
  }

  #hashOfAddress(slot: number): number {
    return hashBytes(this.#hashing, this.rows.bytes, this.rows.addressOffset(slot), ADDRESS_BYTES);
  }

  #hashOfDuid(slot: number): number {
    const range = this.#range;
    this.rows.duidRange(slot, range);
    return this.#hashDuid(range);
  }

  #hashOfIa(slot: number): number {
    const range = this.#range;
    this.rows.duidRange(slot, range);
    return this.#hashIa(range, this.rows.iaid(slot), this.rows.type(slot));
  }

  #hashDuid(duid: ByteRange): number {
    return hashBytes(this.#hashing, duid.bytes, duid.offset, duid.length);
  }

  #hashIa(duid: ByteRange, iaid: number, type: number): number {
    const words = this.#hashing;
    return (
      this.#hashDuid(duid) ^
      words[(IAID_PLACE << 8) | (iaid >>> 24)]! ^
      words[((IAID_PLACE + 1) << 8) | ((iaid >>> 16) & 255)]! ^
      words[((IAID_PLACE + 2) << 8) | ((iaid >>> 8) & 255)]! ^
      words[((IAID_PLACE + 3) << 8) | (iaid & 255)]! ^
      words[(TYPE_PLACE << 8) | type]!
    );
  }
}
