/** A reply as expressions see it: one object a shard, pointed at one reply after the other. */

import { type ByteRange, emptyRange } from '../../base/byte-range.ts';
import { ClassSet } from '../../classes/class-set.ts';
import type { Packet4 } from '../../classes/dhcp4/packet.ts';
import {
  CHADDR_BYTES,
  CHADDR_OFFSET,
  HLEN_OFFSET,
  HTYPE_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  YIADDR_OFFSET,
} from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { OptionIndex } from '../../dhcp4/option-index.ts';
import type { Query } from '../query.ts';
import { addressAt, destinationOf } from './reply-route.ts';
import type { ReplySlots } from './reply-slots.ts';

export class ReplyPacket implements Packet4 {
  readonly bytes: Uint8Array;
  offset = 0;
  readonly options: OptionIndex;
  /** [Kea] A reply is in no class. */
  readonly classes = new ClassSet(0);
  readonly hw: ByteRange;
  /** [Kea] The other end: of a reply where it goes. */
  sourceAddress = 0;
  /** Where it comes from: the address of the server, also when the query came to all. */
  readonly socket = { address: 0, interfaceName: '', broadcast: false };
  readonly #slotBytes: number;
  readonly #type = emptyRange();

  constructor({ bytes, slotBytes }: Pick<ReplySlots, 'bytes' | 'slotBytes'>) {
    this.bytes = bytes;
    this.#slotBytes = slotBytes;
    this.options = new OptionIndex(bytes, slotBytes);
    this.hw = { bytes, offset: 0, length: 0 };
  }

  /** Points this object at the finished reply in a slot, which grants. @param query that it answers */
  point(slot: number, length: number, query: Query): void {
    this.offset = slot * this.#slotBytes;
    this.sourceAddress = destinationOf(query, addressAt(this.bytes, this.offset + YIADDR_OFFSET), false);
    this.socket.address = query.socket.address;
    this.socket.interfaceName = query.socket.interfaceName;
    this.options.point(this.offset + OPTIONS_OFFSET, this.offset + length);
    this.options.readClassOptions();
    this.hw.offset = this.offset + CHADDR_OFFSET;
    this.hw.length = Math.min(CHADDR_BYTES, this.bytes[this.offset + HLEN_OFFSET]!);
  }

  field(field: number): number {
    if (field === Field.hlen) return this.bytes[this.offset + HLEN_OFFSET]!;
    if (field === Field.htype) return this.bytes[this.offset + HTYPE_OFFSET]!;
    if (field !== Field.messageType) return 0;
    const isThere = this.options.find(OptionCode.messageType, this.#type);
    return isThere && this.#type.length > 0 ? this.#type.bytes[this.#type.offset]! : 0;
  }
}
