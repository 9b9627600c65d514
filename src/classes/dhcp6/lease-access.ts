/**
 * What expressions about one lease see of a message: all of it, but of its identity associations that of the lease alone, cut
 * out by `LeaseIa`; those of the other kind are not there.
 */
import { OptionCode } from '../../dhcp6/codes.ts';
import { type LeaseIa, leaseCodeIn } from '../../dhcp6/lease-ia.ts';
import type { QueryAccess } from '../packet.ts';
import type { OptionNode } from '../syntax-tree.ts';
import type { Packet6 } from './packet.ts';
import { pathFinder, QUERY_ACCESS_6 } from './query-access.ts';

/** @param ia holds what the message says of the lease when an expression is evaluated */
export function accessOfLease6(ia: LeaseIa): QueryAccess<Packet6> {
  return {
    codeDigits: QUERY_ACCESS_6.codeDigits,
    isText: QUERY_ACCESS_6.isText,
    value: QUERY_ACCESS_6.value,
    finder(node: OptionNode) {
      if (node.space !== 'message') return QUERY_ACCESS_6.finder(node);
      const [outer, inner] = node.path;
      if (outer !== OptionCode.iaNa && outer !== OptionCode.iaPd) return QUERY_ACCESS_6.finder(node);
      // [Kea] Whatever else is asked for inside of it, 3.0 answers with the whole identity association.
      const path = inner === leaseCodeIn(outer) ? node.path : [outer];
      return pathFinder(path, () => ia);
    },
  };
}
