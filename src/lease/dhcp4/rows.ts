/**
 * Reads and writes the fields of lease rows. The only file that indexes the row array, so that everybody else sees
 * plain numbers. Callers hold the table's lock, but for `settle`.
 */

import type { ByteRange } from '../../base/byte-range.ts';
import { Arena } from '../arena.ts';
import { INFINITE_LIFETIME_SEC } from '../state.ts';
import { UnsettledChanges } from '../unsettled.ts';
import { INLINE_CLIENT_ID_BYTES, type LeaseTableMemory, ROW_WORDS, Row } from './layout.ts';

export type { ByteRange };

export class LeaseRows extends UnsettledChanges {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly arena: Arena;

  constructor(memory: LeaseTableMemory) {
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

  address(slot: number): number {
    return this.#word(slot, Row.address);
  }

  /** True for a row that holds no lease; the address 0.0.0.0 is never leased. */
  isFree(slot: number): boolean {
    return this.#word(slot, Row.address) === 0;
  }

  state(slot: number): number {
    return this.#byte(slot, Row.head, 0);
  }

  setState(slot: number, state: number): void {
    this.#setByte(slot, Row.head, 0, state);
  }

  flags(slot: number): number {
    return this.#byte(slot, Row.head, 1);
  }

  setFlags(slot: number, flags: number): void {
    this.#setByte(slot, Row.head, 1, flags);
  }

  htype(slot: number): number {
    return this.#byte(slot, Row.head, 2);
  }

  hwLength(slot: number): number {
    return this.#byte(slot, Row.head, 3);
  }

  /** Byte offset of the hardware address in `bytes`. */
  hwOffset(slot: number): number {
    return (slot * ROW_WORDS + Row.hw) * 4;
  }

  setHw(slot: number, htype: number, source: Uint8Array, offset: number, length: number): void {
    this.#setByte(slot, Row.head, 2, htype);
    this.#setByte(slot, Row.head, 3, length);
    const at = this.hwOffset(slot);
    for (let i = 0; i < length; i++) this.bytes[at + i] = source[offset + i]!;
  }

  clientIdLength(slot: number): number {
    return this.#byte(slot, Row.lengths, 0);
  }

  hostNameLength(slot: number): number {
    return this.#byte(slot, Row.lengths, 1);
  }

  contextLength(slot: number): number {
    return this.#byte(slot, Row.lengths, 2) | (this.#byte(slot, Row.lengths, 3) << 8);
  }

  setLengths(slot: number, clientId: number, hostName: number, context: number): void {
    this.setWord(slot, Row.lengths, clientId | (hostName << 8) | (context << 16));
  }

  tail(slot: number): number {
    return this.#word(slot, Row.tail);
  }

  /** Bytes of a row's arena block: the long client identifier, then host name, then user context. */
  tailLength(slot: number): number {
    const clientId = this.clientIdLength(slot);
    return (
      (clientId > INLINE_CLIENT_ID_BYTES ? clientId : 0) +
      this.hostNameLength(slot) +
      this.contextLength(slot)
    );
  }

  /** Where the client identifier stands. */
  clientIdRange(slot: number, out: ByteRange): void {
    out.length = this.clientIdLength(slot);
    const inline = out.length <= INLINE_CLIENT_ID_BYTES;
    out.bytes = inline ? this.bytes : this.arena.bytes;
    out.offset = inline ? (slot * ROW_WORDS + Row.clientId) * 4 : this.arena.offset(this.tail(slot));
  }

  hostNameRange(slot: number, out: ByteRange): void {
    const clientId = this.clientIdLength(slot);
    out.length = this.hostNameLength(slot);
    out.bytes = this.arena.bytes;
    out.offset = this.arena.offset(this.tail(slot)) + (clientId > INLINE_CLIENT_ID_BYTES ? clientId : 0);
  }

  contextRange(slot: number, out: ByteRange): void {
    this.hostNameRange(slot, out);
    out.offset += out.length;
    out.length = this.contextLength(slot);
  }

  validLifetimeSec(slot: number): number {
    return this.#word(slot, Row.validLifetimeSec);
  }

  clttSec(slot: number): number {
    return this.#word(slot, Row.clttSec);
  }

  setTimes(slot: number, clttSec: number, validLifetimeSec: number): void {
    this.setWord(slot, Row.clttSec, clttSec);
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
}
