/** A DHCPv6 reply as expressions see it, with what relays get around it: one object a shard, pointed at one reply after the other. */
import { assert } from '../../../base/assert.ts';
import { readNetworkWord } from '../../../base/big-endian.ts';
import { ClassSet } from '../../../classes/class-set.ts';
import type { Packet6 } from '../../../classes/dhcp6/packet.ts';
import {
  MESSAGE_TYPE_OFFSET,
  MessageType,
  OPTIONS_OFFSET,
  OptionCode,
  RELAY_LEVELS_MAX,
  RELAY_OPTIONS_OFFSET,
} from '../../../dhcp6/codes.ts';
import { Field, RELAY_WORDS } from '../../../dhcp6/descriptor.ts';
import { IaReader } from '../../../dhcp6/ia-reader.ts';
import { OptionIndex6 } from '../../../dhcp6/option-index.ts';
import { OptionReader } from '../../../dhcp6/option-reader.ts';
import { RelayLevels } from '../../../dhcp6/relay-levels.ts';
import type { ReplySlots } from '../../reply/reply-slots.ts';
import { NOWHERE, type Query6 } from '../query.ts';

const TRANSACTION_ID_MASK = 0xff_ffff;

export class ReplyPacket6 implements Packet6 {
  /** [Kea] A reply is in no class. */
  readonly classes = new ClassSet(0);
  readonly optionIndex: OptionIndex6;
  readonly relays: RelayLevels;
  /** [Kea] Both ends are those of the query: the other one, also where the reply goes to it, and the group that it was sent to. */
  source: Uint8Array = NOWHERE.address;
  arrival = NOWHERE;
  readonly #slots: Pick<ReplySlots, 'bytes' | 'lengths' | 'slotBytes'>;
  readonly #places = new Int32Array(RELAY_LEVELS_MAX * RELAY_WORDS);
  readonly #options: OptionReader;
  readonly #ias: IaReader;
  /** Of the message inside of what relays get. */
  #message = 0;
  #end = 0;

  /** @param ignoresIaids see `IaReader` */
  constructor(slots: Pick<ReplySlots, 'bytes' | 'lengths' | 'slotBytes'>, ignoresIaids: boolean) {
    this.#slots = slots;
    const { bytes } = slots;
    this.optionIndex = new OptionIndex6(bytes);
    this.relays = new RelayLevels(bytes, this.#places);
    this.#options = new OptionReader(bytes);
    this.#ias = new IaReader(bytes, ignoresIaids);
  }

  /** Points this object at the finished reply in a slot. @param query that it answers */
  point(slot: number, { arrival, source }: Query6): void {
    const { bytes, lengths, slotBytes } = this.#slots;
    this.source = source;
    this.arrival = arrival;
    this.#message = slot * slotBytes;
    this.#end = this.#message + lengths[slot]!;
    let level = 0;
    for (; bytes[this.#message] === MessageType.relayReply; level++) this.#enter(level);
    this.relays.point(0, level);
    this.optionIndex.point(this.#message + OPTIONS_OFFSET, this.#end);
  }

  /** The identity associations, before the first one. */
  ias(): IaReader {
    this.#ias.point(this.#message + OPTIONS_OFFSET, this.#end);
    return this.#ias;
  }

  field(field: number): number {
    const { bytes } = this.#slots;
    if (field === Field.messageType) return bytes[this.#message + MESSAGE_TYPE_OFFSET]!;
    if (field !== Field.transactionId) return 0;
    return readNetworkWord(bytes, this.#message) & TRANSACTION_ID_MASK;
  }

  /** Notes a relay's part, and goes on to what is inside: this server has written both. */
  #enter(level: number): void {
    const at = level * RELAY_WORDS;
    this.#places[at] = this.#message;
    this.#places[at + 1] = this.#end;
    const options = this.#options;
    options.point(this.#message + RELAY_OPTIONS_OFFSET, this.#end);
    assert(options.find(OptionCode.relayMessage), 'a relay gets a message');
    this.#message = options.offset;
    this.#end = options.offset + options.length;
  }
}
