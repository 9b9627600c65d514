/** What a reserved host is known by. */
import { decodeHexText } from '../../base/hex-text.ts';
import { child, type Path } from '../problem.ts';
import type { Report } from '../report.ts';
import { type Rule, rule } from '../schema/rule.ts';

/** The longest identifier that a query can hold: an option in several parts, or all of them (RFC 3396). */
const IDENTIFIER_OCTETS_MAX = 1024;
/** As in Kea, whose chaddr may come from other places than the 16 octets of the header. */
const HARDWARE_OCTETS_MAX = 20;
/** RFC 8415 section 11.1. */
const DUID_OCTETS_MAX = 128;
/** A host name is a domain name, or a label of it. */
export const HOSTNAME_OCTETS_MAX = 255;

function identifierRule(octetsMax: number): Rule<Uint8Array, undefined> {
  const expected = `1 to ${octetsMax} octets such as "0x0102", "01:02", "01 02", "0102", or "'text'"`;
  return rule(expected, (value) => {
    const bytes = typeof value === 'string' ? decodeIdentifier(value) : null;
    return bytes !== null && bytes.length > 0 && bytes.length <= octetsMax ? bytes : undefined;
  });
}

/**
 * The octets of an identifier: hexadecimal digits, or a text in single quotes. Blanks may stand around quoted text only.
 * @returns null when it is neither
 */
function decodeIdentifier(value: string): Uint8Array | null {
  const trimmed = value.trim();
  if (trimmed.startsWith("'")) return trimmed.length > 2 ? decodeHexText(trimmed) : null;
  return value.startsWith('0X') || value !== trimmed ? null : decodeHexText(value);
}

export const identifierRules = {
  'hw-address': identifierRule(HARDWARE_OCTETS_MAX),
  duid: identifierRule(DUID_OCTETS_MAX),
  'circuit-id': identifierRule(IDENTIFIER_OCTETS_MAX),
  'client-id': identifierRule(IDENTIFIER_OCTETS_MAX),
  'flex-id': identifierRule(IDENTIFIER_OCTETS_MAX),
} as const;

/**
 * The one identifier of a reservation.
 * @param kinds those that the family has
 * @returns null after a problem was reported
 */
export function identifierOf<K extends keyof typeof identifierRules>(
  values: { readonly [kind in K]: Uint8Array | undefined },
  kinds: readonly K[],
  at: Path,
  report: Report,
): K | null {
  const [identifier, another] = kinds.filter((each) => values[each] !== undefined);
  if (another !== undefined)
    report.error(
      child(at, another),
      `"${another}" beside "${identifier}"`,
      'one identifier for each reservation',
      'key',
    );
  if (identifier === undefined)
    report.error(at, 'no identifier', `one of ${kinds.map((each) => `"${each}"`).join(', ')}`);
  return identifier ?? null;
}

/** Tells when an identifier stands a second time in one list of reservations. */
export class IdentifierSet {
  readonly #seen = new Set<string>();

  /** @param at the reservation */
  add(identifier: string, { buffer, byteOffset, length }: Uint8Array, at: Path, report: Report): void {
    const key = `${identifier} ${Buffer.from(buffer, byteOffset, length).toString('latin1')}`;
    if (this.#seen.has(key))
      report.error(child(at, identifier), 'an identifier a second time', 'each client once in a subnet');
    this.#seen.add(key);
  }
}
