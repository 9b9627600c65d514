/**
 * A plain TypeScript twin of assembly/classify4.ts, written from src/dhcp4/descriptor.ts and not from the assembly: the
 * oracle of its tests, and its rival in the benchmark. It works on a memory image of the same layout.
 */
import {
  AgentCode,
  BOOTREQUEST,
  CHADDR_BYTES,
  CHADDR_OFFSET,
  CIADDR_OFFSET,
  COOKIE_OFFSET,
  FLAGS_OFFSET,
  GIADDR_OFFSET,
  HLEN_OFFSET,
  HTYPE_OFFSET,
  MAGIC_COOKIE,
  OP_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  SECS_OFFSET,
} from '../../src/dhcp4/codes.ts';
import { DESCRIPTOR_WORDS, Field, Malformed, Present } from '../../src/dhcp4/descriptor.ts';
import {
  INPUT_OFFSET,
  INPUT_STRIDE,
  LENGTHS_OFFSET,
  RESULTS_OFFSET,
  SCRATCH_OFFSET,
  SCRATCH_STRIDE,
} from '../../src/wasm/layout.ts';
import { hashTwin } from './hash.ts';

/** Option codes of a fixed payload size, with it. */
const FIXED: readonly (readonly [code: number, bytes: number])[] = [
  [OptionCode.requestedAddress, 4],
  [OptionCode.leaseTime, 4],
  [OptionCode.messageType, 1],
  [OptionCode.serverIdentifier, 4],
  [OptionCode.maxMessageSize, 2],
  [OptionCode.subnetSelection, 4],
];

/** Scalars with their bit: option code, field, bit, payload size. */
const SCALARS = [
  [OptionCode.requestedAddress, Field.requestedAddress, Present.requestedAddress, 4],
  [OptionCode.serverIdentifier, Field.serverIdentifier, Present.serverIdentifier, 4],
  [OptionCode.leaseTime, Field.leaseTime, Present.leaseTime, 4],
  [OptionCode.subnetSelection, Field.subnetSelection, Present.subnetSelection, 4],
  [OptionCode.maxMessageSize, Field.maxMessageSize, Present.maxMessageSize, 2],
] as const;

const RUNS = [
  [OptionCode.hostName, Field.hostNameOffset],
  [OptionCode.parameterRequestList, Field.requestListOffset],
  [OptionCode.vendorClass, Field.vendorClassOffset],
  [OptionCode.clientIdentifier, Field.clientIdOffset],
  [OptionCode.fqdn, Field.fqdnOffset],
  [OptionCode.relayAgentInformation, Field.agentOffset],
] as const;

/** The options that the engine wants, ascending, which is the order of the scratch area too. */
const WANTED = [...FIXED.map(([code]) => code), ...RUNS.map(([code]) => code)].sort((a, b) => a - b);
const IS_WANTED = Uint8Array.from({ length: 256 }, (_, code) => (WANTED.includes(code) ? 1 : 0));

function addressOf(octets: readonly number[]): number {
  return octets.reduce((value, octet) => (value << 8) | octet, 0);
}

export class ClassifierTwin {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  /** By option code: where the payload is (0 = absent), how long, how many parts. */
  readonly #offset = new Int32Array(256);
  readonly #length = new Int32Array(256);
  readonly #parts = new Int32Array(256);
  /** Octets of sub-options 5 and 11, parts put together. */
  #linkSelection: number[] = [];
  #serverIdOverride: number[] = [];
  #relayPort = false;

  /** @param memory of the layout of src/wasm/layout.ts */
  constructor(memory: ArrayBuffer) {
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#words = new Int32Array(memory, RESULTS_OFFSET);
  }

  /** Writes the descriptors of the first `count` datagrams. */
  classify(count: number): void {
    for (let i = 0; i < count; i++) {
      const at = i * DESCRIPTOR_WORDS;
      this.#words.fill(0, at, at + DESCRIPTOR_WORDS);
      const input = INPUT_OFFSET + i * INPUT_STRIDE;
      const length = this.#view.getUint32(LENGTHS_OFFSET + i * 4, true);
      const reason = this.#check(input, length, SCRATCH_OFFSET + i * SCRATCH_STRIDE);
      if (reason === 0 || reason === Malformed.noMessageType) this.#describe(at, input, length);
      this.#words[at + Field.malformed] = reason;
    }
  }

  #check(input: number, length: number, scratch: number): number {
    if (length < OPTIONS_OFFSET) return Malformed.tooShort;
    if (length > INPUT_STRIDE) return Malformed.tooLong;
    if (this.#bytes[input + OP_OFFSET] !== BOOTREQUEST) return Malformed.notAQuery;
    const hlen = this.#bytes[input + HLEN_OFFSET]!;
    if (hlen > CHADDR_BYTES) return Malformed.badHardwareLength;
    if (this.#view.getUint32(input + COOKIE_OFFSET) !== MAGIC_COOKIE) return Malformed.noMagicCookie;
    const end = this.#walk(input + OPTIONS_OFFSET, input + length);
    this.#concatenate(input + OPTIONS_OFFSET, end, scratch);
    this.#walkAgent();
    if (!this.#takeFixed()) return Malformed.optionLength;
    if (hlen === 0 && this.#length[OptionCode.clientIdentifier] === 0) return Malformed.noClient;
    return this.#offset[OptionCode.messageType] === 0 ? Malformed.noMessageType : 0;
  }

  /** @returns where the last option ends that counts */
  #walk(from: number, end: number): number {
    for (const code of WANTED) this.#offset[code] = this.#length[code] = this.#parts[code] = 0;
    let at = from;
    while (at < end) {
      const code = this.#bytes[at]!;
      if (code === OptionCode.end) return at;
      if (code === OptionCode.pad) {
        at += 1;
        continue;
      }
      if (at + 1 >= end) return at;
      const length = this.#bytes[at + 1]!;
      if (at + 2 + length > end) return at;
      if (IS_WANTED[code] === 1) {
        if (this.#parts[code] === 0) this.#offset[code] = at + 2;
        this.#length[code]! += length;
        this.#parts[code]! += 1;
      }
      at += 2 + length;
    }
    return at;
  }

  #concatenate(from: number, end: number, scratch: number): void {
    let to = scratch;
    for (const code of WANTED) {
      if (this.#parts[code]! < 2) continue;
      this.#offset[code] = to;
      for (let at = from; at < end; ) {
        if (this.#bytes[at] === OptionCode.pad) {
          at += 1;
          continue;
        }
        const length = this.#bytes[at + 1]!;
        if (this.#bytes[at] === code) {
          this.#bytes.copyWithin(to, at + 2, at + 2 + length);
          to += length;
        }
        at += 2 + length;
      }
    }
  }

  #walkAgent(): void {
    this.#linkSelection = [];
    this.#serverIdOverride = [];
    this.#relayPort = false;
    let at = this.#offset[OptionCode.relayAgentInformation]!;
    const end = at + this.#length[OptionCode.relayAgentInformation]!;
    while (at + 2 <= end) {
      const code = this.#bytes[at]!;
      const next = at + 2 + this.#bytes[at + 1]!;
      if (next > end) return;
      const payload = this.#bytes.subarray(at + 2, next);
      if (code === AgentCode.linkSelection) this.#linkSelection.push(...payload);
      if (code === AgentCode.serverIdOverride) this.#serverIdOverride.push(...payload);
      if (code === AgentCode.relayPort) this.#relayPort = true;
      at = next;
    }
  }

  /** Options of fixed size: false when one is too short, or when there are several types or servers. */
  #takeFixed(): boolean {
    for (const [code, bytes] of FIXED) {
      if (this.#offset[code] === 0) continue;
      if (this.#length[code]! < bytes) return false;
    }
    for (const [code, bytes] of FIXED) {
      if (this.#parts[code]! < 2 || this.#length[code] === bytes) continue;
      if (code === OptionCode.messageType || code === OptionCode.serverIdentifier) return false;
      this.#offset[code] = 0;
    }
    return true;
  }

  #describe(at: number, input: number, length: number): void {
    this.#words[at + Field.length] = length;
    const words = this.#words;
    const view = this.#view;
    const type = this.#offset[OptionCode.messageType]!;
    words[at + Field.messageType] = type === 0 ? 0 : this.#bytes[type]!;
    words[at + Field.hash] = this.#hash(input);
    words[at + Field.hlen] = this.#bytes[input + HLEN_OFFSET]!;
    words[at + Field.htype] = this.#bytes[input + HTYPE_OFFSET]!;
    words[at + Field.secs] = view.getUint16(input + SECS_OFFSET);
    words[at + Field.flags] = view.getUint16(input + FLAGS_OFFSET);
    words[at + Field.ciaddr] = view.getInt32(input + CIADDR_OFFSET);
    words[at + Field.giaddr] = view.getInt32(input + GIADDR_OFFSET);
    let present = this.#relayPort ? Present.relayPort : 0;
    if (this.#offset[OptionCode.fqdn] !== 0) present |= Present.fqdn;
    for (const [code, field, bit, bytes] of SCALARS) {
      const offset = this.#offset[code]!;
      if (offset === 0) continue;
      present |= bit;
      words[at + field] = bytes === 4 ? view.getInt32(offset) : view.getUint16(offset);
    }
    if (this.#linkSelection.length === 4) {
      present |= Present.linkSelection;
      words[at + Field.linkSelection] = addressOf(this.#linkSelection);
    }
    if (this.#serverIdOverride.length === 4) {
      present |= Present.serverIdOverride;
      words[at + Field.serverIdOverride] = addressOf(this.#serverIdOverride);
    }
    words[at + Field.present] = present;
    for (const [code, field] of RUNS) {
      words[at + field] = this.#length[code] === 0 ? 0 : this.#offset[code]!;
      words[at + field + 1] = this.#length[code]!;
    }
  }

  #hash(input: number): number {
    const length = this.#length[OptionCode.clientIdentifier]!;
    const from = length > 0 ? this.#offset[OptionCode.clientIdentifier]! : input + CHADDR_OFFSET;
    return hashTwin(this.#bytes, from, from + (length > 0 ? length : this.#bytes[input + HLEN_OFFSET]!));
  }
}
