/**
 * [Kea] `stash-agent-options`: a client renews by unicast, past its relay, and what the relay said of it is missing. It is
 * taken from the client's lease, so that subnet, classes, reservations and identifiers come out as they did when the lease
 * was given. It is no part of the answer: no relay waits for it.
 */
import { emptyRange } from '../../base/byte-range.ts';
import { NO_CLASS } from '../../classes/class-ids.ts';
import { MessageType } from '../../dhcp4/codes.ts';
import { Field } from '../../dhcp4/descriptor.ts';
import { AgentInfoReader } from '../../lease/dhcp4/agent-info.ts';
import { NO_SLOT } from '../../lease/hash-chain.ts';
import { LeaseState } from '../../lease/state.ts';
import type { Context } from '../context.ts';
import { belongsToClient } from './client-lease.ts';

const reader = new AgentInfoReader();
const userContext = emptyRange();

/** Gives the query in work the option 82 that its client's lease keeps, where it comes without one. Takes the table's lock. */
export function recoverAgentOptions(context: Context): void {
  const { book, classes, query } = context;
  if (query.field(Field.messageType) !== MessageType.request) return;
  if (query.ciaddr === 0 || query.giaddr !== 0 || query.field(Field.agentLength) > 0) return;
  book.table.lock();
  const length = readStashed(context);
  book.table.unlock();
  if (length === 0) return;
  query.stashAgent(length);
  if (classes.builtIn.stashed !== NO_CLASS) query.classes.add(classes.builtIn.stashed);
}

/** Copies option 82 of the client's lease to where the query looks for it. @returns its octets, 0 = there is none */
function readStashed(context: Context): number {
  const { book, query, nowSec } = context;
  const { rows } = book.table;
  const slot = book.table.findByAddress(query.ciaddr);
  if (slot === NO_SLOT || rows.state(slot) !== LeaseState.assigned || rows.isExpired(slot, nowSec)) return 0;
  if (!belongsToClient(context, slot)) return 0;
  rows.contextRange(slot, userContext);
  return userContext.length === 0 ? 0 : reader.read(userContext, query.bytes, query.stashOffset);
}
