/**
 * The fixed part of a reply: what comes back of the query's header, what the server puts into it, zeros for the rest.
 *
 *     op htype hlen hops | xid | secs flags | ciaddr | yiaddr | siaddr | giaddr | chaddr[16] | sname[64] | file[128]
 *     magic cookie
 */
import { assert } from '../../base/assert.ts';
import {
  BOOTREPLY,
  BROADCAST_FLAG,
  CHADDR_OFFSET,
  CIADDR_OFFSET,
  COOKIE_OFFSET,
  FILE_BYTES,
  FILE_OFFSET,
  FLAGS_OFFSET,
  GIADDR_OFFSET,
  HOPS_OFFSET,
  MAGIC_COOKIE,
  MessageType,
  OP_OFFSET,
  OPTIONS_OFFSET,
  SECS_OFFSET,
  SIADDR_OFFSET,
  SNAME_BYTES,
  SNAME_OFFSET,
  YIADDR_OFFSET,
} from '../../dhcp4/codes.ts';
import type { Query } from '../query.ts';
import type { ReplyPlan } from './reply-plan.ts';
import type { ReplySlots } from './reply-slots.ts';

const CIADDR_WORD = CIADDR_OFFSET / 4;
const CHADDR_WORD = CHADDR_OFFSET / 4;
const SNAME_WORD = SNAME_OFFSET / 4;
const OPTIONS_WORD = OPTIONS_OFFSET / 4;

export class ReplyHeader {
  readonly #bytes: Uint8Array;
  /** The slots, and the memory with the queries, by words: a header is copied in a quarter of the steps. */
  readonly #words: Uint32Array;
  readonly #queries: Uint32Array;
  readonly #query: Query;
  #start = 0;

  constructor(slots: Pick<ReplySlots, 'bytes' | 'slotBytes'>, query: Query) {
    assert(slots.slotBytes % 4 === 0, 'replies begin with a whole word');
    const { bytes } = slots;
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    this.#queries = new Uint32Array(query.bytes.buffer);
    this.#query = query;
  }

  /** Writes every octet up to the options. @param start of the reply in the slots [RFC2131 4.3.1] */
  begin(start: number, messageType: number, yiaddr: number): void {
    const out = this.#bytes;
    this.#start = start;
    this.#copyHeader(start >>> 2);
    out[start + OP_OFFSET] = BOOTREPLY;
    if (!this.#query.isRelayed()) out[start + HOPS_OFFSET] = 0;
    out[start + SECS_OFFSET] = 0;
    out[start + SECS_OFFSET + 1] = 0;
    if (messageType === MessageType.ack) this.#putAddress(CIADDR_OFFSET, this.#query.ciaddr);
    // [RFC2131 4.3.2] A relay broadcasts a NAK: the client has no address that it could be sent to.
    if (messageType === MessageType.nak && this.#query.isRelayed()) this.askForBroadcast();
    this.#putAddress(YIADDR_OFFSET, yiaddr);
    this.#putAddress(GIADDR_OFFSET, this.#query.giaddr);
    this.#putAddress(COOKIE_OFFSET, MAGIC_COOKIE);
  }

  /** The words of the query's header that come back, and zeros in place of the others. */
  #copyHeader(start: number): void {
    const words = this.#words;
    const query = this.#query.offset >>> 2;
    for (let i = 0; i < CIADDR_WORD; i++) words[start + i] = this.#queries[query + i]!;
    for (let i = CIADDR_WORD; i < CHADDR_WORD; i++) words[start + i] = 0;
    for (let i = CHADDR_WORD; i < SNAME_WORD; i++) words[start + i] = this.#queries[query + i]!;
    for (let i = SNAME_WORD; i < OPTIONS_WORD; i++) words[start + i] = 0;
  }

  /** Fills siaddr, sname and file. */
  bootFields({ nextServer, serverHostname, bootFileName }: ReplyPlan): void {
    this.#putAddress(SIADDR_OFFSET, nextServer);
    this.#putBootName(SNAME_OFFSET, serverHostname, SNAME_BYTES - 1);
    this.#putBootName(FILE_OFFSET, bootFileName, FILE_BYTES - 1);
  }

  /** Puts as much of a name as its field has room for; a NUL ends it. */
  #putBootName(field: number, name: Uint8Array, most: number): void {
    const at = this.#start + field;
    const length = Math.min(name.length, most);
    for (let i = 0; i < length; i++) this.#bytes[at + i] = name[i]!;
  }

  /** Has the relay broadcast the reply. */
  askForBroadcast(): void {
    this.#bytes[this.#start + FLAGS_OFFSET]! |= BROADCAST_FLAG >>> 8;
  }

  /** Takes the relay out of a reply that goes straight to the client. */
  clearRelay(): void {
    this.#putAddress(GIADDR_OFFSET, 0);
    this.#bytes[this.#start + HOPS_OFFSET] = 0;
  }

  #putAddress(field: number, address: number): void {
    const at = this.#start + field;
    this.#bytes[at] = address >>> 24;
    this.#bytes[at + 1] = address >>> 16;
    this.#bytes[at + 2] = address >>> 8;
    this.#bytes[at + 3] = address;
  }
}
