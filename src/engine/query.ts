/** The query in work: one object a shard, pointed at one datagram after the other. Nothing of it outlives the turn. */

import { emptyRange } from '../base/byte-range.ts';
import { ClassSet } from '../classes/class-set.ts';
import type { SpawnedNames } from '../classes/spawned-names.ts';
import {
  AgentCode,
  BROADCAST_FLAG,
  CHADDR_OFFSET,
  MessageType,
  OPTIONS_OFFSET,
  OptionCode,
} from '../dhcp4/codes.ts';
import { DESCRIPTOR_WORDS, Field, Present } from '../dhcp4/descriptor.ts';
import { OptionIndex } from '../dhcp4/option-index.ts';
import { ECHO_BYTES_MAX } from '../dhcp4/reply-size.ts';
import { AGENT_BYTES_MAX } from '../lease/dhcp4/agent-info.ts';
import type { ByteRange } from '../lease/dhcp4/rows.ts';

/** A socket that main has opened for the shards. */
export interface ServerSocket {
  readonly fd: number;
  /** The interface's address: server identifier, and source address of the answers. */
  readonly address: number;
  readonly interfaceName: string;
  /** True for the socket that hears 255.255.255.255 on its interface. */
  readonly broadcast: boolean;
  /** Answers with a unicast destination leave from here. */
  readonly replyFd: number;
  /** Answers to 255.255.255.255 leave from here. */
  readonly broadcastFd: number;
  /** Octets of the longest reply that may leave joined with others to the same relay; 0 = none may. */
  readonly joinMax: number;
  /** Of a packet socket, which shares its descriptor with the other addresses of its interface; null = a UDP socket. */
  readonly raw: RawLink | null;
}

/** The interface behind a packet socket. */
export interface RawLink {
  /** Source of the answers. */
  readonly port: number;
  /** Octets of the longest IPv4 datagram that the interface carries. */
  readonly mtu: number;
  /** The UDP socket of the address, which hears unicast queries too; what it hears is thrown away. */
  readonly shadowFd: number;
}

/** Words of a link-layer address as the kernel writes it. */
export const STATION_WORDS = 5;

const NOBODY: ServerSocket = {
  fd: -1,
  address: 0,
  interfaceName: '',
  broadcast: false,
  replyFd: -1,
  broadcastFd: -1,
  joinMax: 0,
  raw: null,
};

const ADDRESS_BYTES = 4;

export class Query {
  /** The WASM memory that holds the datagrams. */
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  #descriptor = 0;
  /** Start of the datagram in `bytes`. */
  offset = 0;
  /** Octets of the datagram. */
  length = 0;
  socket: ServerSocket = NOBODY;
  sourceAddress = 0;
  sourcePort = 0;
  /** The station that sent the frame; only of a packet socket. */
  readonly station = new Uint32Array(STATION_WORDS);
  ciaddr = 0;
  giaddr = 0;
  readonly classes: ClassSet;
  /** Finds the options that the descriptor does not tell of. */
  readonly options: OptionIndex;
  readonly hw: ByteRange;
  /** Where in `bytes` option 82 of a lease may be put, and behind it the octet of option 53. */
  readonly stashOffset: number;
  /** It came without option 53 and is served as a REQUEST (see `becomeBootp`). */
  isBootp = false;
  /** Option 82 is that of the client's lease: the datagram came without. */
  isAgentStashed = false;
  readonly #range = emptyRange();
  /** What the client is known by; empty when it sent none, or the subnet does not look at it. */
  readonly clientId: ByteRange;
  /** Its octets where the subnet looks at it. */
  clientIdLength = 0;
  /** The identifier is not the one of option 61, see `replaceClientId`. */
  isClientIdReplaced = false;

  /**
   * @param descriptors the classifier's output, as a view on the same memory
   * @param classes number of classes that exist
   * @param stashOffset room in the same memory for options that a datagram did not come with (wasm/layout.ts)
   * @param spawned where names are kept that templates make, null = nowhere
   */
  constructor(
    bytes: Uint8Array,
    descriptors: Int32Array,
    classes = 0,
    stashOffset = 0,
    spawned: SpawnedNames | null = null,
  ) {
    this.bytes = bytes;
    this.stashOffset = stashOffset;
    this.classes = new ClassSet(classes, spawned);
    this.options = new OptionIndex(bytes, ECHO_BYTES_MAX);
    this.#words = descriptors;
    this.hw = { bytes, offset: 0, length: 0 };
    this.clientId = { bytes, offset: 0, length: 0 };
  }

  /** Points this object at the well-formed datagram number `index` of the batch. */
  point(
    index: number,
    offset: number,
    socket: ServerSocket,
    sourceAddress: number,
    sourcePort: number,
  ): void {
    this.#descriptor = index * DESCRIPTOR_WORDS;
    this.offset = offset;
    this.socket = socket;
    this.sourceAddress = sourceAddress;
    this.sourcePort = sourcePort;
    this.ciaddr = this.field(Field.ciaddr) >>> 0;
    this.giaddr = this.field(Field.giaddr) >>> 0;
    this.isAgentStashed = false;
    this.isBootp = false;
    this.classes.clear();
    this.options.point(offset + OPTIONS_OFFSET, offset + this.field(Field.length));
    this.hw.offset = offset + CHADDR_OFFSET;
    this.hw.length = this.field(Field.hlen);
    this.clientId.bytes = this.bytes;
    this.clientId.offset = this.field(Field.clientIdOffset);
    this.clientIdLength = this.field(Field.clientIdLength);
    this.clientId.length = this.clientIdLength;
    this.isClientIdReplaced = false;
  }

  /** From here on the query is one that came with this client identifier, but for what is echoed. */
  replaceClientId({ bytes, offset, length }: ByteRange): void {
    this.clientId.bytes = bytes;
    this.clientId.offset = offset;
    this.clientId.length = length;
    this.clientIdLength = length;
    this.isClientIdReplaced = true;
    this.options.replaceClientId(this.clientId);
  }

  /** [Kea] What comes without a message type is BOOTP, and as good as a REQUEST: classes see an option 53 that says so. */
  becomeBootp(): void {
    const at = this.stashOffset + AGENT_BYTES_MAX;
    this.isBootp = true;
    this.#set(Field.messageType, MessageType.request);
    this.bytes[at] = MessageType.request;
    this.options.replace(OptionCode.messageType, at, 1);
  }

  /** Lets the query have the option 82 that was put at `stashOffset`, as if it had come with it. @param length its octets */
  stashAgent(length: number): void {
    this.isAgentStashed = true;
    this.options.replace(OptionCode.relayAgentInformation, this.stashOffset, length);
    this.#set(Field.agentOffset, this.stashOffset);
    this.#set(Field.agentLength, length);
    const range = this.#range;
    if (!this.options.findAgent(AgentCode.linkSelection, range) || range.length !== ADDRESS_BYTES) return;
    let address = 0;
    for (let i = 0; i < ADDRESS_BYTES; i++) address = (address << 8) | range.bytes[range.offset + i]!;
    this.#set(Field.linkSelection, address);
    this.#set(Field.present, this.field(Field.present) | Present.linkSelection);
  }

  /** Lets the query have no option 81. */
  hideFqdn(): void {
    this.options.hide(OptionCode.fqdn);
    this.#set(Field.fqdnLength, 0);
    this.#set(Field.present, this.field(Field.present) & ~Present.fqdn);
  }

  #set(field: number, value: number): void {
    this.#words[this.#descriptor + field] = value | 0;
  }

  /** A field of the descriptor, see dhcp4/descriptor.ts. */
  field(field: number): number {
    return this.#words[this.#descriptor + field]!;
  }

  has(present: number): boolean {
    return (this.field(Field.present) & present) !== 0;
  }

  /** [RFC2131 4.1] A giaddr of all ones is nobody's. */
  isRelayed(): boolean {
    return this.giaddr !== 0 && this.giaddr !== 0xffffffff;
  }

  wantsBroadcast(): boolean {
    return (this.field(Field.flags) & BROADCAST_FLAG) !== 0;
  }

  /** The address the client asks for: option 50, else ciaddr; 0 = none. */
  requestedAddress(): number {
    return this.has(Present.requestedAddress) ? this.field(Field.requestedAddress) >>> 0 : this.ciaddr;
  }
}
