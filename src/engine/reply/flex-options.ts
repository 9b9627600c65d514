/** What the flex_option library makes of DHCPv4 replies: their options are read, changed and written again. */
import type { ClassIds } from '../../classes/class-ids.ts';
import type { Packet4 } from '../../classes/dhcp4/packet.ts';
import { QUERY_ACCESS_4 } from '../../classes/dhcp4/query-access.ts';
import type { FlexEntriesConfig } from '../../config/hook-model.ts';
import { OPTIONS_OFFSET, OptionCode } from '../../dhcp4/codes.ts';
import { BOOTP_BYTES_MIN, DATAGRAM_BYTES_MAX } from '../../dhcp4/reply-size.ts';
import { SUB_OPTION_OCTETS_MAX } from '../../dhcp4/sub-options.ts';
import { G, type StatisticsWriter } from '../figures/statistics.ts';
import type { Query } from '../query.ts';
import type { SubOptionLayout } from './flex-container.ts';
import { FlexEntries } from './flex-entries.ts';
import { ReplyOptions } from './reply-options.ts';
import type { ReplySlots } from './reply-slots.ts';

/**
 *     43, 82 and others    fields of the definition | sub-options
 *     125                  u32 enterprise | u8 length | sub-options | further enterprises   [RFC3925 4]
 */
const LAYOUT_4: SubOptionLayout = {
  headerBytes: 2,
  // [Kea] With its header the longest part of a sub-option in parts has room in an option of 253 octets.
  partBytes: 251,
  enterprise: { hasLength: true, bytesMax: SUB_OPTION_OCTETS_MAX },
};
const FAMILY_4 = { access: QUERY_ACCESS_4, layout: LAYOUT_4, errorsCell: G['tandem-flex-option-errors'] };

type Slots = Pick<ReplySlots, 'bytes' | 'slotBytes'>;

export class FlexOptions {
  readonly #entries: FlexEntries<Packet4>;
  readonly #reply: ReplyOptions;

  /**
   * @param classes gets the classes that the entries ask for
   * @param replyBytesMax octets of the longest reply
   */
  constructor(
    config: FlexEntriesConfig,
    classes: ClassIds,
    statistics: StatisticsWriter,
    replyBytesMax: number,
  ) {
    this.#reply = new ReplyOptions(replyBytesMax);
    this.#entries = new FlexEntries(config, classes, statistics, this.#reply, FAMILY_4);
  }

  /**
   * Changes the options of the finished reply in a slot.
   * @param length octets of the reply
   * @returns its length now; 0 when no datagram, or not its slot, can hold it
   */
  apply(query: Query, { bytes, slotBytes }: Slots, slot: number, length: number): number {
    const start = slot * slotBytes;
    const from = start + OPTIONS_OFFSET;
    this.#reply.load(bytes, from);
    if (!this.#entries.change(query)) return length;
    const end = start + Math.min(slotBytes, DATAGRAM_BYTES_MAX);
    let at = this.#reply.store(bytes, from, end);
    if (at >= end) return 0;
    bytes[at++] = OptionCode.end;
    for (; at < start + BOOTP_BYTES_MIN; at++) bytes[at] = 0;
    return at - start;
  }
}
