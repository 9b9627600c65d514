/**
 * Queries that come again. A client that hears nothing repeats its REQUEST with the same transaction id, and nothing in it
 * changes but `secs` [RFC2131 4.1]. While the first answer is parked the repetition waits for that; when it was sent a few
 * seconds ago it is sent once more. Nothing is granted, written or told the partner twice.
 *
 *     slot of a reply    parked -> sending -> kept -> (again: sending -> kept) ... -> given back
 *
 * One reply a client (chaddr) is known, its last. Any other message of that client ends it, so that what it released,
 * declined or was refused in between is never granted by an old answer; and a kept answer is compared with the lease before
 * it leaves again. What is kept are the reply slots themselves: no copy is made.
 */
import { assert } from '../../base/assert.ts';
import { CHADDR_BYTES, CHADDR_OFFSET, OPTIONS_OFFSET, OptionCode, XID_OFFSET } from '../../dhcp4/codes.ts';
import type { LeaseRows } from '../../lease/dhcp4/rows.ts';
import type { Query } from '../query.ts';
import type { ReplySlots } from '../reply/reply-slots.ts';
import { isGranted } from './granted-lease.ts';

/** Answers of one shard that are kept after they were sent: those of four seconds at 1,000 a second. */
export const KEPT_MAX = 4096;
/** Age at which an answer is not sent again: clients have repeated themselves twice by then. */
export const REPEAT_SEC_MAX = 10;

/** In the place of a slot: no reply to the client is known. */
export const NOBODY = -1;

const NONE = -1;
const NOT_KEPT = -1;
const SECS_WORD = 2;
const SECS_MASK = 0xffff0000;
const XID_WORD = XID_OFFSET / 4;
const CHADDR_WORD = CHADDR_OFFSET / 4;
const CHADDR_WORDS = CHADDR_BYTES / 4;
const MIX = 0x9e3779b1;
const MIX_TOO = 0x85ebca6b;
const UNLIMITED = 0xffffffff;

export class Repeats {
  readonly #slots: ReplySlots;
  readonly #rows: LeaseRows;
  readonly #words: Uint32Array;
  /** Words of the memory with the queries. */
  readonly #queries: Uint32Array;
  // A chain of slots for each hash of a client.
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #buckets: Int32Array;
  // By slot.
  /** Hash of the client: tells most others apart without a look at their replies, which lie far away. */
  readonly #clients: Int32Array;
  readonly #prints: Int32Array;
  readonly #lengths: Uint16Array;
  /** When the lifetimes in the reply were right, Unix seconds. */
  readonly #answeredSec: Float64Array;
  readonly #untilSec: Float64Array;
  readonly #clttSec: Float64Array;
  readonly #validSec: Float64Array;
  readonly #ringAt: Int32Array;
  /** Kept slots, the oldest first; NONE where one has left. */
  readonly #ring: Int32Array;
  #oldest = 0;
  #newest = 0;

  /**
   * @param rows of the leases that the replies grant
   * @param queries memory that the queries lie in
   * @param keptMax answers kept after they were sent, at most as many as there are slots; a power of two
   */
  constructor(slots: ReplySlots, rows: LeaseRows, queries: ArrayBufferLike, keptMax: number) {
    assert((keptMax & (keptMax - 1)) === 0 && keptMax <= slots.size, 'kept answers are slots');
    this.#slots = slots;
    this.#rows = rows;
    this.#words = new Uint32Array(slots.bytes.buffer, slots.bytes.byteOffset, slots.bytes.length >>> 2);
    this.#queries = new Uint32Array(queries);
    const buckets = 1 << Math.ceil(Math.log2(slots.size));
    this.#heads = new Int32Array(buckets).fill(NONE);
    this.#next = new Int32Array(slots.size);
    this.#buckets = new Int32Array(slots.size).fill(NONE);
    this.#clients = new Int32Array(slots.size);
    this.#prints = new Int32Array(slots.size);
    this.#lengths = new Uint16Array(slots.size);
    this.#answeredSec = new Float64Array(slots.size);
    this.#untilSec = new Float64Array(slots.size);
    this.#clttSec = new Float64Array(slots.size);
    this.#validSec = new Float64Array(slots.size);
    this.#ringAt = new Int32Array(slots.size).fill(NOT_KEPT);
    this.#ring = new Int32Array(keptMax).fill(NONE);
  }

  /** The slot with the last known reply to the client of a query, or NOBODY. */
  find(query: Query): number {
    const client = this.#clientOf(query);
    let slot = this.#heads[client & (this.#heads.length - 1)]!;
    while (slot !== NONE && (this.#clients[slot] !== client || !this.#isOfClient(slot, query)))
      slot = this.#next[slot]!;
    return slot;
  }

  /** Whether a query is the one that the reply in `slot` answers, sent again. */
  isRepeated(slot: number, query: Query): boolean {
    return (
      this.#words[this.#start(slot) + XID_WORD] === this.#queries[(query.offset >>> 2) + XID_WORD] &&
      this.#lengths[slot] === query.length &&
      this.#prints[slot] === this.#printOf(query)
    );
  }

  /** Whether the reply in a known slot has been sent and waits for a repetition; else it has not left yet. */
  isKept(slot: number): boolean {
    return this.#ringAt[slot] !== NOT_KEPT;
  }

  /**
   * Whether the lease of a kept reply is what it was when the reply was written: the same client's, safe, with the same times.
   * Under the table's lock.
   */
  isHeld(slot: number, nowSec: number): boolean {
    const rows = this.#rows;
    const row = this.#slots.rows[slot]!;
    return (
      isGranted(this.#slots, rows, slot) &&
      rows.unsettledChange(row) === 0 &&
      rows.clttSec(row) === this.#clttSec[slot] &&
      rows.validLifetimeSec(row) === this.#validSec[slot] &&
      !rows.isExpired(row, nowSec)
    );
  }

  /** Remembers that the reply in `slot`, which has not left yet, answers the query. Pre: none to that client is known. */
  remember(slot: number, query: Query, nowSec: number): void {
    const client = this.#clientOf(query);
    const bucket = client & (this.#heads.length - 1);
    this.#clients[slot] = client;
    this.#next[slot] = this.#heads[bucket]!;
    this.#heads[bucket] = slot;
    this.#buckets[slot] = bucket;
    this.#prints[slot] = this.#printOf(query);
    this.#lengths[slot] = query.length;
    this.#answeredSec[slot] = nowSec;
    this.#untilSec[slot] = nowSec + REPEAT_SEC_MAX;
    const row = this.#slots.rows[slot]!;
    this.#clttSec[slot] = this.#rows.clttSec(row);
    this.#validSec[slot] = this.#rows.validLifetimeSec(row);
  }

  /** A reply has left. @returns whether it is kept; if not its slot is free */
  keep(slot: number): boolean {
    if (this.#buckets[slot] === NONE) return false;
    const mask = this.#ring.length - 1;
    if (this.#newest - this.#oldest > mask) this.evict();
    const at = this.#newest & mask;
    this.#newest += 1;
    this.#ring[at] = slot;
    this.#ringAt[slot] = at;
    return true;
  }

  /**
   * Takes a kept reply out to be sent again, with lifetimes that are shorter by its age.
   * @returns false when it is too old; then it is forgotten
   */
  takeAgain(slot: number, nowSec: number): boolean {
    const ageSec = nowSec - this.#answeredSec[slot]!;
    if (nowSec <= this.#untilSec[slot]! && ageSec >= 0 && this.#shorten(slot, ageSec)) {
      this.#leaveRing(slot);
      this.#answeredSec[slot] = nowSec;
      return true;
    }
    this.forget(slot);
    return false;
  }

  /** The client's reply answers no repetition any more; a kept one's slot becomes free. */
  forget(slot: number): void {
    const bucket = this.#buckets[slot]!;
    if (bucket === NONE) return;
    this.#buckets[slot] = NONE;
    if (this.#heads[bucket] === slot) this.#heads[bucket] = this.#next[slot]!;
    else {
      let before = this.#heads[bucket]!;
      while (this.#next[before] !== slot) before = this.#next[before]!;
      this.#next[before] = this.#next[slot]!;
    }
    if (this.#ringAt[slot] === NOT_KEPT) return;
    this.#leaveRing(slot);
    this.#slots.give(slot);
  }

  /** Frees the slot that has been kept longest. @returns false when none is kept */
  evict(): boolean {
    while (this.#oldest !== this.#newest) {
      const at = this.#oldest & (this.#ring.length - 1);
      const slot = this.#ring[at]!;
      this.#oldest += 1;
      if (slot === NONE) continue;
      this.forget(slot);
      return true;
    }
    return false;
  }

  /** Forgets whatever was sent: others may have granted since. */
  clear(): void {
    while (this.evict());
  }

  #leaveRing(slot: number): void {
    this.#ring[this.#ringAt[slot]!] = NONE;
    this.#ringAt[slot] = NOT_KEPT;
  }

  #start(slot: number): number {
    return (slot * this.#slots.slotBytes) >>> 2;
  }

  #clientOf(query: Query): number {
    const at = (query.offset >>> 2) + CHADDR_WORD;
    const mixed = Math.imul(this.#queries[at]! ^ Math.imul(this.#queries[at + 1]!, MIX_TOO), MIX);
    return mixed ^ (mixed >>> 15);
  }

  #isOfClient(slot: number, query: Query): boolean {
    const reply = this.#start(slot) + CHADDR_WORD;
    const asked = (query.offset >>> 2) + CHADDR_WORD;
    for (let i = 0; i < CHADDR_WORDS; i++)
      if (this.#words[reply + i] !== this.#queries[asked + i]) return false;
    return true;
  }

  /** Of all octets but `secs`. Two lanes, because each step waits for the one before. */
  #printOf(query: Query): number {
    const words = this.#queries;
    const first = query.offset >>> 2;
    const whole = first + (query.length >>> 2);
    let even = query.length;
    let odd = words[first + SECS_WORD]! & SECS_MASK;
    for (let i = first + SECS_WORD + 1; i + 1 < whole; i += 2) {
      even = Math.imul(even ^ words[i]!, MIX);
      odd = Math.imul(odd ^ words[i + 1]!, MIX_TOO);
      even ^= even >>> 15;
      odd ^= odd >>> 13;
    }
    // One word and what is not a whole one may be left over.
    const last = query.offset + query.length;
    for (let at = Math.max(query.offset, (whole - 1) << 2); at < last; at++)
      even = Math.imul(even ^ query.bytes[at]!, MIX);
    return Math.imul(even ^ (even >>> 16), MIX_TOO) ^ words[first]! ^ odd;
  }

  /** Takes `sec` off the lifetimes in a reply. @returns false when nothing would be left of one */
  #shorten(slot: number, sec: number): boolean {
    const start = slot * this.#slots.slotBytes;
    const { bytes } = this.#slots;
    const end = start + this.#slots.lengths[slot]!;
    for (let at = start + OPTIONS_OFFSET; sec > 0 && at + 5 < end && bytes[at] !== OptionCode.end; ) {
      const code = bytes[at]!;
      const isTime =
        code === OptionCode.leaseTime || code === OptionCode.renewalTime || code === OptionCode.rebindingTime;
      if (isTime && !this.#shortenOne(at + 2, sec)) return false;
      at += code === OptionCode.pad ? 1 : 2 + bytes[at + 1]!;
    }
    return true;
  }

  #shortenOne(at: number, sec: number): boolean {
    const { bytes } = this.#slots;
    const value =
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    if (value === UNLIMITED) return true;
    if (value <= sec) return false;
    const left = value - sec;
    bytes[at] = left >>> 24;
    bytes[at + 1] = left >>> 16;
    bytes[at + 2] = left >>> 8;
    bytes[at + 3] = left;
    return true;
  }
}
