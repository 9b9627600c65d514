/** Where a reply goes: back to the address that the query came from. [RFC8415 18.3.11, 19.3] [RFC8357 5.2] */
import { IPV6_BYTES, isIpv6LinkLocal } from '../../base/ipv6.ts';
import { Present } from '../../dhcp6/descriptor.ts';
import type { Query6 } from '../../engine/dhcp6/query.ts';
import { ReplySlots } from '../../engine/reply/reply-slots.ts';
import type { ServerSocket6 } from './socket-table.ts';

const SERVER_PORT = 547;
const CLIENT_PORT = 546;

/** Reply slots with the way of each reply. */
export class RoutedSlots6 extends ReplySlots {
  /** 16 octets for each slot. */
  readonly addresses: Uint8Array;
  /** The interface on whose link the address is meant, 0 = it is no link-local one. */
  readonly scopes: Uint32Array;
  readonly #forcedPort: number;

  /** @param forcedPort destination port of every reply, 0 = by the rules */
  constructor(bytes: Uint8Array, size: number, slotBytes: number, forcedPort: number) {
    super(bytes, size, slotBytes);
    this.addresses = new Uint8Array(size * IPV6_BYTES);
    this.scopes = new Uint32Array(size);
    this.#forcedPort = forcedPort;
  }

  /** Sets destination and socket of the reply in a slot. */
  route(slot: number, query: Query6, { replyFd, interfaceIndex }: ServerSocket6): void {
    const { source } = query;
    const at = slot * IPV6_BYTES;
    for (let i = 0; i < IPV6_BYTES; i++) this.addresses[at + i] = source[i]!;
    this.scopes[slot] = isIpv6LinkLocal(source, 0) ? interfaceIndex : 0;
    this.ports[slot] = this.#forcedPort === 0 ? portOf(query) : this.#forcedPort;
    this.fds[slot] = replyFd;
  }
}

function portOf(query: Query6): number {
  if (!query.isRelayed) return CLIENT_PORT;
  return query.has(Present.relayPort) ? query.sourcePort : SERVER_PORT;
}
