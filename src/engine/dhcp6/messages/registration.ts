/**
 * ADDR-REG-INFORM: a client tells of an address that it has made itself, so that nobody else gets it and its name is known.
 * [RFC9686 4.2] What is not in order gets no answer.
 */
import { emptyRange, equalBytes } from '../../../base/byte-range.ts';
import { IPV6_BYTES, isIpv6Multicast, isIpv6Unspecified } from '../../../base/ipv6.ts';
import { OptionCode } from '../../../dhcp6/codes.ts';
import { Field } from '../../../dhcp6/descriptor.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import { LeaseState } from '../../../lease/state.ts';
import { answerRegistration } from '../answer.ts';
import type { Context6 } from '../context.ts';
import { planRegistration, subnetOnLink } from '../leases/registration.ts';
import type { Query6 } from '../query.ts';
import { G6 } from '../statistics.ts';

const unwanted = emptyRange();

/** Serves an ADDR-REG-INFORM under the table's lock. */
export function serveRegistration(context: Context6): number {
  const { query } = context;
  if (context.subnet === null) return G6['tandem-drop-no-subnet'];
  if (!isInOrder(query)) return G6['tandem-drop-bad-registration'];
  const at = query.field(Field.addressOffset);
  const subnet = subnetOnLink(context, at);
  if (subnet === null) return G6['tandem-drop-bad-registration'];
  if (!isOpen(context, at)) return G6['tandem-drop-address-taken'];
  context.subnet = subnet;
  planRegistration(context, at);
  return answerRegistration(context);
}

/** [RFC9686 4.2.1] One address, from which it was sent. [Kea] An identity association beside it is a mistake. */
function isInOrder(query: Query6): boolean {
  if (query.field(Field.addressCount) !== 1 || query.field(Field.iaCount) > 0) return false;
  if (query.optionIndex.find(OptionCode.iaTa, unwanted)) return false;
  const { bytes, relays } = query;
  const at = query.field(Field.addressOffset);
  if (isIpv6Unspecified(bytes, at) || isIpv6Multicast(bytes, at)) return false;
  if (!query.isRelayed) return equalBytes(query.source, 0, bytes, at, IPV6_BYTES);
  relays.read(relays.count - 1);
  return equalBytes(bytes, relays.peerAddressOffset, bytes, at, IPV6_BYTES);
}

/**
 * [Kea] Whether nobody has the address, or somebody who has registered it: that one is the client under another name, or has it
 * no more. What is reserved is not even its host's, and what was leased is kept as long as the row of the lease.
 */
function isOpen({ book, hosts, query }: Context6, at: number): boolean {
  const { bytes } = query;
  if (hosts.isReserved(bytes, at)) return false;
  const slot = book.table.findByAddress(bytes, at);
  if (slot === NO_SLOT) return true;
  const state = book.table.rows.state(slot);
  return state === LeaseState.registered || state === LeaseState.offered;
}
