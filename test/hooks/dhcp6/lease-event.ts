/** Events of DHCPv6 as the hooks hear them. */
import type { EventQuery6, LeaseEvent6 } from '../../../src/events/dhcp6/event.ts';
import { LeaseEventKind } from '../../../src/lease/events.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';

/** An event without leases, but for the fields. */
export function event6(fields: Partial<LeaseEvent6>): LeaseEvent6 {
  return {
    kind: LeaseEventKind.granted,
    former: [],
    written: [],
    replaced: [],
    query: null,
    texts: new Map(),
    ...fields,
  };
}

/** A query on the link, but for the fields. */
export function query6(fields: Partial<EventQuery6>): EventQuery6 {
  return {
    messageType: 3,
    transactionId: 0xabcdef,
    sourceAddress: ip6('fe80::1'),
    sourcePort: 546,
    localAddress: ip6('ff02::1:2'),
    interfaceName: 'eth0',
    duid: Uint8Array.of(0, 3, 0, 1),
    relay: null,
    interfaceId: null,
    remoteId: null,
    subscriberId: null,
    ias: [],
    ...fields,
  };
}
