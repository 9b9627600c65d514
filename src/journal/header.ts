/**
 * The first line of a lease file decides which rows it may have. Kea's rule: the columns must be those of the known
 * schema, in order, at least up to hostname. Fewer than now = an older schema, more = a newer one.
 */
import type { ColumnRange } from '../lease/csv-read.ts';
import { type FiledLease, headerOf, type RowCodec } from '../lease/row-codec.ts';

/** What of a family's codec a header is judged by. */
export type FileSchema = Pick<RowCodec<FiledLease, unknown>, 'columns' | 'family' | 'otherFamily'>;

/** The last column that every schema has. */
const LAST_COLUMN_MIN = 'hostname';
const SHOWN_CHARACTERS_MAX = 60;

export type HeaderVerdict =
  | { readonly kind: 'accepted'; readonly columns: ColumnRange; readonly isCurrent: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param line the header without its newline */
export function judgeHeader(line: string, schema: FileSchema): HeaderVerdict {
  const { columns: known } = schema;
  const names = line.split(',');
  const now = known.length;
  const compared = Math.min(names.length, now);
  for (let i = 0; i < compared; i++) {
    if (names[i] !== known[i]) return { kind: 'refused', reason: mismatch(names, i, schema) };
  }
  const columnsMin = known.indexOf(LAST_COLUMN_MIN) + 1;
  if (names.length < columnsMin) {
    const reason = `its header ends after ${names.length} columns; at least ${columnsMin}, up to hostname, are needed`;
    return { kind: 'refused', reason };
  }
  const columns = { min: compared, max: Math.max(names.length, now) };
  return { kind: 'accepted', columns, isCurrent: names.length === now };
}

/** True when a file of this text alone is what a crash leaves of the creation of a lease file. */
export function isTornHeader(text: string, schema: FileSchema): boolean {
  const header = headerOf(schema);
  return text.length < header.length - 1 && header.startsWith(text);
}

function mismatch(names: readonly string[], index: number, schema: FileSchema): string {
  const { family, otherFamily, columns } = schema;
  if (index === 1 && names[1] === otherFamily.secondColumn)
    return `it is a ${otherFamily.family} lease file (column 2 is ${otherFamily.secondColumn})`;
  const found = JSON.stringify(names[index]!.slice(0, SHOWN_CHARACTERS_MAX));
  return `column ${index + 1} of its header is ${found} instead of "${columns[index]}"; it is not a ${family} lease file`;
}
