/**
 * A plain TypeScript twin of assembly/classify6.ts, written from src/dhcp6/descriptor.ts and not from the assembly: the
 * oracle of its tests, and its rival in the benchmark. It works on a memory image of the same layout.
 */
import {
  IA_ADDRESS_BYTES,
  IA_HEADER_BYTES,
  IA_PREFIX_BYTES,
  LINK_ADDRESS_OFFSET,
  MessageType,
  OPTION_HEADER_BYTES,
  OPTIONS_OFFSET,
  OptionCode,
  PEER_ADDRESS_OFFSET,
  RELAY_LEVELS_MAX,
  RELAY_OPTIONS_OFFSET,
} from '../../src/dhcp6/codes.ts';
import { DESCRIPTOR_WORDS, Field, Malformed, Present, RELAY_WORDS } from '../../src/dhcp6/descriptor.ts';
import {
  INPUT_OFFSET,
  INPUT_STRIDE,
  LENGTHS_OFFSET,
  RELAYS_OFFSET,
  RESULTS6_OFFSET,
} from '../../src/wasm/layout.ts';
import { hashTwin } from './hash.ts';

interface Option {
  readonly code: number;
  /** Of the payload. */
  readonly offset: number;
  readonly length: number;
}

/** Octets that an option of a message, of a relay, of an IA must have. */
const MESSAGE_LEAST: Readonly<Record<number, number>> = {
  [OptionCode.iaNa]: IA_HEADER_BYTES,
  [OptionCode.iaPd]: IA_HEADER_BYTES,
  [OptionCode.iaAddress]: IA_ADDRESS_BYTES,
  [OptionCode.optionRequest]: 2,
  [OptionCode.elapsedTime]: 2,
  [OptionCode.vendorClass]: 4,
  [OptionCode.fqdn]: 1,
  [OptionCode.preference]: 1,
  32: 4,
  61: 2,
  82: 4,
  83: 4,
};
/** Octets of each value of a list. */
const UNIT: Readonly<Record<number, number>> = { [OptionCode.optionRequest]: 2, 23: 16, 61: 2 };
const ENTERPRISE_BYTES = 4;
const RELAY_LEAST: Readonly<Record<number, number>> = {
  [OptionCode.remoteId]: 4,
  [OptionCode.relaySourcePort]: 2,
};
const IA_LEAST: Readonly<Record<number, number>> = {
  [OptionCode.iaAddress]: IA_ADDRESS_BYTES,
  [OptionCode.iaPrefix]: IA_PREFIX_BYTES,
};

const MESSAGE_RUNS = [
  [OptionCode.clientId, Field.clientIdOffset],
  [OptionCode.serverId, Field.serverIdOffset],
  [OptionCode.optionRequest, Field.requestListOffset],
  [OptionCode.fqdn, Field.fqdnOffset],
  [OptionCode.vendorClass, Field.vendorClassOffset],
  [OptionCode.vendorOptions, Field.vendorOptionsOffset],
  [OptionCode.userClass, Field.userClassOffset],
] as const;

const RELAY_RUNS = [
  [OptionCode.interfaceId, Field.interfaceIdOffset],
  [OptionCode.remoteId, Field.remoteIdOffset],
  [OptionCode.subscriberId, Field.subscriberIdOffset],
  [OptionCode.clientLinkLayerAddress, Field.linkLayerAddressOffset],
  [OptionCode.relaySuppliedOptions, Field.relaySuppliedOffset],
] as const;

const { solicit, request, confirm, renew, rebind, release, decline, informationRequest, addrRegInform } =
  MessageType;
const FOR_ANY_SERVER: readonly number[] = [solicit, confirm, rebind, addrRegInform];
const FOR_ONE_SERVER: readonly number[] = [request, renew, release, decline];

export class ClassifierTwin6 {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #relays: Int32Array;

  /** @param memory of the layout of src/wasm/layout.ts */
  constructor(memory: ArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#words = new Int32Array(memory, RESULTS6_OFFSET);
    this.#relays = new Int32Array(memory, RELAYS_OFFSET);
  }

  /** Writes the descriptors of the first `count` datagrams. */
  classify(count: number): void {
    for (let i = 0; i < count; i++) {
      const at = i * DESCRIPTOR_WORDS;
      this.#words.fill(0, at, at + DESCRIPTOR_WORDS);
      const length = this.#view.getUint32(LENGTHS_OFFSET + i * 4, true);
      this.#words[at + Field.malformed] = this.#check(i, at, length);
    }
  }

  #check(index: number, at: number, length: number): number {
    if (length < OPTIONS_OFFSET) return Malformed.tooShort;
    if (length > INPUT_STRIDE) return Malformed.tooLong;
    const levels: Option[][] = [];
    let start = INPUT_OFFSET + index * INPUT_STRIDE;
    let end = start + length;
    let linkAddress = 0;
    while (this.#bytes[start] === MessageType.relayForward) {
      if (end - start < RELAY_OPTIONS_OFFSET) return Malformed.tooShort;
      if (levels.length === RELAY_LEVELS_MAX) return Malformed.tooManyRelays;
      const place = (index * RELAY_LEVELS_MAX + levels.length) * RELAY_WORDS;
      this.#relays[place] = start;
      this.#relays[place + 1] = end;
      const options = this.#read(start + RELAY_OPTIONS_OFFSET, end);
      if (isShort(options, RELAY_LEAST)) return Malformed.optionLength;
      levels.push(options);
      if (this.#isOfLink(start)) linkAddress = start + LINK_ADDRESS_OFFSET;
      const inner = options.findLast(({ code }) => code === OptionCode.relayMessage);
      if (inner === undefined || inner.length === 0) return Malformed.noRelayMessage;
      start = inner.offset;
      end = inner.offset + inner.length;
    }
    if (end - start < OPTIONS_OFFSET) return Malformed.tooShort;
    const type = this.#bytes[start]!;
    if (!FOR_ANY_SERVER.includes(type) && !FOR_ONE_SERVER.includes(type) && type !== informationRequest) {
      this.#words[at + Field.messageType] = type;
      return Malformed.messageType;
    }
    const all = this.#read(start + OPTIONS_OFFSET, end);
    const cut = all.findIndex((option) => option.code === OptionCode.vendorOptions && this.#isCut(option));
    const options = cut < 0 ? all : all.slice(0, cut);
    if (cut >= 0) end = all[cut]!.offset - OPTION_HEADER_BYTES;
    if (isShort(options, MESSAGE_LEAST) || this.#hasUnsound(options)) return Malformed.optionLength;
    this.#words[at + Field.length] = length;
    this.#words[at + Field.linkAddressOffset] = linkAddress;
    this.#describeMessage(at, start, end, options);
    this.#describeRelays(at, levels);
    return this.#offence(type, options);
  }

  #read(from: number, end: number): Option[] {
    const options: Option[] = [];
    let at = from;
    while (at + OPTION_HEADER_BYTES <= end) {
      const code = this.#view.getUint16(at);
      const length = this.#view.getUint16(at + 2);
      const offset = at + OPTION_HEADER_BYTES;
      if (offset + length > end) break;
      options.push({ code, offset, length });
      at = offset + length;
    }
    return options;
  }

  /** Vendor options whose last sub-option is not whole, or that are too short for an enterprise. */
  #isCut({ offset, length }: Option): boolean {
    if (length < ENTERPRISE_BYTES) return true;
    const inside = this.#read(offset + ENTERPRISE_BYTES, offset + length);
    const last = inside.at(-1);
    return offset + length !== (last ? last.offset + last.length : offset + ENTERPRISE_BYTES);
  }

  #isOfLink(relay: number): boolean {
    const from = relay + LINK_ADDRESS_OFFSET;
    const address = this.#bytes.subarray(from, relay + PEER_ADDRESS_OFFSET);
    return (this.#view.getUint16(from) & 0xffc0) !== 0xfe80 && address.some((octet) => octet !== 0);
  }

  /** Half a value of a list, or something short in an IA. */
  #hasUnsound(options: readonly Option[]): boolean {
    return options.some(({ code, offset, length }) => {
      if (length % (UNIT[code] ?? 1) !== 0) return true;
      if (code !== OptionCode.iaNa && code !== OptionCode.iaPd) return false;
      return isShort(this.#read(offset + IA_HEADER_BYTES, offset + length), IA_LEAST);
    });
  }

  #describeMessage(at: number, start: number, end: number, options: readonly Option[]): void {
    const words = this.#words;
    words[at + Field.messageType] = this.#bytes[start]!;
    words[at + Field.transactionId] = this.#view.getUint32(start) & 0xffffff;
    words[at + Field.messageOffset] = start;
    words[at + Field.messageLength] = end - start;
    const client = first(options, OptionCode.clientId);
    words[at + Field.hash] = client
      ? hashTwin(this.#bytes, client.offset, client.offset + client.length)
      : -1;
    if (first(options, OptionCode.rapidCommit)) words[at + Field.present]! |= Present.rapidCommit;
    const elapsed = first(options, OptionCode.elapsedTime);
    if (elapsed) {
      words[at + Field.present]! |= Present.elapsedTime;
      words[at + Field.elapsedTime] = this.#view.getUint16(elapsed.offset);
    }
    for (const [code, field] of MESSAGE_RUNS) this.#putRun(at + field, first(options, code));
    const ias = options.filter(({ code }) => code === OptionCode.iaNa || code === OptionCode.iaPd);
    words[at + Field.iaCount] = ias.length;
    words[at + Field.iaOffset] = ias[0] ? ias[0].offset - OPTION_HEADER_BYTES : 0;
    const addresses = options.filter(({ code }) => code === OptionCode.iaAddress);
    words[at + Field.addressCount] = addresses.length;
    words[at + Field.addressOffset] = addresses[0]?.offset ?? 0;
  }

  /** @param levels the options of each relay, the outermost first */
  #describeRelays(at: number, levels: readonly (readonly Option[])[]): void {
    this.#words[at + Field.relayCount] = levels.length;
    const port = first(levels[0] ?? [], OptionCode.relaySourcePort);
    if (port) {
      this.#words[at + Field.present]! |= Present.relayPort;
      this.#words[at + Field.relayPort] = this.#view.getUint16(port.offset);
    }
    for (const [code, field] of RELAY_RUNS) {
      const nearest = levels.findLast((options) => first(options, code));
      if (nearest) this.#putRun(at + field, first(nearest, code));
    }
  }

  #putRun(at: number, option: Option | undefined): void {
    this.#words[at] = option && option.length > 0 ? option.offset : 0;
    this.#words[at + 1] = option?.length ?? 0;
  }

  #offence(type: number, options: readonly Option[]): number {
    const clients = options.filter(({ code }) => code === OptionCode.clientId);
    const servers = options.filter(({ code }) => code === OptionCode.serverId);
    if (clients.length > 1) return Malformed.severalClientIds;
    if (clients[0] && !this.#isDuid(clients[0])) return Malformed.badClientId;
    if (servers.length > 0 && FOR_ANY_SERVER.includes(type)) return Malformed.unwantedServerId;
    if (servers.length > 1) return Malformed.severalServerIds;
    if (servers.length === 0 && FOR_ONE_SERVER.includes(type)) return Malformed.noServerId;
    if (servers[0] && !this.#isDuid(servers[0])) return Malformed.badServerId;
    return clients.length === 0 && type !== informationRequest ? Malformed.noClientId : 0;
  }

  #isDuid({ offset, length }: Option): boolean {
    if (length < 3 || length > 130) return false;
    return length > 3 || this.#bytes.subarray(offset, offset + 3).some((octet) => octet !== 0);
  }
}

function first(options: readonly Option[], code: number): Option | undefined {
  return options.find((option) => option.code === code);
}

function isShort(options: readonly Option[], least: Readonly<Record<number, number>>): boolean {
  return options.some(({ code, length }) => length < (least[code] ?? 0));
}
