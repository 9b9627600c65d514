/** Who may listen to lease events of DHCPv6. */
import type { ServerConfig6 } from '../../config/dhcp6/model.ts';
import type { LeaseEvent6 } from '../../events/dhcp6/event.ts';
import { parseLeaseEvent6 } from '../../events/dhcp6/parse.ts';
import { parsePartnerChange6 } from '../../events/dhcp6/partner-change.ts';
import { scriptCalls6 } from '../../hooks/dhcp6/environment.ts';
import { commandEntry6 } from '../../hooks/dhcp6/legal-command.ts';
import { legalEntries6 } from '../../hooks/dhcp6/legal-entry.ts';
import { interfaceIndex } from '../../hooks/run-script.ts';
import type { EventsFamily } from '../libraries/event-family.ts';

export const eventsFamily6: EventsFamily<ServerConfig6, LeaseEvent6> = {
  number: 6,
  parse: parseLeaseEvent6,
  parsePartnerChange: parsePartnerChange6,
  scriptCallsBy: ({ expiredLeases }) => {
    const host = { interfaceIndex, removesExpired: expiredLeases.flushReclaimedTimerWaitSec === 0 };
    return (event) => scriptCalls6(event, host);
  },
  lines: { entriesOf: legalEntries6, commandEntry: commandEntry6 },
};
