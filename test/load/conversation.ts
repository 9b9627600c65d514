/** A load session without sockets: what it sends is kept, and a test answers in the servers' place. */
import {
  BOOTREPLY,
  CIADDR_OFFSET,
  COOKIE_OFFSET,
  MAGIC_COOKIE,
  MessageType,
  OP_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  SECS_OFFSET,
  XID_OFFSET,
  YIADDR_OFFSET,
} from '../../src/dhcp4/codes.ts';
import { type LoadCounts, readLoadCounters } from '../../src/load/counters.ts';
import { LoadFamily4 } from '../../src/load/dhcp4/load-family4.ts';
import { QUERY_BYTES } from '../../src/load/dhcp4/query.ts';
import { allocateLedger, Ledger } from '../../src/load/ledger.ts';
import { LOAD_DEFAULTS, type LoadMemory, type LoadOptions } from '../../src/load/model.ts';
import { LoadSession, type QueryOutlet } from '../../src/load/session.ts';
import { allocateLoadMemory } from './memory.ts';

export const RELAY = { address: 0x7f000003, port: 1068 };
export const SERVERS = [
  { address: 0x7f000001, port: 1067 },
  { address: 0x7f000001, port: 2067 },
];
const WALL_SEC = 1_700_000_000;

/** One query as it left. */
export class SentQuery {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  get xid(): number {
    return this.#view.getUint32(XID_OFFSET);
  }

  get secs(): number {
    return this.#view.getUint16(SECS_OFFSET);
  }

  get ciaddr(): number {
    return this.#view.getUint32(CIADDR_OFFSET);
  }

  get messageType(): number {
    return this.option(OptionCode.messageType)![0]!;
  }

  /** Payload of an option, or null. */
  option(code: number): Uint8Array | null {
    let at = OPTIONS_OFFSET;
    while (this.bytes[at] !== OptionCode.end) {
      const length = this.bytes[at + 1]!;
      if (this.bytes[at] === code) return this.bytes.subarray(at + 2, at + 2 + length);
      at += 2 + length;
    }
    return null;
  }

  /** The address in an option, or null. */
  addressOption(code: number): number | null {
    const payload = this.option(code);
    return payload === null ? null : new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
  }
}

export interface Answer {
  readonly address?: number;
  readonly serverIdentifier?: number;
  readonly leaseTimeSec?: number;
  /** Position of the server that answers. */
  readonly server?: number;
}

export class Conversation implements QueryOutlet {
  readonly bytes = new Uint8Array(QUERY_BYTES);
  readonly memory: LoadMemory;
  readonly ledger: Ledger;
  readonly session: LoadSession;
  #sent: SentQuery[] = [];
  #nowUs = 1;

  constructor(options: Partial<LoadOptions> = {}) {
    const all: LoadOptions = {
      ...LOAD_DEFAULTS,
      relay: RELAY,
      servers: SERVERS,
      ledgerCapacity: 1024,
      ...options,
    };
    this.memory = allocateLoadMemory(all.inFlightMax, allocateLedger(all.ledgerCapacity));
    this.ledger = new Ledger(this.memory.ledger);
    const family = new LoadFamily4(all, this.memory.ledger);
    this.session = new LoadSession(all, family, this.memory, this, this.#nowUs);
    this.advance(0);
  }

  reserve(): number {
    return 0;
  }

  send(): void {
    this.#sent.push(new SentQuery(this.bytes.slice()));
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#nowUs += ms * 1000;
    this.session.setTime(this.#nowUs, WALL_SEC + Math.floor(this.#nowUs / 1e6));
  }

  /** The queries since the last call. */
  sent(): SentQuery[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  counts(): LoadCounts {
    return readLoadCounters(this.memory.counters);
  }

  offer(query: SentQuery, answer: Answer = {}): void {
    this.#reply(query, MessageType.offer, answer);
  }

  ack(query: SentQuery, answer: Answer = {}): void {
    this.#reply(query, MessageType.ack, answer);
  }

  nak(query: SentQuery, answer: Answer = {}): void {
    this.#reply(query, MessageType.nak, answer);
  }

  /** A whole exchange of a query that was sent; returns its REQUEST. */
  complete(discover: SentQuery, answer: Answer = {}): SentQuery {
    this.offer(discover, answer);
    const request = this.sent().at(-1)!;
    this.ack(request, answer);
    return request;
  }

  #reply(query: SentQuery, messageType: number, answer: Answer): void {
    const datagram = createReply(query.xid, messageType, answer);
    this.session.receive(datagram, 0, datagram.length, answer.server ?? 0);
  }
}

/** A server's datagram. */
export function createReply(xid: number, messageType: number, answer: Answer = {}): Uint8Array {
  const bytes = new Uint8Array(OPTIONS_OFFSET + 16);
  const view = new DataView(bytes.buffer);
  bytes[OP_OFFSET] = BOOTREPLY;
  view.setUint32(XID_OFFSET, xid);
  view.setUint32(YIADDR_OFFSET, answer.address ?? 0x0a000001);
  view.setUint32(COOKIE_OFFSET, MAGIC_COOKIE);
  bytes.set([OptionCode.messageType, 1, messageType, OptionCode.serverIdentifier, 4], OPTIONS_OFFSET);
  view.setUint32(OPTIONS_OFFSET + 5, answer.serverIdentifier ?? 0x7f000001);
  bytes.set([OptionCode.leaseTime, 4], OPTIONS_OFFSET + 9);
  view.setUint32(OPTIONS_OFFSET + 11, answer.leaseTimeSec ?? 3600);
  bytes[OPTIONS_OFFSET + 15] = OptionCode.end;
  return bytes;
}
