/** A query and its reply as expressions about a lease of DHCPv6 see them: of the leases that they are about that one alone. */
import { emptyRange } from '../../../base/byte-range.ts';
import { accessOfLease6 } from '../../../classes/dhcp6/lease-access.ts';
import type { Packet6 } from '../../../classes/dhcp6/packet.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import type { IaReader } from '../../../dhcp6/ia-reader.ts';
import { LeaseIa, type NamedLease } from '../../../dhcp6/lease-ia.ts';
import type { LeaseBook6 } from '../../../lease/dhcp6/book.ts';
import { LeaseType } from '../../../lease/dhcp6/model.ts';
import type { SeenMessages } from '../../leases/event-texts.ts';
import type { ReplySlots } from '../../reply/reply-slots.ts';
import type { Query6 } from '../query.ts';
import { G6 } from '../statistics.ts';
import { ReplyPacket6 } from './reply-packet.ts';

/** @param ignoresIaids see `IaReader` */
export function seenMessages6(
  { table: { rows } }: LeaseBook6,
  slots: ReplySlots,
  ignoresIaids: boolean,
): SeenMessages<Packet6, Query6> {
  const ia = new LeaseIa();
  const reply = new ReplyPacket6(slots, ignoresIaids);
  const lease: NamedLease = { code: 0, iaid: 0, address: emptyRange(), prefixLength: 0 };
  function cut(ias: IaReader, row: number): void {
    lease.code = rows.type(row) === LeaseType.pd ? OptionCode.iaPd : OptionCode.iaNa;
    lease.iaid = rows.iaid(row);
    lease.prefixLength = rows.prefixLength(row);
    rows.addressRange(row, lease.address);
    ia.cut(ias, lease);
  }
  return {
    access: accessOfLease6(ia),
    errorsCell: G6['tandem-legal-log-errors'],
    query(query, row) {
      query.rewindIas();
      cut(query.ias, row);
      return query;
    },
    reply(slot, query, row) {
      reply.point(slot, query);
      cut(reply.ias(), row);
      return reply;
    },
  };
}
