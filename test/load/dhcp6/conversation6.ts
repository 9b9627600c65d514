/** A load session of DHCPv6 without sockets: what it sends is kept, and a test answers in the servers' place. */
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { type LoadCounts, readLoadCounters } from '../../../src/load/counters.ts';
import { allocateLedger6, Ledger6 } from '../../../src/load/dhcp6/ledger6.ts';
import { LoadFamily6 } from '../../../src/load/dhcp6/load-family6.ts';
import { QUERY_BYTES_6 } from '../../../src/load/dhcp6/query6.ts';
import { LOAD_DEFAULTS_6, type LoadMemory, type LoadOptions6 } from '../../../src/load/model.ts';
import { LoadSession, type QueryOutlet } from '../../../src/load/session.ts';
import { type Option, opt, optionsOf, SERVER_ID } from '../../engine/dhcp6/messages.ts';
import { allocateLoadMemory } from '../memory.ts';

type Octets = readonly number[];

export const OPTIONS_6: LoadOptions6 = {
  ...LOAD_DEFAULTS_6,
  relay: { address: '::1', port: 1546 },
  servers: [
    { address: '::1', port: 1547 },
    { address: '::1', port: 2547 },
  ],
  linkAddress: '2001:db8:1::1',
  ledgerCapacity: 1024,
};
const WALL_SEC = 1_700_000_000;
const RELAY_HEADER_BYTES = 34;

/** One query as it left. */
export class SentQuery6 {
  readonly bytes: Uint8Array;
  /** The client's own message. */
  readonly message: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.message =
      bytes[0] === MessageType.relayForward ? optionsOf(bytes.subarray(RELAY_HEADER_BYTES))[0]!.data : bytes;
  }

  get type(): number {
    return this.message[0]!;
  }

  /** The three octets of the transaction id. */
  get xid(): Octets {
    return [...this.message.subarray(1, 4)];
  }

  get options(): Option[] {
    return optionsOf(this.message.subarray(4));
  }

  /** Data of an option as hex, or null. */
  option(code: number): string | null {
    const found = this.options.find((each) => each.code === code);
    return found === undefined ? null : Buffer.from(found.data).toString('hex');
  }
}

/** A server's message, in that of the relay which the query came by. */
export function createReply6(type: number, xid: Octets, ...options: Octets[]): Uint8Array {
  const message = [type, ...xid, ...opt(OptionCode.serverId, SERVER_ID), ...options.flat()];
  const header = [MessageType.relayReply, 0, ...new Array<number>(32).fill(0)];
  return Uint8Array.from([...header, ...opt(OptionCode.relayMessage, message)]);
}

export class Conversation6 implements QueryOutlet {
  readonly bytes = new Uint8Array(QUERY_BYTES_6);
  readonly memory: LoadMemory;
  readonly ledger: Ledger6;
  readonly session: LoadSession;
  #sent: SentQuery6[] = [];
  #nowUs = 1;

  constructor(options: Partial<LoadOptions6> = {}) {
    const all = { ...OPTIONS_6, ...options };
    this.memory = allocateLoadMemory(all.inFlightMax, allocateLedger6(all.ledgerCapacity));
    this.ledger = new Ledger6(this.memory.ledger);
    const family = new LoadFamily6(all, this.memory.ledger);
    this.session = new LoadSession(all, family, this.memory, this, this.#nowUs);
    this.advance(0);
  }

  reserve(): number {
    return 0;
  }

  send(length: number): void {
    this.#sent.push(new SentQuery6(this.bytes.slice(0, length)));
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#nowUs += ms * 1000;
    this.session.setTime(this.#nowUs, WALL_SEC + Math.floor(this.#nowUs / 1e6));
  }

  /** The queries since the last call. */
  sent(): SentQuery6[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  counts(): LoadCounts {
    return readLoadCounters(this.memory.counters);
  }

  advertise(query: SentQuery6, ...options: Octets[]): void {
    this.hear(createReply6(MessageType.advertise, query.xid, ...options));
  }

  reply(query: SentQuery6, ...options: Octets[]): void {
    this.hear(createReply6(MessageType.reply, query.xid, ...options));
  }

  /** A whole exchange of a SOLICIT that was sent; returns its REQUEST. */
  complete(solicit: SentQuery6, ...options: Octets[]): SentQuery6 {
    this.advertise(solicit, ...options);
    const request = this.sent().at(-1)!;
    this.reply(request, ...options);
    return request;
  }

  /** A datagram of a server. */
  hear(datagram: Uint8Array, server = 0): void {
    this.session.receive(datagram, 0, datagram.length, server);
  }
}
