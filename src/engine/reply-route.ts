/** Where a reply goes. [RFC2131 4.1] [RFC8357 5] The table is that of Kea's UDP sockets. */
import { MessageType } from '../dhcp4/codes.ts';
import { Field, Present } from '../dhcp4/descriptor.ts';
import type { Query } from './query.ts';
import type { ReplySlots } from './reply-slots.ts';

const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const BROADCAST = 0xffffffff;

/**
 * Whether ciaddr is an address at which the client can be reached: when it extends its lease, or has sent the query from
 * there. In a DISCOVER or a REQUEST of another state ciaddr is but a memory of an address, and nobody answers ARP for it.
 */
function hasAddress(query: Query): boolean {
  if (query.ciaddr === 0) return false;
  if (!query.socket.broadcast && query.sourceAddress === query.ciaddr) return true;
  const isRequest = query.field(Field.messageType) === MessageType.request;
  return isRequest && !query.has(Present.requestedAddress) && !query.has(Present.serverIdentifier);
}

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
    const informs = query.field(Field.messageType) === MessageType.inform;
    // An INFORM's ciaddr is the client itself, also when a relay stood between. [RFC2131 4.3.5]
    if (query.isRelayed() && !(informs && query.ciaddr !== 0))
      return this.#set(slot, query, query.giaddr, this.#relayPort(query));
    const address = informs && query.ciaddr === 0 ? query.sourceAddress : query.ciaddr;
    this.#set(slot, query, informs || hasAddress(query) ? address : BROADCAST, CLIENT_PORT);
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
