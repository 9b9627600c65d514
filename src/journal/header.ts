/**
 * The first line of a lease file decides which rows it may have. Kea's rule: the columns must be those of the known
 * schema, in order, at least up to hostname. Fewer than now = an older schema, more = a newer one.
 */
import { LEASE_FILE_COLUMNS } from '../lease/csv.ts';
import type { ColumnRange } from '../lease/csv-decode.ts';

/** The header of the current schema, newline included. */
export const LEASE_FILE_HEADER = `${LEASE_FILE_COLUMNS.join(',')}\n`;

const COLUMNS_MIN = LEASE_FILE_COLUMNS.indexOf('hostname') + 1;
const SHOWN_CHARACTERS_MAX = 60;

export type HeaderVerdict =
  | { readonly kind: 'accepted'; readonly columns: ColumnRange; readonly isCurrent: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param line the header without its newline */
export function judgeHeader(line: string): HeaderVerdict {
  const names = line.split(',');
  const now = LEASE_FILE_COLUMNS.length;
  const compared = Math.min(names.length, now);
  for (let i = 0; i < compared; i++) {
    if (names[i] !== LEASE_FILE_COLUMNS[i]) return { kind: 'refused', reason: mismatch(names, i) };
  }
  if (names.length < COLUMNS_MIN) {
    const reason = `its header ends after ${names.length} columns; at least ${COLUMNS_MIN}, up to hostname, are needed`;
    return { kind: 'refused', reason };
  }
  const columns = { min: compared, max: Math.max(names.length, now) };
  return { kind: 'accepted', columns, isCurrent: names.length === now };
}

/** True when a file of this text alone is what a crash leaves of the creation of a lease file. */
export function isTornHeader(text: string): boolean {
  return text.length < LEASE_FILE_HEADER.length - 1 && LEASE_FILE_HEADER.startsWith(text);
}

function mismatch(names: readonly string[], index: number): string {
  if (index === 1 && names[1] === 'duid') return 'it is a DHCPv6 lease file (column 2 is duid)';
  const found = JSON.stringify(names[index]!.slice(0, SHOWN_CHARACTERS_MAX));
  return `column ${index + 1} of its header is ${found} instead of "${LEASE_FILE_COLUMNS[index]}"; it is not a DHCPv4 lease file`;
}
