/** Where a reply goes: back to the address that the query came from. [RFC8415 18.3.11, 19.3] [RFC8357 5.2] */
import { IPV6_BYTES, isIpv6LinkLocal } from '../../base/ipv6.ts';
import { ReplySlots } from '../../engine/reply/reply-slots.ts';

const SERVER_PORT = 547;
const CLIENT_PORT = 546;

/** What the way of a reply depends on. */
export interface ReturnPath {
  /** 16 octets. */
  readonly source: Uint8Array;
  readonly sourcePort: number;
  /** Number of the interface that the query came in by. */
  readonly interfaceIndex: number;
  readonly isRelayed: boolean;
  /** The relay listens at the port that it sends from. */
  readonly hasRelayPort: boolean;
  readonly replyFd: number;
}

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
  route(slot: number, path: ReturnPath): void {
    const { source } = path;
    const at = slot * IPV6_BYTES;
    for (let i = 0; i < IPV6_BYTES; i++) this.addresses[at + i] = source[i]!;
    this.scopes[slot] = isIpv6LinkLocal(source, 0) ? path.interfaceIndex : 0;
    this.ports[slot] = this.#forcedPort === 0 ? portOf(path) : this.#forcedPort;
    this.fds[slot] = path.replyFd;
  }
}

function portOf({ isRelayed, hasRelayPort, sourcePort }: ReturnPath): number {
  if (!isRelayed) return CLIENT_PORT;
  return hasRelayPort ? sourcePort : SERVER_PORT;
}
