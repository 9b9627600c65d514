/** Where a reply goes. [RFC2131 4.1] [RFC8357 5] The table is that of Kea's UDP sockets. */
import { MessageType } from '../dhcp4/codes.ts';
import { Field, Present } from '../dhcp4/descriptor.ts';
import type { Query } from './query.ts';
import type { ReplySlots } from './reply-slots.ts';

const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const BROADCAST = 0xffffffff;

export class ReplyRouter {
  readonly #slots: ReplySlots;
  readonly #forcedPort: number;

  /** @param forcedPort destination port of every reply, 0 = by the rules */
  constructor(slots: ReplySlots, forcedPort: number) {
    this.#slots = slots;
    this.#forcedPort = forcedPort;
  }

  /** Sets destination and socket of the reply in a slot. */
  route(slot: number, query: Query): void {
    // An INFORM's ciaddr is the client itself, also when a relay stood between. [RFC2131 4.3.5]
    const toClient =
      !query.isRelayed() || (query.field(Field.messageType) === MessageType.inform && query.ciaddr !== 0);
    if (!toClient) return this.#set(slot, query, query.giaddr, this.#relayPort(query));
    const informs = query.field(Field.messageType) === MessageType.inform;
    const address = query.ciaddr !== 0 ? query.ciaddr : informs ? query.sourceAddress : BROADCAST;
    this.#set(slot, query, address === 0 ? BROADCAST : address, CLIENT_PORT);
  }

  #relayPort(query: Query): number {
    return query.has(Present.relayPort) ? query.sourcePort : SERVER_PORT;
  }

  #set(slot: number, query: Query, address: number, port: number): void {
    this.#slots.addresses[slot] = address;
    this.#slots.ports[slot] = this.#forcedPort === 0 ? port : this.#forcedPort;
    this.#slots.fds[slot] = address === BROADCAST ? query.socket.broadcastFd : query.socket.replyFd;
  }
}
