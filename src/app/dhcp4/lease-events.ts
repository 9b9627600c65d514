/** Who may listen to lease events of DHCPv4. */
import type { ServerConfig } from '../../config/model.ts';
import type { LeaseEvent } from '../../events/event.ts';
import { parseLeaseEvent } from '../../events/parse.ts';
import { parsePartnerChange } from '../../events/partner-change.ts';
import { scriptCalls } from '../../hooks/environment.ts';
import { commandEntry } from '../../hooks/legal-command.ts';
import { legalEntries } from '../../hooks/legal-entry.ts';
import { interfaceIndex } from '../../hooks/run-script.ts';
import type { EventsFamily } from '../libraries/event-family.ts';

/** @param serverPort UDP port of the server */
export function eventsFamily4(serverPort: number): EventsFamily<ServerConfig, LeaseEvent> {
  return {
    number: 4,
    parse: parseLeaseEvent,
    parsePartnerChange,
    scriptCallsBy: ({ expiredLeases, subnets }) => {
      const host = {
        serverPort,
        subnets: new Map(subnets.map((subnet) => [subnet.id, subnet])),
        interfaceIndex,
        removesExpired: expiredLeases.flushReclaimedTimerWaitSec === 0,
      };
      return (event) => scriptCalls(event, host);
    },
    lines: { entriesOf: legalEntries, commandEntry },
  };
}
