/** Events as the hooks hear them. */

import type { LeaseEvent } from '../../src/events/event.ts';
import { NO_TEXTS } from '../../src/events/parts.ts';
import { LeaseEventKind } from '../../src/lease/events.ts';

/** A granted lease of which nothing is told but the fields. */
export function event(fields: Partial<LeaseEvent>): LeaseEvent {
  return {
    kind: LeaseEventKind.granted,
    former: null,
    lease: null,
    replaced: null,
    query: null,
    texts: NO_TEXTS,
    ...fields,
  };
}
