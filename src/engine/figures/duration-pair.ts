/** Which durations an answer of DHCPv4 counts for. */
import { MessageType } from '../../dhcp4/codes.ts';
import type { CompiledSubnet } from '../compiled/compiled.ts';
import { NO_SUBNET } from './durations.ts';
import { G } from './statistics.ts';

/** Positions among the pairs of query and answer that perfmon has of this family. */
const Pair = { offer: 0, ack: 1, nak: 2, informed: 3 } as const;

/** @param type message type of the query. @param cell of the statistic that counts the answer */
export function durationPairOf(type: number, cell: number): number {
  if (type === MessageType.discover) return Pair.offer;
  if (type === MessageType.inform) return Pair.informed;
  return cell === G['pkt4-nak-sent'] ? Pair.nak : Pair.ack;
}

/** [Kea] An INFORM counts for all subnets, not for its own. @param subnet of the lease, null = none was selected */
export function durationSubnetOf(pair: number, subnet: CompiledSubnet | null): number {
  return subnet === null || pair === Pair.informed ? NO_SUBNET : subnet.index;
}
