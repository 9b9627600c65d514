/** Tells those who listen of one lease that the message in work changes. */
import type { Context6 } from '../context.ts';

/**
 * Adds the lease to the event of the message. Pre: the reply is finished
 * @param part an `EventPart`; @param row of the lease, as it is told
 */
export function tellLease({ events, query, slot }: Context6, part: number, row: number): void {
  events.lease(part, row);
  events.texts(query, slot, row);
}
