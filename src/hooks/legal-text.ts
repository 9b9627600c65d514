/** What lines of the forensic log are made of, word for word as Kea's legal_log library writes them. */
import { formatHex } from '../base/hex.ts';
import type { LegalFormats } from '../config/hook-model.ts';
import type { LegalTexts } from '../events/parts.ts';
import { INFINITE_LIFETIME_SEC } from '../lease/state.ts';

/** A line, and the subnet that says whether it is wanted; null = it names none. */
export interface LegalEntry {
  readonly subnetId: number | null;
  readonly text: string;
}

/**
 * What is written of query and reply; null = no format applies, '' = there is no line.
 * @param isAnswered whether the query has a reply
 */
export function customText(
  { request, response }: LegalTexts,
  formats: LegalFormats,
  isAnswered: boolean,
): string | null {
  const asksRequest = formats.request !== null;
  const asksResponse = formats.response !== null && isAnswered;
  if (!asksRequest && !asksResponse) return null;
  const isMissing = (asksRequest && request === null) || (asksResponse && response === null);
  if (isMissing) return '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what clients send must not steer a terminal
  return `${request ?? ''}${response ?? ''}`.replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, '?');
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
