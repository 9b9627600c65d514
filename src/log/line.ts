/** One event on its way to the outputs, and how a line of text is made of it. */
import type { LogId, LogMessage } from './messages.ts';

export type Severity = LogMessage['level'];

export interface LogEvent {
  /** One of the catalogue; the forensic log has Kea's word here. */
  readonly id: LogId | 'LEGAL_LOG_SYSLOG';
  readonly severity: Severity;
  /** The logger that the event belongs to, such as `kea-dhcp4.dhcp4`. */
  readonly logger: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly time: Date;
  /** The whole event as a JSON map, with its line end. */
  readonly json: string;
}

/** Makes what an output writes of an event; ends with whatever ends a line. */
export type Layout = (event: LogEvent) => string;

/** How lines look when nobody asks for something else. */
export const jsonLayout: Layout = (event) => event.json;
