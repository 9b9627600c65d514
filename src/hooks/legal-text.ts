/** What lines of the forensic log are made of, word for word as Kea's legal_log library writes them. */
import { formatHex } from '../base/hex.ts';
import type { LegalFormats } from '../config/hook-model.ts';
import { LeaseEventKind } from '../lease/events.ts';
import { INFINITE_LIFETIME_SEC } from '../lease/state.ts';

/** A line, and the subnet that says whether it is wanted; null = it names none. */
export interface LegalEntry {
  readonly subnetId: number | null;
  readonly text: string;
}

/** What of an event the formats of the administrator are about. */
export interface FormattedEvent {
  readonly kind: LeaseEventKind;
  readonly query: object | null;
  readonly requestText: string | null;
  readonly responseText: string | null;
}

/** What the formats have made of query and reply; null = none of them applies, '' = there is no line. */
export function customText(event: FormattedEvent, { request, response }: LegalFormats): string | null {
  const { kind, query, requestText, responseText } = event;
  const isAnswered = kind === LeaseEventKind.granted || kind === LeaseEventKind.renewed;
  const asksRequest = request !== null && query !== null;
  const asksResponse = response !== null && query !== null && isAnswered;
  if (!asksRequest && !asksResponse) return null;
  const isMissing = (asksRequest && requestText === null) || (asksResponse && responseText === null);
  if (isMissing) return '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what clients send must not steer a terminal
  return `${requestText ?? ''}${responseText ?? ''}`.replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');
}

/** `2 days 1 hrs 0 mins 30 secs`. @param seconds 0..2^32-1 */
export function durationText(seconds: number): string {
  if (seconds === INFINITE_LIFETIME_SEC) return 'infinite duration';
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  return `${days === 0 ? '' : `${days} days `}${hours} hrs ${minutes} mins ${seconds % 60} secs`;
}

/** Octets as hexadecimal digits, and as text where they are one that can be printed. */
export function octetsText(bytes: Uint8Array): string {
  const isText = bytes.length > 0 && bytes.every((octet) => octet >= 0x20 && octet <= 0x7e);
  return isText ? `${formatHex(bytes)} (${Buffer.from(bytes).toString('latin1')})` : formatHex(bytes);
}
