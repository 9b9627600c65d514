/** A lease event of DHCPv4 as main sees it, and who may listen to events. */

import type { Lease4 } from '../lease/dhcp4/model.ts';
import type { LeaseEventKind } from '../lease/events.ts';
import type { LegalTexts } from './parts.ts';

/** What is known of the query that an event comes of. */
export interface EventQuery {
  /** 44 octets of the DHCP message, op to chaddr. [RFC2131 2] */
  readonly header: Uint8Array;
  /** Option 53. */
  readonly messageType: number;
  readonly sourceAddress: number;
  readonly sourcePort: number;
  /** Of the socket that it came in on. */
  readonly localAddress: number;
  readonly interfaceName: string;
  /** Payload of option 82, empty without one. */
  readonly agentOptions: Uint8Array;
}

export interface LeaseEvent {
  readonly kind: LeaseEventKind;
  /** The lease that stood at the address before, whosever it was. */
  readonly former: Lease4 | null;
  /** The lease as it is now; null when it is over. */
  readonly lease: Lease4 | null;
  /** The client's lease at another address, which is gone now. */
  readonly replaced: Lease4 | null;
  /** Null for what no query has done, and unless the listener wants queries. */
  readonly query: EventQuery | null;
  /** A release and a decline have no reply. */
  readonly texts: LegalTexts;
}

/** The commands that change one lease. */
export type LeaseCommandName = `lease${4 | 6}-${'add' | 'update' | 'del'}`;

/** What stood under "arguments" of a command. */
export type ArgumentMap = Readonly<Record<string, unknown>>;

/** A change that a partner has told of by its stream, as the command that would have done the same by request. */
export interface PartnerChange {
  readonly command: LeaseCommandName;
  readonly args: ArgumentMap;
}

/** Hears of a command that was done. */
export type CommandListener = (command: LeaseCommandName, args: ArgumentMap) => void;

/** One who listens. It must neither throw nor wait, and bounds what it keeps. */
export interface LeaseEventListener<Event> {
  take(event: Event): void;
  /** A lease was changed by command; absent where nobody cares. */
  command?: CommandListener;
  /** Nothing more will come; resolves when what was taken is done, or its time is over. */
  close(): Promise<void>;
}
