/** Where a reply goes. [RFC2131 4.1] [RFC8357 5] The tables are those of Kea's UDP and raw sockets. */
import { MessageType, YIADDR_OFFSET } from '../../dhcp4/codes.ts';
import { Field, Present } from '../../dhcp4/descriptor.ts';
import { G } from '../figures/statistics.ts';
import { type Query, STATION_WORDS } from '../query.ts';
import { ReplySlots } from './reply-slots.ts';

const SERVER_PORT = 67;
const CLIENT_PORT = 68;
const BROADCAST = 0xffffffff;
/** First of the two words of a station that hold its hardware address. */
const HARDWARE_WORD = 3;

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

/** An INFORM's ciaddr is the client itself, also when a relay stood between. [RFC2131 4.3.5] */
function goesToRelay(query: Query): boolean {
  const informs = query.field(Field.messageType) === MessageType.inform;
  return query.isRelayed() && !(informs && query.ciaddr !== 0);
}

/** The address that the reply to a query goes to. @param yiaddr of the reply. @param isNak whether it refuses */
export function destinationOf(query: Query, yiaddr: number, isNak: boolean): number {
  if (goesToRelay(query)) return query.giaddr;
  if (query.field(Field.messageType) === MessageType.inform)
    return query.ciaddr === 0 ? query.sourceAddress : query.ciaddr;
  if (query.socket.raw !== null) return rawAddress(query, yiaddr, isNak);
  return hasAddress(query) ? query.ciaddr : BROADCAST;
}

/** A frame reaches its station without ARP, so that the client need not have the address yet. */
function rawAddress(query: Query, yiaddr: number, isNak: boolean): number {
  if (query.ciaddr !== 0) return query.ciaddr;
  if (isNak || query.wantsBroadcast()) return BROADCAST;
  if (yiaddr !== 0) return yiaddr;
  return query.sourceAddress === 0 ? BROADCAST : query.sourceAddress;
}

/** Reply slots with the way of each reply. */
export class RoutedSlots extends ReplySlots {
  readonly addresses: Uint32Array;
  // Of a reply that leaves through a packet socket.
  readonly sources: Uint32Array;
  readonly sourcePorts: Uint16Array;
  /** Octets that the link carries; 0 = the reply leaves through a UDP socket. */
  readonly mtus: Int32Array;
  /** STATION_WORDS for each slot. */
  readonly stations: Uint32Array;

  constructor(bytes: Uint8Array, size: number, slotBytes: number) {
    super(bytes, size, slotBytes);
    this.addresses = new Uint32Array(size);
    this.sources = new Uint32Array(size);
    this.sourcePorts = new Uint16Array(size);
    this.mtus = new Int32Array(size);
    this.stations = new Uint32Array(size * STATION_WORDS);
  }
}

export class ReplyRouter {
  readonly #slots: RoutedSlots;
  readonly #forcedPort: number;

  /** @param forcedPort destination port of every reply, 0 = by the rules */
  constructor(slots: RoutedSlots, forcedPort: number) {
    this.#slots = slots;
    this.#forcedPort = forcedPort;
  }

  /** Sets destination and socket of the reply in a slot. */
  route(slot: number, query: Query): void {
    const { bytes, cells, slotBytes } = this.#slots;
    const yiaddr = addressAt(bytes, slot * slotBytes + YIADDR_OFFSET);
    const isNak = cells[slot] === G['pkt4-nak-sent'];
    const port = goesToRelay(query) ? this.#relayPort(query) : CLIENT_PORT;
    this.#set(slot, query, destinationOf(query, yiaddr, isNak), port);
  }

  #relayPort(query: Query): number {
    return query.has(Present.relayPort) ? query.sourcePort : SERVER_PORT;
  }

  #set(slot: number, query: Query, address: number, port: number): void {
    const slots = this.#slots;
    const { raw } = query.socket;
    slots.addresses[slot] = address;
    slots.ports[slot] = this.#forcedPort === 0 ? port : this.#forcedPort;
    slots.fds[slot] = address === BROADCAST ? query.socket.broadcastFd : query.socket.replyFd;
    slots.mtus[slot] = raw === null ? 0 : raw.mtu;
    if (raw !== null) this.#setStation(slot, query, address, raw.port);
  }

  /**
   * The station is the one that the query came from, also when it is no more than a router or a bridge on the way: as in
   * Kea. What goes to all addresses goes to all stations, which Kea sends to that one.
   */
  #setStation(slot: number, query: Query, address: number, port: number): void {
    const { sources, sourcePorts, stations } = this.#slots;
    sources[slot] = query.socket.address;
    sourcePorts[slot] = port;
    const at = slot * STATION_WORDS;
    for (let i = 0; i < STATION_WORDS; i++) stations[at + i] = query.station[i]!;
    if (address !== BROADCAST) return;
    stations[at + HARDWARE_WORD] = 0xffffffff;
    stations[at + HARDWARE_WORD + 1] = 0xffffffff;
  }
}

/** The address in four octets of a packet. */
export function addressAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
