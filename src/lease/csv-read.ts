/**
 * Reads the fields of a row of Kea's lease files, of both families, one after the other. What is malformed gives -1 or
 * false, never an exception. Nothing behind the row's newline is read.
 */
import { AMPERSAND, COLON, COMMA, HASH, LOWER_X, NEWLINE, ZERO } from './csv-write.ts';

/** How many columns a row may have, by the header of its file. */
export interface ColumnRange {
  readonly min: number;
  readonly max: number;
}

export const U32_MAX = 0xffff_ffff;

export const NO_NIBBLE = 255;
/** The value of each hex digit. */
export const NIBBLE = Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet >= ZERO && octet <= 0x39) return octet - ZERO;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : NO_NIBBLE;
});
/** Kea keeps host names in lower case, whatever the file says. */
export const TO_LOWER = Uint8Array.from({ length: 256 }, (_, octet) =>
  octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet,
);
export const AS_IS = Uint8Array.from({ length: 256 }, (_, octet) => octet);

export class FieldReader {
  /** What hex and texts are written to; the family decides where. */
  readonly scratch: Uint8Array;
  bytes: Uint8Array;
  /** Offset of what is read next. */
  at = 0;

  constructor(scratch: Uint8Array) {
    this.scratch = scratch;
    this.bytes = scratch;
  }

  /** Begins with a row. Pre: there is a newline at or behind `at`. */
  start(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** Colon-separated hex, one or two digits an octet, and its comma; its length in octets, -1 when malformed. */
  hex(into: number, lengthMax: number): number {
    const length = this.hexUnclosed(into, lengthMax);
    return length < 0 || !this.comma() ? -1 : length;
  }

  /** Like `hex`, up to its comma or to the newline. */
  hexUnclosed(into: number, lengthMax: number): number {
    const { bytes, scratch } = this;
    let at = this.at;
    let length = 0;
    if (bytes[at] === COMMA || bytes[at] === NEWLINE) return 0;
    for (;;) {
      let octet = NIBBLE[bytes[at++]!]!;
      if (octet === NO_NIBBLE || length === lengthMax) return -1;
      const low = NIBBLE[bytes[at]!]!;
      if (low !== NO_NIBBLE) {
        octet = (octet << 4) | low;
        at++;
      }
      scratch[into + length++] = octet;
      if (bytes[at] !== COLON) break;
      at++;
    }
    this.at = at;
    return length;
  }

  /** Decimal digits, nothing behind them; -1 when there are none or the value is above `max`. */
  number(max: number): number {
    const bytes = this.bytes;
    let at = this.at;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) {
      value = value * 10 + digit;
      if (value > max) return -1;
    }
    if (at === this.at) return -1;
    this.at = at;
    return value;
  }

  comma(): boolean {
    if (this.bytes[this.at] !== COMMA) return false;
    this.at++;
    return true;
  }

  /** Text up to the next comma or newline, unescaped and mapped; its length, -1 when it is too long. */
  text(into: number, lengthMax: number, map: Uint8Array): number {
    const bytes = this.bytes;
    const scratch = this.scratch;
    let at = this.at;
    let length = 0;
    for (let octet = bytes[at]!; octet !== COMMA && octet !== NEWLINE; octet = bytes[at]!) {
      at++;
      // What only looks like an escape stands for itself, as in Kea.
      if (octet === AMPERSAND && bytes[at] === HASH && bytes[at + 1] === LOWER_X) {
        const high = NIBBLE[bytes[at + 2]!]!;
        const low = high === NO_NIBBLE ? NO_NIBBLE : NIBBLE[bytes[at + 3]!]!;
        if (low !== NO_NIBBLE) {
          octet = (high << 4) | low;
          at += 4;
        }
      }
      if (length === lengthMax) return -1;
      scratch[into + length++] = map[octet]!;
    }
    this.at = at;
    return length;
  }

  /** Like `number`, but a field of nothing is `missing`. */
  numberOr(missing: number, max: number): number {
    const octet = this.bytes[this.at];
    return octet === COMMA || octet === NEWLINE ? missing : this.number(max);
  }

  /** Passes over columns of a newer schema; how many there were. */
  skipColumns(): number {
    if (this.bytes[this.at] !== COMMA) return 0;
    const newline = this.bytes.indexOf(NEWLINE, this.at);
    const count = countColumns(this.bytes, this.at, newline) - 1;
    this.at = newline;
    return count;
  }
}

/** Columns up to a newline. */
export function countColumns(bytes: Uint8Array, at: number, newline: number): number {
  let count = 1;
  for (; at < newline; at++) if (bytes[at] === COMMA) count++;
  return count;
}
