/**
 * What a family says of its lease file: with it the journal reads, loads, cleans up and writes files of either family
 * (src/journal). Of a record the journal knows one thing itself: valid lifetime 0 deletes what stands at its address.
 */
import type { ColumnRange } from './csv-read.ts';

/** The least that a record of any family has. */
export interface FiledLease {
  readonly validLifetimeSec: number;
}

/** In place of a fault: the row is good. */
export const NO_FAULT = 0;

export interface RowReader<Lease extends FiledLease> {
  /** The row read last; overwritten by the next one. */
  readonly record: Lease;
  /** Offset behind the newline of the row decoded last, whether it was good or not. */
  readonly next: number;
  /**
   * Decodes the row that starts at `at`. Pre: there is a newline at or behind `at`.
   * @returns NO_FAULT and the lease in `record`, or the fault, a number of the family's
   */
  decode(bytes: Uint8Array, at: number, columns: ColumnRange): number;
}

/** A number for each address that rows are about: u32, never 0, the same as long as the object lives. */
export interface AddressKeys<Lease extends FiledLease> {
  keyOf(record: Lease): number;
  /** Puts keys, which come ascending, into the ascending order of their addresses, in place. */
  sort(keys: Uint32Array): Uint32Array;
}

export interface RowCodec<Lease extends FiledLease, Address> {
  /** `DHCPv4` or `DHCPv6`, for people. */
  readonly family: string;
  /** The columns of the current schema in their order. */
  readonly columns: readonly string[];
  /** A header whose second column has this name is one of the other family. */
  readonly otherFamily: { readonly family: string; readonly secondColumn: string };
  /** The longest row, its newline included. */
  readonly rowBytesMax: number;
  /** Fault of a line that is longer. */
  readonly tooLong: number;
  /** What to tell the operator about each fault, by its number. */
  readonly faultTexts: readonly string[];
  createReader(): RowReader<Lease>;
  createKeys(): AddressKeys<Lease>;
  /** The address of a record, by which its lease is found; valid as long as the record is. */
  addressOf(record: Lease): Address;
  /** Writes a row, its newline included. @returns the offset behind it, `at` itself when no row stands for the lease */
  encode(out: Uint8Array, at: number, record: Lease): number;
}

/** The header of the current schema, newline included. */
export function headerOf({ columns }: { readonly columns: readonly string[] }): string {
  return `${columns.join(',')}\n`;
}
