/** What the flex_option library makes of DHCPv6 replies: the options of the client's message are read, changed and written again. */
import type { ClassIds } from '../../../classes/class-ids.ts';
import type { Packet6 } from '../../../classes/dhcp6/packet.ts';
import { QUERY_ACCESS_6 } from '../../../classes/dhcp6/query-access.ts';
import type { FlexEntriesConfig } from '../../../config/hook-model.ts';
import type { ReplyWriter } from '../../../dhcp6/reply-writer.ts';
import type { StatisticsWriter } from '../../figures/statistics.ts';
import type { SubOptionLayout } from '../../reply/flex-container.ts';
import { FlexEntries } from '../../reply/flex-entries.ts';
import type { Query6 } from '../query.ts';
import { G6 } from '../statistics.ts';
import { ReplyOptions6 } from './reply-options.ts';

/**
 *     3, 25 and others    fields of the definition | options
 *     17                  u32 enterprise | options           RFC 8415 section 21.17
 */
const LAYOUT_6: SubOptionLayout = {
  headerBytes: 4,
  partBytes: 0xffff,
  enterprise: { hasLength: false, bytesMax: 0xffff },
};
const FAMILY_6 = { access: QUERY_ACCESS_6, layout: LAYOUT_6, errorsCell: G6['tandem-flex-option-errors'] };

export class FlexOptions6 {
  readonly #entries: FlexEntries<Packet6>;
  readonly #options: ReplyOptions6;
  readonly #bytes: Uint8Array;

  /**
   * @param classes gets the classes that the entries ask for
   * @param bytes the memory that replies are written to
   * @param replyBytesMax octets of the longest reply
   */
  constructor(
    config: FlexEntriesConfig,
    classes: ClassIds,
    statistics: StatisticsWriter,
    bytes: Uint8Array,
    replyBytesMax: number,
  ) {
    this.#bytes = bytes;
    this.#options = new ReplyOptions6(replyBytesMax);
    this.#entries = new FlexEntries(config, classes, statistics, this.#options, FAMILY_6);
  }

  /** Changes the options of the message that is written, before what is around it is ended. */
  apply(query: Query6, reply: ReplyWriter): void {
    if (reply.isVoid) return;
    this.#options.load(this.#bytes, reply.optionsFrom, reply.optionsEnd);
    if (!this.#entries.change(query)) return;
    reply.rewind();
    this.#options.store(reply);
  }
}
