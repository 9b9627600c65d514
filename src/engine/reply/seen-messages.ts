/** A query and its reply as expressions about a lease of DHCPv4 see them: there is one lease, and all is about it. */
import type { Packet4 } from '../../classes/dhcp4/packet.ts';
import { QUERY_ACCESS_4 } from '../../classes/dhcp4/query-access.ts';
import { G } from '../figures/statistics.ts';
import type { SeenMessages } from '../leases/event-texts.ts';
import type { Query } from '../query.ts';
import { ReplyPacket } from './reply-packet.ts';
import type { ReplySlots } from './reply-slots.ts';

export function seenMessages4(slots: ReplySlots): SeenMessages<Packet4, Query> {
  const reply = new ReplyPacket(slots);
  return {
    access: QUERY_ACCESS_4,
    errorsCell: G['tandem-legal-log-errors'],
    query: (query) => query,
    reply(slot, query) {
      reply.point(slot, slots.lengths[slot]!, query);
      return reply;
    },
  };
}
