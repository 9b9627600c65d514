/** Which durations an answer of DHCPv6 counts for. */
import { MessageType } from '../../dhcp6/codes.ts';
import { NO_PAIR } from '../figures/durations.ts';
import { G6 } from './statistics.ts';

/** Positions among the pairs of query and answer that perfmon has of this family. */
const Pair = { advertised: 0, committed: 1, requested: 2, confirmed: 3, renewed: 4, rebound: 5 } as const;

/**
 * [Kea] Answers to RELEASE, DECLINE and INFORMATION-REQUEST are not measured.
 * @param type message type of the query. @param cell of the statistic that counts the answer
 */
export function durationPairOf6(type: number, cell: number): number {
  switch (type) {
    case MessageType.solicit:
      return cell === G6['pkt6-advertise-sent'] ? Pair.advertised : Pair.committed;
    case MessageType.request:
      return Pair.requested;
    case MessageType.confirm:
      return Pair.confirmed;
    case MessageType.renew:
      return Pair.renewed;
    case MessageType.rebind:
      return Pair.rebound;
    default:
      return NO_PAIR;
  }
}
