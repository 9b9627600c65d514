/** The DHCPv6 query in work: one object a shard, pointed at one datagram after the other. Nothing of it outlives the turn. */
import { type ByteRange, emptyRange, setRange } from '../../base/byte-range.ts';
import { IPV6_BYTES } from '../../base/ipv6.ts';
import { ClassSet } from '../../classes/class-set.ts';
import type { SpawnedNames } from '../../classes/spawned-names.ts';
import { OPTIONS_OFFSET } from '../../dhcp6/codes.ts';
import { DESCRIPTOR_WORDS, Field } from '../../dhcp6/descriptor.ts';
import { IaReader } from '../../dhcp6/ia-reader.ts';
import { OptionIndex6 } from '../../dhcp6/option-index.ts';
import { OptionReader } from '../../dhcp6/option-reader.ts';
import { RelayLevels } from '../../dhcp6/relay-levels.ts';

/** How a query came in. */
export interface Arrival6 {
  /** Name of the interface. */
  readonly interfaceName: string;
  /** The address or group that it was sent to, 16 octets. */
  readonly address: Uint8Array;
  /** It was sent to an address of this server alone, not to a group. */
  readonly isUnicast: boolean;
}

/** That of no query. */
export const NOWHERE: Arrival6 = { interfaceName: '', address: new Uint8Array(IPV6_BYTES), isUnicast: false };

/** The memory that a classifier has written of a batch, see wasm/module.ts. */
export interface Classified6 {
  readonly bytes: Uint8Array;
  /** The descriptors. */
  readonly words6: Int32Array;
  readonly relays: Int32Array;
}

export class Query6 {
  /** The memory that holds the datagrams. */
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;
  #descriptor = 0;
  arrival = NOWHERE;
  /** 16 octets. */
  readonly source = new Uint8Array(IPV6_BYTES);
  sourcePort = 0;
  readonly classes: ClassSet;
  readonly relays: RelayLevels;
  /** The identity associations; `rewindIas` goes back to the first. */
  readonly ias: IaReader;
  /** The options of the client's message; `rewindOptions` goes back to the first. */
  readonly options: OptionReader;
  /** Finds the first option of each code. */
  readonly optionIndex: OptionIndex6;
  /** The client's DUID, or what stands for it, see `replaceClientId`; empty when it sent none. */
  readonly duid: ByteRange = emptyRange();
  /** The DUID that the client sent: it gets that one back. */
  readonly sentDuid: ByteRange = emptyRange();
  /** Option 6: its codes, two octets each. */
  readonly requestList: ByteRange = emptyRange();

  /**
   * @param classes number of classes that exist
   * @param spawned the names that templates make, or null
   * @param ignoresIaids see `IaReader`
   */
  constructor(
    { bytes, words6, relays }: Classified6,
    classes: number,
    spawned: SpawnedNames | null = null,
    ignoresIaids = false,
  ) {
    this.bytes = bytes;
    this.#words = words6;
    this.classes = new ClassSet(classes, spawned);
    this.relays = new RelayLevels(bytes, relays);
    this.ias = new IaReader(bytes, ignoresIaids);
    this.options = new OptionReader(bytes);
    this.optionIndex = new OptionIndex6(bytes);
  }

  /**
   * Points this object at the well-formed datagram number `index` of the batch.
   * @param source holds the 16 octets of the address that it came from, at `sourceAt`
   */
  point(index: number, arrival: Arrival6, source: Uint8Array, sourceAt: number, sourcePort: number): void {
    this.#descriptor = index * DESCRIPTOR_WORDS;
    this.arrival = arrival;
    for (let i = 0; i < IPV6_BYTES; i++) this.source[i] = source[sourceAt + i]!;
    this.sourcePort = sourcePort;
    this.classes.clear();
    this.relays.point(index, this.field(Field.relayCount));
    this.optionIndex.point(this.#optionsFrom(), this.#optionsEnd());
    this.range(this.duid, Field.clientIdOffset);
    this.range(this.sentDuid, Field.clientIdOffset);
    this.range(this.requestList, Field.requestListOffset);
  }

  /** Serves the query as if the client had another DUID, also where expressions ask for option 1. */
  replaceClientId({ bytes, offset, length }: ByteRange): void {
    setRange(this.duid, bytes, offset, length);
    this.optionIndex.replaceClientId(this.duid);
  }

  /** A field of the descriptor, see dhcp6/descriptor.ts. */
  field(field: number): number {
    return this.#words[this.#descriptor + field]!;
  }

  has(present: number): boolean {
    return (this.field(Field.present) & present) !== 0;
  }

  get isRelayed(): boolean {
    return this.relays.count > 0;
  }

  /** Whether the client asks for an option [RFC8415 21.7]. */
  asksFor(code: number): boolean {
    const { bytes, offset, length } = this.requestList;
    for (let at = offset; at < offset + length; at += 2)
      if (((bytes[at]! << 8) | bytes[at + 1]!) === code) return true;
    return false;
  }

  rewindIas(): void {
    this.ias.point(this.#optionsFrom(), this.#optionsEnd());
  }

  rewindOptions(): void {
    this.options.point(this.#optionsFrom(), this.#optionsEnd());
  }

  /** Fills in an option by the field of its offset, behind which its length stands. */
  range(out: ByteRange, offsetField: number): void {
    setRange(out, this.bytes, this.field(offsetField), this.field(offsetField + 1));
  }

  #optionsFrom(): number {
    return this.field(Field.messageOffset) + OPTIONS_OFFSET;
  }

  #optionsEnd(): number {
    return this.field(Field.messageOffset) + this.field(Field.messageLength);
  }
}
