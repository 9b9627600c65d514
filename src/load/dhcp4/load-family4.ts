/** The clients of DHCPv4: an address each. */
import { MessageType } from '../../dhcp4/codes.ts';
import { PLACES } from '../exchanges.ts';
import { Asked, Heard, type LoadFamily, type QueryOf } from '../family.ts';
import { Ledger } from '../ledger.ts';
import type { Recorded } from '../ledger-table.ts';
import type { LoadOptions } from '../model.ts';
import { type QueryFields, QueryWriter, queryBytes } from './query.ts';
import { type ReplyFields, readReply } from './reply.ts';

const SECS_MAX = 0xffff;
const US_PER_SEC = 1e6;

export class LoadFamily4 implements LoadFamily {
  readonly queryBytes: number;
  readonly xidBits = 32;
  readonly #writer: QueryWriter;
  readonly #ledger: Ledger;
  readonly #query: QueryFields = {
    xid: 0,
    client: 0,
    secs: 0,
    ciaddr: 0,
    requestedAddress: 0,
    serverIdentifier: 0,
  };
  readonly #reply: ReplyFields = { messageType: 0, xid: 0, yiaddr: 0, serverIdentifier: 0, leaseTimeSec: 0 };
  // By place of an exchange.
  readonly #address = new Uint32Array(PLACES);
  readonly #serverIdentifier = new Uint32Array(PLACES);
  /** By client of a renewing population. */
  readonly #held: Uint32Array;

  /** @param ledger memory of `allocateLedger` */
  constructor(options: LoadOptions, ledger: SharedArrayBuffer) {
    this.queryBytes = queryBytes(options);
    this.#writer = new QueryWriter(options.relay.address, options.seed, options);
    this.#ledger = new Ledger(ledger);
    this.#held = new Uint32Array(options.clients.kind === 'renewing' ? options.clients.count : 0);
  }

  get xid(): number {
    return this.#reply.xid;
  }

  write(asked: Asked, { xid, client, place, elapsedUs }: QueryOf, bytes: Uint8Array, offset: number): number {
    const fields = this.#query;
    const address = this.#address[place]!;
    const isHeld = asked === Asked.renewal || asked === Asked.release;
    fields.xid = xid;
    fields.client = client;
    fields.secs = Math.min(Math.floor(elapsedUs / US_PER_SEC), SECS_MAX);
    fields.ciaddr = isHeld ? address : 0;
    fields.requestedAddress = isHeld ? 0 : address;
    fields.serverIdentifier = this.#serverIdentifier[place]!;
    this.#writer.write(bytes, offset, messageTypeOf(asked), fields);
    return this.queryBytes;
  }

  read(bytes: Uint8Array, offset: number, length: number): Heard {
    if (!readReply(bytes, offset, length, this.#reply)) return Heard.malformed;
    switch (this.#reply.messageType) {
      case MessageType.offer:
        return Heard.offer;
      case MessageType.ack:
        return Heard.lease;
      case MessageType.nak:
        return Heard.refusal;
      default:
        return Heard.malformed;
    }
  }

  takeOffer(place: number): void {
    this.#address[place] = this.#reply.yiaddr;
    this.#serverIdentifier[place] = this.#reply.serverIdentifier;
  }

  takeLease(place: number): void {
    this.#address[place] = this.#reply.yiaddr;
  }

  drop(place: number): void {
    this.#address[place] = 0;
    this.#serverIdentifier[place] = 0;
  }

  record(place: number, client: number, nowSec: number): Recorded {
    return this.#ledger.record(this.#address[place]!, client, nowSec, this.#reply.leaseTimeSec);
  }

  recordReleased(place: number, client: number, nowSec: number): void {
    this.#ledger.record(this.#address[place]!, client, nowSec, 0);
  }

  keep(client: number, place: number): void {
    if (client < this.#held.length) this.#held[client] = this.#address[place]!;
  }

  recall(client: number, place: number): void {
    this.#address[place] = this.#held[client]!;
    // A renewal goes to whoever holds the lease, and names nobody. [RFC2131 4.3.2]
    this.#serverIdentifier[place] = 0;
  }
}

function messageTypeOf(asked: Asked): number {
  if (asked === Asked.offer) return MessageType.discover;
  return asked === Asked.release ? MessageType.release : MessageType.request;
}
